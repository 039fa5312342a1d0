// The page of a map: #map with its settings in #map-config. The filter is the page's query; the view and the colours
// are its hash (#map=zoom/lat/lon&by=status), so the address shows another person the same map.

import { wayBack } from "./back.js";
import { createMap, maplibre } from "./base.js";
import { drawing } from "./draw.js";
import { addPoints, addShapes, colour, ids, pies } from "./layers.js";
import { picture, save } from "./picture.js";
import { divided } from "./pies.js";

const config = JSON.parse(document.getElementById("map-config").textContent);
const place = document.getElementById("map");
const { texts, registers, single } = config;
const lang = document.documentElement.lang;
const numbers = new Intl.NumberFormat(lang);
const chooser = document.getElementById("map-by");
const legendList = document.getElementById("map-legend");
const message = document.getElementById("map-message");
const legends = { ...Object.fromEntries(registers[0].dues.map(({ key }) => [key, config.dueLegend])) };
const kinds = {};
const popup = new maplibre.Popup({ closeButton: false, closeOnClick: false, offset: 14, maxWidth: "18rem" });

const say = (text, values) => text.replace(/\{(\w)\}/g, (_, name) => numbers.format(values[name]));

function hash(name, value) {
  const parts = Object.fromEntries(location.hash.slice(1).split("&").filter(Boolean).map((part) => part.split("=")));
  if (value === undefined) return parts[name];
  parts[name] = value;
  const written = Object.entries(parts).map((pair) => pair.join("=")).join("&");
  history.replaceState(history.state, "", `${location.pathname}${location.search}#${written}`);
  return value;
}

function shownLegend() {
  if (!single) return registers.map(({ title, colour }) => ({ name: title, colour }));
  return legends[chooser.value] ?? [];
}

function showLegend() {
  legendList.replaceChildren(
    ...shownLegend().map(({ name, number, colour }) => {
      const line = document.createElement("li");
      const mark = document.createElement("span");
      mark.className = "map-mark";
      mark.style.background = colour;
      line.append(mark, number === undefined ? name : `${name} (${numbers.format(number)})`);
      return line;
    }),
  );
}

// The tiles of the chosen colours: what clusters are divided by.
function tiles() {
  const by = single && chooser.value !== "kind" ? `&by=${chooser.value}` : "";
  return [new URL(config.tiles + by, location.href).href.replace(/%7B/gi, "{").replace(/%7D/gi, "}")];
}

function recolour(map) {
  const by = single ? chooser.value : "register";
  for (const register of registers) {
    colour(map, register, { by, legends, single, today: config.today, soon: config.soon });
  }
  showLegend();
}

function showCard(url) {
  htmx.ajax("GET", url, { target: "#map-card", swap: "innerHTML" });
}

const address = (pattern, pk) => pattern.replace("/0/", `/${pk}/`);

function open(map, register, { properties, geometry }) {
  if (properties.id && properties.number === 1) return showCard(address(register.card, properties.id));
  if (properties.location) return showCard(`${address(register.place, properties.location)}?${config.query}`);
  return map.easeTo({ center: geometry.coordinates, zoom: Math.min(map.getZoom() + 2, map.getMaxZoom()) });
}

// What a cluster holds, with names: every kind has one, of units those of the legend.
function named(by, parts) {
  if (by !== "kind") return divided(legends[by] ?? [], parts).map(({ name, number }) => [name, number]);
  return Object.entries(parts).map(([kind, number]) => [kinds[kind] ?? "", number]);
}

// "12 kayıt", then what they are, the most first.
function describe(register, { number, by, parts, at_least: more, label }) {
  const box = document.createElement("div");
  const head = document.createElement("strong");
  const count = say(texts.items, { n: number });
  head.textContent = label ?? (more ? say(texts.atLeast, { n: number }) : count);
  box.append(head);
  if (!single) box.append(document.createElement("br"), register.title);
  const lines = (parts ? named(by, JSON.parse(parts)) : []).sort(([, one], [, two]) => two - one);
  for (const [name, many] of lines.slice(0, 8)) {
    box.append(document.createElement("br"), `${numbers.format(many)} ${name}`);
  }
  if (lines.length > 8) box.append(document.createElement("br"), "…");
  return box;
}

function listen(map, drawn) {
  const names = registers.map(ids);
  const layers = [...names.map((name) => name.clusters), ...names.map((name) => name.items), ...names.map((name) => name.areas)];
  const near = ({ x, y }) => [[x - 5, y - 5], [x + 5, y + 5]];
  const hit = (point) => {
    const seen = map.getStyle().layers.map((layer) => layer.id);
    const found = map.queryRenderedFeatures(near(point), { layers: layers.filter((layer) => seen.includes(layer)) });
    const best = found.find((one) => one.geometry.type === "Point") ?? found[0];
    return best && [registers.find((one) => Object.values(ids(one)).includes(best.layer.id)), best];
  };
  map.on("click", ({ point }) => {
    const found = drawn.isOn() ? null : hit(point);
    if (found) open(map, ...found);
  });
  map.on("mousemove", ({ point, lngLat }) => {
    const found = drawn.isOn() ? null : hit(point);
    map.getCanvas().style.cursor = found ? "pointer" : "";
    if (!found || found[1].geometry.type !== "Point") return popup.remove();
    popup.setLngLat(lngLat).setDOMContent(describe(found[0], found[1].properties)).addTo(map);
  });
  map.on("mouseout", () => popup.remove());
  map.on("movestart", () => popup.remove());
  map.on("error", ({ error }) => {
    if (error?.status) message.textContent = texts.failed;
    else throw error;
  });
}

