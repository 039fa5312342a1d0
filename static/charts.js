// [data-chart="id of a table"] draws the table's own figures, so that chart and table cannot differ:
// tr[data-bar] is a bar, td[data-series][data-value] its parts, and a click follows the cell's data-href or link.
// data-title, data-label (for screen readers), data-others ("… {n}"): the smallest bars of more than data-most in one,
// data-in-order: bars stay in the table's order.

// Okabe and Ito's colours, which the colour-blind distinguish, dark and light in turn; each bar has an edge besides.
const COLOURS = ["#0072b2", "#e69f00", "#009e73", "#f0e442", "#d55e00"];
const EDGE = "#3b4654";
const INK = "#182433";
const ROW = 26;
const numbers = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 2 });

const totals = {
  id: "totals",
  afterDatasetsDraw({ ctx, data, scales, chartArea }) {
    ctx.save();
    Object.assign(ctx, { fillStyle: INK, font: "12px system-ui, sans-serif", textBaseline: "middle" });
    data.totals.forEach((total, at) => {
      const text = numbers.format(total);
      const x = Math.min(scales.x.getPixelForValue(total) + 6, chartArea.right + 70 - ctx.measureText(text).width);
      ctx.fillText(text, x, scales.y.getPixelForValue(at));
    });
    ctx.restore();
  },
};

function read(table) {
  const bars = [...table.querySelectorAll("tr[data-bar]")].map((line) => {
    const cells = [...line.querySelectorAll("[data-series]")];
    const values = cells.map((cell) => Number(cell.dataset.value));
    const links = cells.map((cell) => cell.dataset.href || cell.querySelector("a")?.href);
    return { name: line.dataset.bar, values, links, total: values.reduce((sum, value) => sum + value, 0) };
  });
  const first = table.querySelector("tr[data-bar]");
  return { bars, series: [...first.querySelectorAll("[data-series]")].map((cell) => cell.dataset.series) };
}

function shortened(bars, most, others) {
  const sized = bars.filter((bar) => bar.total > 0).sort((one, two) => two.total - one.total);
  if (sized.length <= most) return sized;
  const rest = sized.slice(most - 1);
  const values = rest[0].values.map((_, at) => rest.reduce((sum, bar) => sum + bar.values[at], 0));
  const total = values.reduce((sum, value) => sum + value, 0);
  return [...sized.slice(0, most - 1), { name: others.replace("{n}", rest.length), values, links: [], total }];
}

function wrapped(name, width) {
  const lines = [""];
  for (const word of name.split(" ")) {
    if (lines.at(-1) && lines.at(-1).length + word.length > width) lines.push("");
    lines[lines.length - 1] = `${lines.at(-1)} ${word}`.trim();
  }
  return lines.length > 2 ? [lines[0], `${lines[1]}…`] : lines;
}

function draw(place) {
  const { bars: all, series } = read(document.getElementById(place.dataset.chart));
  const bars = "inOrder" in place.dataset ? all : shortened(all, Number(place.dataset.most), place.dataset.others);
  if (!bars.length) return;
  place.hidden = false;
  const canvas = document.createElement("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", place.dataset.label);
  place.append(canvas);
  const legend = series.length > 1;
  place.style.height = `${bars.length * ROW * 1.2 + 90 + (legend ? 30 : 0)}px`;
  const at = (event, chart) => chart.getElementsAtEventForMode(event, "nearest", { intersect: true }, true)[0];
  const link = (hit) => hit && bars[hit.index].links[hit.datasetIndex];
  new Chart(canvas, {
    type: "bar",
    plugins: [totals],
    data: {
      labels: bars.map((bar) => wrapped(bar.name, place.clientWidth < 500 ? 16 : 30)),
      totals: bars.map((bar) => bar.total),
      datasets: series.map((label, n) => ({
        label,
        data: bars.map((bar) => bar.values[n]),
        backgroundColor: COLOURS[n],
        borderColor: EDGE,
        borderWidth: 1,
        maxBarThickness: ROW,
      })),
    },
    options: {
      indexAxis: "y",
      animation: false,
      maintainAspectRatio: false,
      locale: document.documentElement.lang,
      layout: { padding: { right: 72 } },
      color: INK,
      scales: {
        x: { stacked: true, beginAtZero: true, ticks: { color: INK, maxTicksLimit: 5, maxRotation: 0 } },
        y: { stacked: true, grid: { display: false }, ticks: { color: INK, autoSkip: false, crossAlign: "far" } },
      },
      plugins: {
        legend: { display: legend, position: "bottom", labels: { color: INK, boxWidth: 14 } },
        title: { display: true, text: place.dataset.title, color: INK, align: "start", font: { size: 14 } },
        tooltip: {
          callbacks: {
            title: ([item]) => bars[item.dataIndex].name,
            label: (item) => `${item.dataset.label}: ${numbers.format(item.raw)}`,
          },
        },
      },
      onHover: (event, _, chart) => {
        canvas.style.cursor = link(at(event, chart)) ? "pointer" : "";
      },
      onClick: (event, _, chart) => {
        const target = link(at(event, chart));
        if (target) location.assign(target);
      },
    },
  });
}

function drawWithin(part) {
  for (const place of part.querySelectorAll("[data-chart]:empty")) draw(place);
}

drawWithin(document);
document.addEventListener("htmx:afterSettle", ({ target }) => drawWithin(target));
