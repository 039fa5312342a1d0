// The layers of a register's items: footprints, lines between linked items, clusters that say how many, single items.

import { FONT, INK, OTHERS } from "./base.js";
import { keepPies, radius } from "./pies.js";

const NEUTRAL = "#55606e";
// Where several registers are shown, their clusters stand around the place instead of on one another.
const AROUND = [[0, -26], [25, -8], [15, 21], [-15, 21], [-25, -8]];

const IS_ONE = ["==", ["get", "number"], 1];

export const ids = ({ slug }) => ({
  areas: `${slug}-areas`,
  edges: `${slug}-edges`,
  lines: `${slug}-lines-`,
  clusters: `${slug}-clusters`,
  pies: `${slug}-pies`,
  numbers: `${slug}-numbers`,
  items: `${slug}-items`,
});

const of = (layer) => ({ source: "items", "source-layer": layer });

// Of every register before any register's circles, which lie over them.
export function addShapes(map, register) {
  const name = ids(register);
  map.addLayer({ id: name.areas, type: "fill", ...of(`${register.slug}-footprints`), paint: { "fill-opacity": 0.25 } });
  map.addLayer({ id: name.edges, type: "line", ...of(`${register.slug}-footprints`), paint: { "line-width": 2 } });
  for (const line of register.lines) {
    map.addLayer({
      id: name.lines + line,
      type: "line",
      ...of(line),
      paint: { "line-color": NEUTRAL, "line-width": 1.5, "line-dasharray": [3, 2] },
    });
  }
}

export function addPoints(map, register, { single, at, lang, atLeast }) {
  const name = ids(register);
  const translate = single ? [0, 0] : AROUND[at % AROUND.length];
  const shift = { "circle-translate": translate };
  map.addLayer({
    id: name.items,
    type: "circle",
    ...of(register.slug),
    filter: IS_ONE,
    paint: { "circle-radius": 7, "circle-stroke-color": INK, "circle-stroke-width": 1.5, ...shift },
  });
  map.addLayer({
    id: name.clusters,
    type: "circle",
    ...of(register.slug),
    filter: ["!", IS_ONE],
    // The largest stand in front, and where numbers meet theirs is the one that is read.
    layout: { "circle-sort-key": ["get", "number"] },
    paint: {
      "circle-radius": radius,
      "circle-color": "#ffffff",
      "circle-stroke-width": 4,
      ...shift,
    },
  });
  if (single) {
    // The largest in front, as their circles are.
    const layout = { "icon-allow-overlap": true, "icon-ignore-placement": true, "symbol-sort-key": ["get", "number"] };
    map.addLayer({ id: name.pies, type: "symbol", ...of(register.slug), filter: ["!", IS_ONE], layout });
  }
  const number = ["number-format", ["get", "number"], { locale: lang }];
  const [before, after] = atLeast.split("{n}");
  map.addLayer({
    id: name.numbers,
    type: "symbol",
    ...of(register.slug),
    filter: ["!", IS_ONE],
    layout: {
      "text-field": ["case", ["has", "at_least"], ["concat", before, number, after], number],
      "text-font": FONT,
      "text-size": 12,
      "text-padding": 0,
      "symbol-sort-key": ["-", ["get", "number"]],
    },
    paint: { "text-color": INK, "text-translate": translate, "text-halo-color": "#ffffff", "text-halo-width": 1 },
  });
}

export const pies = (map, register, legendOf) => keepPies(map, ids(register).pies, legendOf);

export function colour(map, register, { by, legends, single, today, soon }) {
  const name = ids(register);
  const plain = single ? NEUTRAL : register.colour;
  const items = (single && expression(by, legends, today, soon)) || register.colour;
  map.setPaintProperty(name.items, "circle-color", items);
  map.setPaintProperty(name.clusters, "circle-stroke-color", plain);
  const shape = by === "due" || by.endsWith("_due") ? plain : items;
  map.setPaintProperty(name.areas, "fill-color", shape);
  map.setPaintProperty(name.edges, "line-color", shape);
}

function expression(by, legends, today, soon) {
  const legend = legends[by];
  if (!legend) return null;
  if (by === "due" || by.endsWith("_due")) {
    const of = Object.fromEntries(legend.map((line) => [line.key, line.colour]));
    const day = ["get", by];
    return ["case", ["!", ["has", by]], of.none, ["<", day, today], of.overdue, ["<=", day, soon], of.soon, of.later];
  }
  const pairs = legend.filter((line) => line.key !== null).flatMap((line) => [line.key, line.colour]);
  return pairs.length ? ["match", ["get", by], ...pairs, OTHERS] : OTHERS;
}
