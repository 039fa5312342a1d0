// The global search box: input[data-search].
// "/" puts the cursor into it from anywhere but another field.

const box = document.querySelector("input[data-search]");

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (!box || typing || event.key !== "/" || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  box.focus();
  box.select();
});
