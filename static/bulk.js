// select[data-bulk-columns] says which fields a change of many rows has (app.css hides the others): each option is the name
// of the field's box. The fields ask the server what the rows hold as soon as they are chosen (htmx: "chosen").

const choice = document.querySelector("select[data-bulk-columns]");
const boxes = [...document.querySelectorAll(".bulk-field input[name^=change_]")];

function take(box, isChosen) {
  box.checked = isChosen;
  if (isChosen) box.closest(".bulk-field").querySelector("[hx-post]").dispatchEvent(new CustomEvent("chosen"));
}

choice?.addEventListener("change", () => {
  const chosen = new Set([...choice.selectedOptions].map((option) => option.value));
  for (const box of boxes) if (box.checked !== chosen.has(box.name)) take(box, chosen.has(box.name));
});

if (choice) {
  for (const box of boxes) {
    box.addEventListener("change", () => {
      if (box.checked) choice.tomselect.addItem(box.name, true);
      else choice.tomselect.removeItem(box.name, true);
      take(box, box.checked);
    });
  }
  // A page that the browser brings back has kept its ticks.
  window.addEventListener("pageshow", () => choice.tomselect.setValue(boxes.filter((box) => box.checked).map((box) => box.name)));
}
