// form[data-drop]: files dropped anywhere on the form, pasted (Ctrl+V), or taken by [data-camera] join those of its chooser.
// output[data-chosen] says which are chosen ({names}). What is more or larger than the chooser's data-most, data-bytes and
// data-all-bytes allow is said in #document-fault, and the form is not sent.

function chooserOf(form) {
  return form.querySelector("input[type=file][name]");
}

function add(form, files) {
  const chooser = chooserOf(form);
  const joined = new DataTransfer();
  // In a chooser for one, another takes its place.
  for (const file of [...(chooser.multiple ? chooser.files : []), ...files]) joined.items.add(file);
  chooser.files = joined.files;
  chooser.dispatchEvent(new Event("change", { bubbles: true }));
}

function faultOf({ files, dataset }) {
  const { most, bytes, allBytes } = dataset;
  if (files.length > Number(most)) return dataset.tooMany.replace("{count}", files.length).replace("{most}", most);
  const large = [...files].filter((file) => file.size > Number(bytes));
  if (large.length) return dataset.tooLarge.replace("{names}", large.map((file) => file.name).join(", "));
  return [...files].reduce((sum, file) => sum + file.size, 0) > Number(allBytes) ? dataset.tooMuch : "";
}

function sayFault(form) {
  const fault = faultOf(chooserOf(form));
  form.querySelector("#document-fault").textContent = fault;
  return fault;
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
  form.addEventListener("submit", (event) => {
    if (!sayFault(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    chooserOf(form).focus();
  }, { capture: true });
  form.addEventListener("change", ({ target }) => {
    if (target.matches("[data-camera]")) {
      add(form, target.files);
      target.value = "";
    }
    const said = form.querySelector("[data-chosen]");
    const names = [...chooserOf(form).files].map((file) => file.name);
    sayFault(form);
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
