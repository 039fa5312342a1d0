// A rectangle or a polygon drawn on the map (Terra Draw) becomes the `within` filter of the page's address.

import { maplibre } from "./base.js";

const PLACES = 6; // decimals of a degree: 0.1 m

function go(numbers) {
  const query = new URLSearchParams(location.search);
  query.delete("page");
  query.set("within", numbers.map((number) => Number(number.toFixed(PLACES))).join(","));
  location.assign(`${location.pathname}?${query}${location.hash}`);
}

function drawn(feature) {
  const corners = feature.geometry.coordinates[0].slice(0, -1);
  if (feature.properties.mode !== "rectangle") return corners.flat();
  const [lons, lats] = [0, 1].map((axis) => corners.map((corner) => corner[axis]));
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}

export function drawing(map, texts, message) {
  const style = { fillColor: "#0b4f8a", fillOpacity: 0.15, outlineColor: "#0b4f8a", outlineWidth: 2 };
  const draw = new terraDraw.TerraDraw({
    adapter: new terraDrawMaplibreGlAdapter.TerraDrawMapLibreGLAdapter({ map, lib: maplibre }),
    modes: [
      new terraDraw.TerraDrawRectangleMode({ styles: style, drawInteraction: "click-move-or-drag" }),
      new terraDraw.TerraDrawPolygonMode({ styles: style, validation: (f) => terraDraw.ValidateNotSelfIntersecting(f) }),
    ],
  });
  const buttons = [...document.querySelectorAll("[data-draw]")];
  const end = () => {
    draw.clear();
    draw.setMode("static");
    message.textContent = "";
    for (const button of buttons) button.setAttribute("aria-pressed", "false");
  };
  draw.start();
  draw.on("finish", (id) => go(drawn(draw.getSnapshotFeature(id))));
  for (const button of buttons) {
    button.addEventListener("click", () => {
      const mode = button.dataset.draw;
      if (mode === "view") return go(map.getBounds().toArray().flat());
      const again = button.getAttribute("aria-pressed") === "true";
      end();
      if (again) return;
      draw.setMode(mode);
      button.setAttribute("aria-pressed", "true");
      message.textContent = mode === "rectangle" ? texts.drawBox : texts.drawPolygon;
    });
  }
  document.addEventListener("keydown", (event) => event.key === "Escape" && end());
  return { isOn: () => draw.getMode() !== "static" };
}
