// Lines of longitude and latitude with their degrees, so that a map without a background says where it is.

const STEPS = [20, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001];
// So many pixels at least from line to line.
const APART = 140;
const NOTHING = { type: "FeatureCollection", features: [] };

export const grid = { type: "geojson", data: NOTHING };

export const gridLayers = (font) => [
  { id: "grid-lines", type: "line", source: "grid", filter: ["==", ["geometry-type"], "LineString"], paint: { "line-color": "#7c8fa0", "line-opacity": 0.35 } },
  {
    id: "grid-degrees",
    type: "symbol",
    source: "grid",
    filter: ["==", ["geometry-type"], "Point"],
    layout: { "text-field": ["get", "degrees"], "text-font": font, "text-size": 11, "text-anchor": ["get", "anchor"], "text-offset": [0.3, 0.3], "text-padding": 0 },
    paint: { "text-color": "#4b5b6b", "text-halo-color": "#ffffff", "text-halo-width": 1.5 },
  },
];

function between(from, to, step) {
  const first = Math.ceil(from / step);
  return Array.from({ length: Math.max(0, Math.floor(to / step) - first + 1) }, (_, at) => (first + at) * step);
}

function lines(map, say) {
  const [[west, south], [east, north]] = map.getBounds().toArray();
  const step = STEPS.findLast((one) => (one / (east - west)) * map.getContainer().clientWidth >= APART) ?? STEPS[0];
  const feature = (type, coordinates, properties) => ({ type: "Feature", properties, geometry: { type, coordinates } });
  return {
    type: "FeatureCollection",
    features: [
      ...between(west, east, step).flatMap((lon) => [
        feature("LineString", [[lon, south], [lon, north]], {}),
        feature("Point", [lon, north], { degrees: say("lon", lon), anchor: "top-left" }),
      ]),
      ...between(south, north, step).flatMap((lat) => [
        feature("LineString", [[west, lat], [east, lat]], {}),
        feature("Point", [west, lat], { degrees: say("lat", lat), anchor: "top-left" }),
      ]),
    ],
  };
}

// Drawn anew for each view, as far as it reaches.
export function keepGrid(map, texts) {
  const numbers = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 3 });
  const say = (axis, degree) => texts[axis].replace("{n}", numbers.format(degree));
  const draw = () => map.getSource("grid")?.setData(lines(map, say));
  map.once("load", draw);
  map.on("moveend", draw);
}
