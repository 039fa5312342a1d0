// What a phone shows otherwise (app.css): the rows of a list (tbody.cards) and the lines of a form (tbody[data-lines]) are cards,
// whose cells say their heading (data-label). button[data-unfold] shows the actions of the page.

const phone = matchMedia("(max-width: 767.98px)");

function label() {
  if (!phone.matches) return;
  for (const table of document.querySelectorAll("table:has(> .cards, > [data-lines])")) {
    const headings = [...table.tHead.rows[0].cells].map((heading) => heading.textContent.trim());
    const blank = table.parentElement.querySelector("template[data-line]")?.content.children ?? [];
    for (const row of [...table.tBodies[0].rows, ...blank]) {
      for (const [at, cell] of [...row.cells].entries()) if (headings[at]) cell.dataset.label = headings[at];
    }
  }
}
phone.addEventListener("change", label);
label();

document.querySelector("[data-unfold]")?.addEventListener("click", ({ currentTarget: button }) => {
  button.setAttribute("aria-expanded", String(button.getAttribute("aria-expanded") === "false"));
});
