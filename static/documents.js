// form[data-drop]: files dropped anywhere on the form, pasted (Ctrl+V), or taken by [data-camera] join those of its chooser.
// output[data-chosen] says which are chosen ({names}).

function chooserOf(form) {
  return form.querySelector("input[type=file][name]");
}

function add(form, files) {
  const chooser = chooserOf(form);
  const joined = new DataTransfer();
  for (const file of [...chooser.files, ...files]) joined.items.add(file);
  chooser.files = joined.files;
  chooser.dispatchEvent(new Event("change", { bubbles: true }));
}

for (const form of document.querySelectorAll("form[data-drop]")) {
  form.addEventListener("dragover", (event) => {
    event.preventDefault();
    form.classList.add("drop-here");
  });
  for (const end of ["dragleave", "drop"]) form.addEventListener(end, () => form.classList.remove("drop-here"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    add(form, event.dataTransfer.files);
  });
  form.addEventListener("change", ({ target }) => {
    if (target.matches("[data-camera]")) {
      add(form, target.files);
      target.value = "";
    }
    const said = form.querySelector("[data-chosen]");
    const names = [...chooserOf(form).files].map((file) => file.name);
    if (said) said.textContent = names.length ? said.dataset.chosen.replace("{names}", names.join(", ")) : "";
  });
}

document.addEventListener("paste", (event) => {
  const form = document.querySelector("form[data-drop]");
  if (form && event.clipboardData.files.length) {
    event.preventDefault();
    add(form, event.clipboardData.files);
  }
});
