// The map as a picture with its title, legend, scale and date: for PNG and for print.

const EDGE = 24;
const LINE = 22;
const FACE = "system-ui, sans-serif";

function scale(map) {
  const middle = map.getContainer().clientHeight / 2;
  const [left, right] = [map.unproject([0, middle]), map.unproject([100, middle])];
  const metres = left.distanceTo(right);
  const rough = 10 ** Math.floor(Math.log10(metres));
  const length = [5, 2, 1].map((n) => n * rough).find((n) => n <= metres) ?? rough;
  const text = length >= 1000 ? `${length / 1000} km` : `${length} m`;
  return { text, pixels: (length / metres) * 100 };
}

function shortened(pen, text, width) {
  if (pen.measureText(text).width <= width) return text;
  let short = text;
  while (short && pen.measureText(`${short}…`).width > width) short = short.slice(0, -1);
  return `${short}…`;
}

export function picture(map, { title, filtered, legend, date, credit }) {
  const drawn = map.getCanvas();
  const ratio = drawn.width / map.getContainer().clientWidth;
  const [width, height] = [drawn.width / ratio, drawn.height / ratio];
  const columns = Math.max(1, Math.floor((width - 2 * EDGE) / 240));
  const rows = Math.ceil(legend.length / columns);
  const top = filtered ? 66 : 44;
  const canvas = document.createElement("canvas");
  canvas.width = width * ratio;
  canvas.height = (top + height + rows * LINE + (credit ? 80 : 60)) * ratio;
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  pen.fillStyle = "#ffffff";
  pen.fillRect(0, 0, width, canvas.height);
  pen.fillStyle = "#182433";
  pen.textBaseline = "middle";
  pen.font = `600 18px ${FACE}`;
  pen.fillText(shortened(pen, title, width - 2 * EDGE), EDGE, 24);
  pen.font = `13px ${FACE}`;
  if (filtered) pen.fillText(shortened(pen, filtered, width - 2 * EDGE), EDGE, 50);
  pen.drawImage(drawn, 0, top, width, height);
  legend.forEach(({ colour, text }, at) => {
    const x = EDGE + (at % columns) * 240;
    const y = top + height + 20 + Math.floor(at / columns) * LINE;
    pen.fillStyle = colour;
    pen.fillRect(x, y - 7, 14, 14);
    pen.strokeStyle = "#182433";
    pen.strokeRect(x, y - 7, 14, 14);
    pen.fillStyle = "#182433";
    pen.fillText(shortened(pen, text, 210), x + 22, y);
  });
  const foot = top + height + rows * LINE + 36;
  const { text, pixels } = scale(map);
  pen.fillStyle = "#182433";
  pen.fillRect(EDGE, foot, pixels, 4);
  pen.fillText(text, EDGE + pixels + 8, foot);
  pen.textAlign = "right";
  pen.fillText(date, width - EDGE, foot);
  pen.font = `11px ${FACE}`;
  if (credit) pen.fillText(shortened(pen, credit, width - 2 * EDGE), width - EDGE, foot + 22);
  return canvas;
}

export function save(canvas, name) {
  canvas.toBlob((blob) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }, "image/png");
}
