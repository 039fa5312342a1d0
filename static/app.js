// Every page loads this; each module finds the elements that it serves by their data attributes.

import "./selects.js";
import "./forms.js";
import "./lines.js";
import "./lists.js";
import "./widths.js";
import "./bulk.js";
import "./phone.js";
import "./search.js";
import "./fragments.js";
import "./session.js";
import "./printing.js";
import "./documents.js";

// A link to what stands in a closed <details> opens it first.
function openTarget() {
  const target = document.getElementById(location.hash.slice(1));
  for (let each = target?.closest("details"); each; each = each.parentElement.closest("details")) each.open = true;
  target?.scrollIntoView();
}
addEventListener("hashchange", openTarget);
if (location.hash.length > 1) openTarget();
