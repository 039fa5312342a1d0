// form[data-guard]: asks before leaving with unsaved changes; Ctrl+S saves (button[data-save], or the first submit button).
// input[data-date]: 31122024, 31/12/24, 1.2.2024 and 2024-12-31 become 31.12.2024. select[data-submit-on-change] submits.
// input[data-copy] is selected whole when entered. button[data-print] prints the page.
// Every form that posts is sent once only (unless [data-repeatable], as for downloads); the first wrong field gets the focus.

const WRONG = 'form [aria-invalid="true"], form .is-invalid';
const changed = new Set();

for (const form of document.querySelectorAll("form[data-guard]")) {
  // What comes back with errors or with a conflict has not been saved either.
  if (form.querySelector(WRONG) || document.querySelector("#conflict")) changed.add(form);
}

document.addEventListener("input", markChanged);
document.addEventListener("change", markChanged);

function markChanged({ target }) {
  const form = target.form;
  if (form?.matches("form[data-guard]")) changed.add(form);
  if (target.matches("select[data-submit-on-change]")) form.requestSubmit();
  // What is typed for many rows is meant to be written.
  const box = target.closest(".bulk-field")?.querySelector("input[name^=change_]");
  if (box && box !== target) box.checked = true;
}

window.addEventListener("beforeunload", (event) => {
  if (changed.size) event.preventDefault();
});

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
  const form = event.target.closest("form[data-guard]") ?? document.querySelector("form[data-guard]");
  if (!form) return;
  event.preventDefault();
  tidyDate(document.activeElement);
  form.requestSubmit(form.querySelector("[data-save]") ?? form.querySelector("button:not([type=button])"));
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  changed.delete(form);
  if (event.defaultPrevented || form.method !== "post" || "repeatable" in form.dataset) return;
  if ("sent" in form.dataset) event.preventDefault();
  form.dataset.sent = "";
});

// The browser's Back button may bring the page back as it was left.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

document.addEventListener("focusin", ({ target }) => {
  if (target.matches("input[data-copy]")) target.select();
});

document.addEventListener("focusout", ({ target }) => tidyDate(target));

function tidyDate(input) {
  if (!input?.matches?.("input[data-date]")) return;
  const tidied = asDate(input.value.trim());
  if (tidied && tidied !== input.value) {
    input.value = tidied;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

function asDate(text) {
  const iso = text.match(/^(\d{4})-(\d{1,2})-(\d{1,2})$/);
  const found = iso
    ? [iso[3], iso[2], iso[1]]
    : (text.match(/^(\d{2})(\d{2})(\d{4}|\d{2})$/) ?? text.match(/^(\d{1,2})[./\- ](\d{1,2})[./\- ](\d{4}|\d{2})$/))?.slice(1);
  if (!found) return null;
  const [day, month, year] = found;
  // As the server and Excel read two digits: 30 to 99 are of the last century (inventory/cells/day.py).
  const full = year.length === 4 ? year : (Number(year) >= 30 ? "19" : "20") + year;
  return `${day.padStart(2, "0")}.${month.padStart(2, "0")}.${full}`;
}

const wrong = document.querySelector(WRONG);
if (wrong?.tomselect) wrong.tomselect.control_input.focus();
else wrong?.focus();