// What the legends count and where the rows lie; asked for after the map, so that it never waits.
async function askAbout(map, keepView) {
  const answers = await Promise.all(registers.map(({ about }) => fetch(`${about}?${config.query}`).then((r) => r.json())));
  for (const answer of answers) Object.assign(kinds, answer.kinds);
  if (single) Object.assign(legends, answers[0].legends);
  const bounds = new maplibre.LngLatBounds();
  for (const { bounds: b } of answers) if (b) bounds.extend([b[0], b[1]]).extend([b[2], b[3]]);
  if (!keepView && !bounds.isEmpty()) map.fitBounds(bounds, { padding: 60, maxZoom: 16, animate: false });
  const [n, m] = ["number", "placed"].map((name) => answers.reduce((sum, answer) => sum + answer[name], 0));
  document.getElementById("map-count").textContent = m ? say(texts.onMap, { n, m }) : texts.nothing;
  const names = registers.map(ids);
  wayBack(map, m ? bounds : config.home, () => m ? names.flatMap((name) => [name.items, name.clusters, name.areas]) : null);
}

function pictured(map) {
  const legend = shownLegend().map(({ name, number, colour }) => ({
    colour,
    text: number === undefined ? name : `${name} (${numbers.format(number)})`,
  }));
  const filter = [...document.querySelectorAll(".filter-summary .badge")].map((badge) => badge.textContent.trim());
  return picture(map, {
    title: place.dataset.title,
    filtered: filter.join(" · "),
    legend,
    credit: place.querySelector(".maplibregl-ctrl-attrib-inner")?.textContent ?? "",
    date: new Date().toLocaleString(lang, { dateStyle: "long", timeStyle: "short" }),
  });
}

function setUp(map, drawn) {
  if (chooser) {
    const keep = () => document.getElementById("filters")?.setAttribute("action", `${location.pathname}#by=${chooser.value}`);
    keep();
    chooser.addEventListener("change", () => {
      hash("by", chooser.value);
      keep();
      recolour(map);
      // After the frame that has the colours: they reload the tiles that are there, and would undo this.
      map.once("render", () => map.getSource("items").setTiles(tiles()));
      map.triggerRepaint();
    });
  }
  for (const box of document.querySelectorAll("[data-register]")) {
    box.addEventListener("change", () => {
      const register = registers.find(({ slug }) => slug === box.dataset.register);
      const mine = Object.values(ids(register));
      for (const { id } of map.getStyle().layers) {
        if (mine.some((name) => id === name || id.startsWith(ids(register).lines))) {
          map.setLayoutProperty(id, "visibility", box.checked ? "visible" : "none");
        }
      }
    });
  }
  document.getElementById("map-png").addEventListener("click", () => save(pictured(map), place.dataset.file));
  document.getElementById("map-print").addEventListener("click", () => window.print());
  const printed = document.getElementById("map-printed");
  window.addEventListener("beforeprint", () => {
    printed.src = pictured(map).toDataURL();
  });
  listen(map, drawn);
}

async function start() {
  // The map writes its own view there as soon as it stands.
  const keepView = Boolean(hash("map"));
  const map = await createMap(place, config, { hash: "map" });
  if (!map) {
    document.getElementById("map-none").hidden = false;
    document.getElementById("map-tools").hidden = true;
    place.hidden = true;
    return;
  }
  map.addControl(new maplibre.FullscreenControl());
  await map.once("load");
  if (chooser && [...chooser.options].some(({ value }) => value === hash("by"))) chooser.value = hash("by");
  map.addSource("items", { type: "vector", tiles: tiles(), maxzoom: 20 });
  for (const register of registers) addShapes(map, register);
  registers.forEach((register, at) => addPoints(map, register, { single, at, lang, atLeast: texts.atLeast }));
  if (config.within) {
    map.addSource("within", { type: "geojson", data: config.within });
    map.addLayer({ id: "within", type: "line", source: "within", paint: { "line-color": "#0b4f8a", "line-width": 3 } });
  }
  setUp(map, drawing(map, texts, message));
  recolour(map);
  await askAbout(map, keepView);
  recolour(map);
  if (single) pies(map, registers[0], (by) => legends[by] ?? [])();
  map.once("idle", () => {
    place.dataset.ready = "";
  });
  map.triggerRepaint();
  // For the browser test, which asks the map itself what it drew.
  place.map = map;
}

start();
