// What is sent to the printer. A browser's own head would say the address; ours says what it is, for whom and when.

const made = document.querySelector("[data-printed]");
if (made) {
  const title = document.querySelector("h1")?.textContent.trim() ?? document.title;
  document.documentElement.style.setProperty("--printed", JSON.stringify(`${title} · ${made.textContent.trim()}`));
}

document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-print]")) window.print();
});

// A page that is there to be printed asks for it itself.
if (document.querySelector("[data-print-now]")) addEventListener("load", () => window.print());
