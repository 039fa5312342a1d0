// table[data-widths]: each heading has a handle by which its column is made wider or narrower, with the mouse or the arrow keys. The
// browser remembers the widths under the table's name; button[data-widths-reset] gives them back to the content.

const LEAST = 48;
const STEP = 16;

const table = document.querySelector("table[data-widths]");
if (table && matchMedia("screen and (min-width: 768px)").matches) adjust(table);

function adjust(table) {
  const place = `widths:${table.dataset.widths}`;
  const headings = [...table.tHead.rows[0].cells];
  const columns = headings.filter((heading) => !heading.querySelector("input"));
  const reset = document.querySelector("[data-widths-reset]");
  const saved = kept(place);
  const nameOf = (heading) => heading.textContent.trim();

  // All columns are given their widths at once: the others would take what one leaves.
  const fix = () => {
    for (const heading of headings) saved[nameOf(heading)] ??= Math.ceil(heading.getBoundingClientRect().width);
    table.classList.add("sized");
    // The column of the boxes is not printed, and its class would keep it as narrow as can be.
    for (const heading of headings) heading.style.setProperty("width", `${saved[nameOf(heading)]}px`, nameOf(heading) ? "" : "important");
    table.style.width = `${headings.reduce((sum, heading) => sum + saved[nameOf(heading)], 0)}px`;
    if (reset) reset.hidden = false;
  };

  const set = (heading, width) => {
    fix();
    saved[nameOf(heading)] = Math.max(LEAST, Math.round(width));
    fix();
    heading.lastElementChild.setAttribute("aria-valuenow", saved[nameOf(heading)]);
    keep(place, saved);
  };

  for (const heading of columns) heading.append(handle(heading, set, table.dataset.widthsLabel.replace("{n}", nameOf(heading))));
  if (columns.some((heading) => nameOf(heading) in saved)) fix();
  reset?.addEventListener("click", () => {
    keep(place, null);
    for (const name of Object.keys(saved)) delete saved[name];
    table.classList.remove("sized");
    for (const element of [table, ...headings]) element.style.width = "";
    reset.hidden = true;
  });
}

// What somebody else put there, or a browser that keeps nothing, must not end the page's other modules.
function kept(place) {
  try {
    const widths = Object.entries(JSON.parse(localStorage.getItem(place) ?? "{}"));
    return Object.fromEntries(widths.filter(([, width]) => Number.isFinite(width)));
  } catch {
    return {};
  }
}

function keep(place, widths) {
  try {
    if (widths) localStorage.setItem(place, JSON.stringify(widths));
    else localStorage.removeItem(place);
  } catch {
    // They stay for this page.
  }
}

function handle(heading, set, label) {
  const edge = document.createElement("span");
  const width = () => heading.getBoundingClientRect().width;
  const facts = { role: "separator", "aria-orientation": "vertical", "aria-label": label, "aria-valuemin": LEAST, "aria-valuemax": 2000 };
  for (const [name, value] of Object.entries(facts)) edge.setAttribute(name, value);
  edge.setAttribute("aria-valuenow", Math.round(width()));
  edge.tabIndex = 0;
  edge.className = "edge";
  edge.addEventListener("pointerdown", (event) => {
    const from = event.clientX - width();
    edge.setPointerCapture(event.pointerId);
    edge.onpointermove = ({ clientX }) => set(heading, clientX - from);
    edge.onlostpointercapture = () => { edge.onpointermove = null; };
    event.preventDefault();
  });
  edge.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key];
    if (!step) return;
    event.preventDefault();
    set(heading, width() + step);
  });
  return edge;
}
