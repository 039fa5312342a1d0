// Rings around the clusters of one register: how its items divide among the colours of the legend.

import { INK, OTHERS } from "./base.js";

// The circles' radius by how many items they stand for, as an expression of the map and here.
const STOPS = [[0, 11], [2, 15], [4, 21], [6, 28]];
export const radius = ["interpolate", ["linear"], ["log10", ["get", "number"]], ...STOPS.flat()];
const WIDTH = 6;
// Rings kept by the map; more are drawn anew when they are needed again.
const MOST = 2000;

function radiusOf(number) {
  const at = Math.min(Math.log10(number), STOPS.at(-1)[0]);
  const next = Math.max(1, STOPS.findIndex(([stop]) => at <= stop));
  const [[from, low], [to, high]] = [STOPS[next - 1], STOPS[next]];
  return low + ((at - from) / (to - from)) * (high - low);
}

// The legend's lines with how many of the parts are theirs, in the legend's order; who has no line is with the others.
export function divided(legend, parts) {
  const lines = legend.filter(({ key }) => key !== null).map((line) => ({ ...line, number: parts[line.key] ?? 0 }));
  const all = Object.values(parts).reduce((sum, number) => sum + number, 0);
  const rest = all - lines.reduce((sum, { number }) => sum + number, 0);
  const others = { name: legend.find(({ key }) => key === null)?.name ?? "", colour: OTHERS, number: rest };
  return [...lines, others].filter(({ number }) => number > 0);
}

function ring(slices, ratio) {
  const all = slices.reduce((sum, { number }) => sum + number, 0);
  const inner = radiusOf(all) - 1;
  const middle = inner + WIDTH + 1;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = Math.ceil(2 * middle * ratio);
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.scale(ratio, ratio);
  // White within, so that one behind does not show through.
  pen.beginPath();
  pen.arc(middle, middle, inner + 1, 0, 2 * Math.PI);
  pen.fillStyle = "#ffffff";
  pen.fill();
  let from = -Math.PI / 2;
  for (const { number, colour } of slices) {
    const to = from + (number / all) * 2 * Math.PI;
    pen.beginPath();
    pen.arc(middle, middle, inner + WIDTH, from, to);
    pen.arc(middle, middle, inner, to, from, true);
    pen.fillStyle = colour;
    pen.fill();
    from = to;
  }
  pen.beginPath();
  pen.arc(middle, middle, inner + WIDTH, 0, 2 * Math.PI);
  pen.strokeStyle = INK;
  pen.stroke();
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}

// The rings are named by what they show, so that alike ones are drawn once; `legendOf` a colouring, as the tile has it.
export function keepPies(map, layer, legendOf) {
  const ratio = window.devicePixelRatio || 1;
  const drawn = new Set();
  let round = 0;
  map.setMissingStyleImageResolver((id) => {
    const [now, by, parts] = id.split("|");
    if (now !== `pie${round}` || map.hasImage(id)) return;
    map.addImage(id, ring(divided(legendOf(by), JSON.parse(parts)), ratio), { pixelRatio: ratio });
    drawn.add(id);
  });
  const redraw = () => {
    const former = [...drawn];
    drawn.clear();
    round += 1;
    map.setLayoutProperty(layer, "icon-image", ["concat", `pie${round}|`, ["get", "by"], "|", ["get", "parts"]]);
    map.once("idle", () => former.forEach((id) => map.hasImage(id) && map.removeImage(id)));
  };
  map.on("moveend", () => drawn.size > MOST && redraw());
  return redraw;
}
