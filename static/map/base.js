// A map on our own tiles: without a background it shows land and sea roughly, a grid, the districts' names and their
// boundaries as far as they are loaded, and asks no other host.
// createMap(element, config) returns null where the browser cannot draw one (no WebGL 2).

import * as maplibre from "../maplibre/maplibre-gl.mjs";
import { grid, gridLayers, keepGrid } from "./grid.js";

export { maplibre };
export const INK = "#182433";
// Letters are drawn by the browser itself, so no glyph files are fetched.
export const FONT = ["sans-serif"];

// Of what has no colour of its own: `OTHERS` in geo/legend.py.
export const OTHERS = "#8a94a1";
const SEA = "#c9dfec";

// `ground`: the layers of an archive, which knows the coast better; without them it is the rough one.
function plain(config, ground = null) {
  const rough = config.land && !ground ? { type: "geojson", data: config.land, attribution: config.texts.roughCoast } : null;
  const area = (kind, colour) => ({ id: kind, type: "fill", source: "rough", filter: ["==", ["get", "kind"], kind], paint: { "fill-color": colour } });
  return {
    version: 8,
    sources: { places: { type: "geojson", data: config.places }, grid, ...(rough && { rough }) },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": "#eceff1" } },
      ...(rough ? [area("sea", SEA), area("land", "#fbfaf5")] : []),
      ...(ground ?? []),
      ...gridLayers(FONT),
      { id: "edges", type: "line", source: "places", filter: ["!=", ["geometry-type"], "Point"], paint: { "line-color": OTHERS, "line-width": 1.5 } },
      {
        id: "names",
        type: "symbol",
        source: "places",
        filter: ["==", ["geometry-type"], "Point"],
        layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": 13, "text-variable-anchor": ["bottom", "top", "left", "right"], "text-radial-offset": 1.6 },
        paint: { "text-color": "#55606e", "text-halo-color": "#ffffff", "text-halo-width": 1.5 },
      },
    ],
  };
}

// The streets and buildings of an archive, whatever its layers are called, in pale greys under our own rows.
async function withArchive(config) {
  const protocol = new pmtiles.Protocol();
  maplibre.addProtocol("pmtiles", protocol.tile);
  const archive = new pmtiles.PMTiles(new URL(config.pmtiles, location.href).href);
  protocol.add(archive);
  const [header, metadata] = await Promise.all([archive.getHeader(), archive.getMetadata()]);
  const source = { url: `pmtiles://${archive.source.getKey()}`, attribution: metadata.attribution };
  if (header.tileType !== 1) {
    const style = plain(config, [{ id: "background", type: "raster", source: "background" }]);
    style.sources.background = { ...source, type: "raster", tileSize: 256 };
    return style;
  }
  const layers = (metadata.vector_layers ?? []).flatMap(({ id }) => [
    {
      id: `background-${id}-areas`,
      type: "fill",
      source: "background",
      "source-layer": id,
      filter: ["==", ["geometry-type"], "Polygon"],
      paint: { "fill-color": /water/.test(id) ? SEA : "#dfe4e8", "fill-opacity": /build|water/.test(id) ? 1 : 0.4 },
    },
    {
      id: `background-${id}-lines`,
      type: "line",
      source: "background",
      "source-layer": id,
      filter: ["==", ["geometry-type"], "LineString"],
      paint: { "line-color": "#c3cad1" },
    },
  ]);
  const style = plain(config, layers);
  style.sources.background = { ...source, type: "vector" };
  return style;
}

export async function createMap(container, config, options = {}) {
  if (!document.createElement("canvas").getContext("webgl2")) return null;
  const { texts } = config;
  maplibre.setWorkerUrl(new URL(config.worker, location.href).href);
  const style = config.style || (config.pmtiles ? await withArchive(config) : plain(config));
  const map = new maplibre.Map({
    container,
    style,
    bounds: config.home,
    maxZoom: 20,
    dragRotate: false,
    pitchWithRotate: false,
    attributionControl: { compact: false },
    // A printed map and a PNG are taken from what is drawn.
    canvasContextAttributes: { preserveDrawingBuffer: true },
    locale: {
      "Map.Title": texts.gestures,
      "NavigationControl.ZoomIn": texts.zoomIn,
      "NavigationControl.ZoomOut": texts.zoomOut,
      "NavigationControl.ResetBearing": texts.north,
      "FullscreenControl.Enter": texts.fullscreen,
      "FullscreenControl.Exit": texts.leaveFullscreen,
    },
    ...options,
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new maplibre.NavigationControl({ showCompass: false }));
  map.addControl(new maplibre.ScaleControl());
  if (!config.style) keepGrid(map, texts);
  return map;
}
