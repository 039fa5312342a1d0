// The way back to the data: buttons [data-map-all] show all of it, and #map-away says so when none of it is in view.
// `layers` names those that hold data; null where there is none anywhere.

export function wayBack(map, bounds, layers) {
  const away = document.getElementById("map-away");
  for (const button of document.querySelectorAll("[data-map-all]")) {
    button.addEventListener("click", () => {
      map.fitBounds(bounds, { padding: 60, maxZoom: 16, animate: !matchMedia("(prefers-reduced-motion: reduce)").matches });
      map.getCanvas().focus({ preventScroll: true });
    });
  }
  map.on("idle", () => {
    const mine = layers();
    away.hidden = !mine || map.queryRenderedFeatures({ layers: mine.filter((layer) => map.getLayer(layer)) }).length > 0;
  });
  map.on("movestart", () => {
    away.hidden = true;
  });
}
