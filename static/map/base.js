// A map on our own tiles: without a background it shows the districts' names and boundaries, and asks no other host.
// createMap(element, config) returns null where the browser cannot draw one (no WebGL 2).

import * as maplibre from "../maplibre/maplibre-gl.mjs";

export { maplibre };
export const INK = "#182433";
// Letters are drawn by the browser itself, so no glyph files are fetched.
export const FONT = ["sans-serif"];

const GREY = "#8a94a1";

function plain(config) {
  return {
    version: 8,
    sources: { places: { type: "geojson", data: config.places } },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": "#f1f4f6" } },
      { id: "land", type: "fill", source: "places", filter: ["!=", ["geometry-type"], "Point"], paint: { "fill-color": "#ffffff" } },
      { id: "edges", type: "line", source: "places", filter: ["!=", ["geometry-type"], "Point"], paint: { "line-color": GREY, "line-width": 1.5 } },
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
async function withArchive(style, address) {
  const protocol = new pmtiles.Protocol();
  maplibre.addProtocol("pmtiles", protocol.tile);
  const archive = new pmtiles.PMTiles(new URL(address, location.href).href);
  protocol.add(archive);
  const [header, metadata] = await Promise.all([archive.getHeader(), archive.getMetadata()]);
  const source = { url: `pmtiles://${archive.source.getKey()}`, attribution: metadata.attribution };
  if (header.tileType !== 1) {
    style.sources.background = { ...source, type: "raster", tileSize: 256 };
    style.layers.splice(1, 0, { id: "background", type: "raster", source: "background" });
    return style;
  }
  style.sources.background = { ...source, type: "vector" };
  const layers = (metadata.vector_layers ?? []).flatMap(({ id }) => [
    {
      id: `background-${id}-areas`,
      type: "fill",
      source: "background",
      "source-layer": id,
      filter: ["==", ["geometry-type"], "Polygon"],
      paint: { "fill-color": /water/.test(id) ? "#c9dfec" : "#dfe4e8", "fill-opacity": /build|water/.test(id) ? 1 : 0.4 },
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
  style.layers.splice(1, 0, ...layers);
  return style;
}

export async function createMap(container, config, options = {}) {
  if (!document.createElement("canvas").getContext("webgl2")) return null;
  const { texts } = config;
  maplibre.setWorkerUrl(new URL(config.worker, location.href).href);
  let style = config.style || plain(config);
  if (!config.style && config.pmtiles) style = await withArchive(style, config.pmtiles);
  const map = new maplibre.Map({
    container,
    style,
    bounds: config.home,
    maxZoom: 20,
    dragRotate: false,
    pitchWithRotate: false,
    attributionControl: config.style || config.pmtiles ? { compact: false } : false,
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
  return map;
}
