// button[data-add-line]: template[data-line] of its section is copied to the end of tbody[data-lines], "newN" in its names numbered on.

import { enhanceAll } from "./selects.js";

document.addEventListener("click", ({ target }) => {
  const section = target.closest("[data-add-line]")?.closest("section");
  if (!section) return;
  const lines = section.querySelector("[data-lines]");
  const numbers = [...lines.querySelectorAll("[name*='-new']")].map(({ name }) => Number(name.match(/-new(\d+)-/)?.[1] ?? -1));
  const made = section.querySelector("template[data-line]").content.cloneNode(true);
  for (const part of made.querySelectorAll("[name], [id]")) {
    for (const attribute of ["name", "id"]) {
      const value = part.getAttribute(attribute);
      if (value) part.setAttribute(attribute, value.replace("-newN-", `-new${Math.max(-1, ...numbers) + 1}-`));
    }
  }
  lines.append(made);
  enhanceAll(lines.lastElementChild);
  lines.lastElementChild.querySelector("select:not(.tomselected), input:not([type=hidden]), textarea")?.focus();
});
