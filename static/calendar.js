/** The arrow keys go from cell to cell of a calendar; PageUp and PageDown to the days before and after. */

const grid = document.querySelector("[data-calendar]");
const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

function focusFrom(cell, [down, right]) {
  let row = cell.parentElement.rowIndex + down;
  let column = cell.cellIndex + right;
  for (; grid.rows[row]?.cells[column] && row > 0; row += down, column += right) {
    const link = grid.rows[row].cells[column].querySelector("a");
    if (link) return link.focus();
  }
}

grid?.addEventListener("keydown", (event) => {
  const cell = event.target.closest("td, th");
  if (event.altKey || event.ctrlKey || event.metaKey || !cell) return;
  if (MOVES[event.key]) {
    event.preventDefault();
    focusFrom(cell, MOVES[event.key]);
  }
  const way = { PageUp: "prev", PageDown: "next" }[event.key];
  if (way) {
    event.preventDefault();
    document.querySelector(`a[rel="${way}"]`).click();
  }
});
