// [data-small-map]: the place at data-shape (GeoJSON), with the settings of data-settings.
// data-pick (on the form of a place): a click writes its coordinates into #id_lon and #id_lat.
// data-outline (a form): a polygon is drawn, or another place's outline taken by a click, and sent as `shape`.

import { createMap, maplibre } from "./base.js";
import { ids } from "./layers.js";

const NOTHING = { type: "FeatureCollection", features: [] };
const BLUE = "#0b4f8a";
const lang = document.documentElement.lang;
// As the form's own fields write numbers; 7 decimals of a degree are a centimetre.
const degrees = new Intl.NumberFormat(lang, { useGrouping: false, maximumFractionDigits: 7 });
const typed = (text) => (text.trim() ? Number(text.trim().replace(",", ".")) : NaN);

function fit(map, data) {
  const bounds = new maplibre.LngLatBounds();
  const add = (part) => (typeof part[0] === "number" ? bounds.extend(part) : part.forEach(add));
  for (const { geometry } of data.features) add(geometry.coordinates);
  if (!bounds.isEmpty()) map.fitBounds(bounds, { padding: 30, maxZoom: 16, animate: false });
}

function show(map, data) {
  map.addSource("place", { type: "geojson", data });
  const paint = { "fill-color": BLUE, "fill-opacity": 0.2 };
  map.addLayer({ id: "place-area", type: "fill", source: "place", filter: ["!=", ["geometry-type"], "Point"], paint });
  map.addLayer({
    id: "place-edge",
    type: "line",
    source: "place",
    filter: ["!=", ["geometry-type"], "Point"],
    paint: { "line-color": BLUE, "line-width": 2 },
  });
  map.addLayer({
    id: "place-point",
    type: "circle",
    source: "place",
    filter: ["==", ["geometry-type"], "Point"],
    paint: { "circle-radius": 7, "circle-color": "#e69f00", "circle-stroke-color": "#182433", "circle-stroke-width": 2 },
  });
}

function picking(map) {
  const [lon, lat, source] = ["lon", "lat", "source"].map((name) => document.getElementById(`id_${name}`));
  const point = () => {
    const coordinates = [typed(lon.value), typed(lat.value)];
    const isPlace = Math.abs(coordinates[0]) <= 180 && Math.abs(coordinates[1]) <= 90;
    const features = isPlace ? [{ type: "Feature", properties: {}, geometry: { type: "Point", coordinates } }] : [];
    map.getSource("place").setData({ type: "FeatureCollection", features });
  };
  map.getCanvas().style.cursor = "crosshair";
  map.on("click", ({ lngLat }) => {
    for (const [field, value] of [[lon, lngLat.lng], [lat, lngLat.lat]]) {
      field.value = degrees.format(Number(value.toFixed(7)));
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
    if (source) {
      source.value = "picked";
      source.tomselect?.setValue("picked");
      source.dispatchEvent(new Event("change", { bubbles: true }));
    }
    point();
  });
  for (const field of [lon, lat]) field.addEventListener("change", point);
}

function outlining(map, form, { slugs, tiles, shapes }) {
  const layers = [];
  map.addSource("items", { type: "vector", tiles: [new URL(tiles, location.href).href.replace(/%7B/gi, "{").replace(/%7D/gi, "}")], maxzoom: 20 });
  for (const slug of slugs) {
    const { areas } = ids({ slug });
    layers.push(areas);
    map.addLayer({ id: areas, type: "fill", source: "items", "source-layer": `${slug}-footprints`, paint: { "fill-color": "#009e73", "fill-opacity": 0.2, "fill-outline-color": "#009e73" } });
  }
  const styles = { fillColor: BLUE, fillOpacity: 0.2, outlineColor: BLUE, outlineWidth: 2 };
  const validation = (feature) => terraDraw.ValidateNotSelfIntersecting(feature);
  const draw = new terraDraw.TerraDraw({
    adapter: new terraDrawMaplibreGlAdapter.TerraDrawMapLibreGLAdapter({ map, lib: maplibre }),
    modes: [new terraDraw.TerraDrawPolygonMode({ styles, validation })],
  });
  draw.start();
  const take = (geometry) => {
    form.elements.shape.value = JSON.stringify(geometry);
    map.getSource("place").setData({ type: "FeatureCollection", features: [{ type: "Feature", properties: {}, geometry }] });
    form.querySelector("[data-save]").disabled = false;
  };
  draw.on("finish", (id) => {
    take(draw.getSnapshotFeature(id).geometry);
    draw.clear();
    draw.setMode("static");
  });
  form.querySelector("[data-draw]").addEventListener("click", () => draw.setMode("polygon"));
  map.on("click", async ({ point }) => {
    if (draw.getMode() !== "static") return;
    const [hit] = map.queryRenderedFeatures(point, { layers });
    if (!hit) return;
    const answer = await fetch(shapes.replace("/0/", `/${hit.properties.location}/`));
    const found = (await answer.json()).features.find(({ geometry }) => geometry.type !== "Point");
    if (found) take(found.geometry);
  });
}

async function start(place) {
  const { settings, shape } = place.dataset;
  const config = await fetch(settings).then((answer) => answer.json());
  const data = shape ? await fetch(shape).then((answer) => answer.json()) : NOTHING;
  const map = await createMap(place, config, "outline" in place.dataset ? {} : { scrollZoom: false });
  if (!map) {
    place.textContent = config.texts.noMap;
    place.classList.remove("small-map", "map");
    return;
  }
  await map.once("load");
  show(map, data);
  fit(map, data);
  if ("pick" in place.dataset) picking(map);
  if ("outline" in place.dataset) outlining(map, place.closest("form"), config);
  map.once("idle", () => {
    place.dataset.ready = "";
  });
  map.triggerRepaint();
  place.map = map;
}

document.querySelectorAll("[data-small-map]").forEach(start);
