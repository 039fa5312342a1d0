// table[data-selectable]: input[data-select-all] ticks the rows of the page, Shift+click a range; [data-selected-count] says how many
// (data-none, data-some with {n}, data-every); [data-needs-selection] is enabled by a selection; button[data-select-everything] sets
// input[data-all] to 1 for the whole filtered set. form[method=get] sends no empty fields, and [data-columns] boxes as one list.

// tbody.cells: the arrows go from row to row, a click on a row or Enter on its box opens it. button[data-fold-filters] hides the panel of the
// filters, also on the pages to come (cookie "filters"). A text that is cut or spares something is whole in its paragraph's hint.

const table = document.querySelector("table[data-selectable]");
if (table) select(table);

document.querySelector("tbody.cells")?.addEventListener("keydown", (event) => {
  const row = event.target.closest("tr");
  const beside = { ArrowDown: row?.nextElementSibling, ArrowUp: row?.previousElementSibling }[event.key];
  if (beside) {
    event.preventDefault();
    (beside.querySelector(event.target.localName) ?? beside.querySelector("a"))?.focus();
  } else if (event.key === "Enter" && event.target.type === "checkbox") {
    event.preventDefault();
    row.querySelector("a")?.click();
  }
});

// A click on a row opens it, but for one that means something else or ends a selection of text.
document.querySelector("tbody.cells")?.addEventListener("click", (event) => {
  if (event.target.closest("a, button, input, label, summary") || String(getSelection())) return;
  // The cell of the box is a large target for the box.
  const box = event.target.closest("td")?.querySelector("input[type=checkbox]");
  if (box) box.click();
  else event.target.closest("tr")?.querySelector("a")?.click();
});

document.querySelector("tbody.cells")?.addEventListener("mouseover", ({ target }) => {
  const text = target.closest("p");
  if (text && !text.title && (text.scrollHeight > text.clientHeight || text.querySelector("i"))) text.title = text.textContent;
});

const fold = document.querySelector("[data-fold-filters]");
fold?.addEventListener("click", () => {
  const isOff = document.getElementById("filter-panel").closest(".row").classList.toggle("filters-off");
  fold.setAttribute("aria-expanded", String(!isOff));
  document.cookie = `filters=${isOff ? "off" : "on"}; path=/; max-age=31536000; samesite=lax`;
});

function select(table) {
  const all = table.querySelector("[data-select-all]");
  const boxes = [...table.querySelectorAll("tbody input[type=checkbox]")];
  const everything = document.querySelector("[data-select-everything]");
  const whole = document.querySelector("input[data-all]");
  let last = null;

  const show = () => {
    const count = boxes.filter((box) => box.checked).length;
    all.checked = count > 0 && count === boxes.length;
    all.indeterminate = count > 0 && count < boxes.length;
    everything?.setAttribute("aria-pressed", String(Boolean(whole?.value)));
    everything?.classList.toggle("active", Boolean(whole?.value));
    for (const button of document.querySelectorAll("[data-needs-selection]")) button.disabled = !count && !whole?.value;
    for (const shown of document.querySelectorAll("[data-selected-count]")) {
      const { none, some, every } = shown.dataset;
      shown.textContent = whole?.value ? every : count ? some.replace("{n}", count) : none;
    }
  };

  const takeWhole = (on) => {
    if (whole) whole.value = on ? "1" : "";
  };

  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    takeWhole(false);
    show();
  });
  table.tBodies[0].addEventListener("click", (event) => {
    const at = boxes.indexOf(event.target);
    if (at < 0) return;
    if (event.shiftKey && last !== null) {
      for (const box of boxes.slice(Math.min(at, last), Math.max(at, last) + 1)) box.checked = event.target.checked;
    }
    last = at;
    takeWhole(false);
    show();
  });
  everything?.addEventListener("click", () => {
    takeWhole(!whole.value);
    for (const box of boxes) box.checked = Boolean(whole.value);
    show();
  });
  // A page that the browser brings back has kept its ticks.
  window.addEventListener("pageshow", show);
  show();
}

document.addEventListener("formdata", ({ target: form, formData }) => {
  if (form.method !== "get") return;
  const boxes = [...form.querySelectorAll("[data-columns] input[type=checkbox]")];
  if (boxes.length) {
    const asBefore = boxes.every((box) => box.checked === box.defaultChecked);
    const kept = new URLSearchParams(location.search).get("columns") ?? "";
    const chosen = formData.getAll("columns").join(",");
    formData.set("columns", asBefore ? kept : chosen);
  }
  for (const name of new Set(formData.keys())) {
    const values = formData.getAll(name).filter((value) => value !== "");
    formData.delete(name);
    for (const value of values) formData.append(name, value);
  }
});
