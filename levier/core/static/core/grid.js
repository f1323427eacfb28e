// A grid of figures: arrows and Enter go from cell to cell, a block copied from a spreadsheet is pasted over several. Nothing needs it.
(() => {
  "use strict";

  const cellsOf = (row) => [...row.querySelectorAll("input[inputmode]")];
  const rowsOf = (form) => [...form.querySelectorAll("tbody tr")].map(cellsOf);

  // Where a field stands in its grid; null outside of one.
  const placeOf = (field) => {
    const form = field.closest("[data-grid]");
    if (!form || !field.matches("tbody input[inputmode]")) { return null; }
    const rows = rowsOf(form);
    const row = rows.findIndex((cells) => cells.includes(field));
    return { rows, row, column: rows[row].indexOf(field) };
  };

  document.addEventListener("keydown", (event) => {
    const place = event.target.matches("input") && placeOf(event.target);
    if (!place || event.ctrlKey || event.metaKey || event.altKey) { return; }
    const { rows, row, column } = place;
    const atStart = event.target.selectionEnd === 0;
    const atEnd = event.target.selectionStart === event.target.value.length;
    const moves = {
      ArrowUp: [row - 1, column], ArrowDown: [row + 1, column], Enter: [row + 1, column],
      ArrowLeft: atStart ? [row, column - 1] : null, ArrowRight: atEnd ? [row, column + 1] : null,
    };
    const goal = moves[event.key];
    const next = goal && rows[goal[0]]?.[goal[1]];
    if (next) {
      event.preventDefault();
      next.focus();
      next.select();
    }
  });

  document.addEventListener("paste", (event) => {
    const place = event.target.matches("input") && placeOf(event.target);
    const text = event.clipboardData?.getData("text/plain").replace(/\r/g, "").replace(/\n$/, "") ?? "";
    if (!place || !/[\t\n]/.test(text)) { return; }
    event.preventDefault();
    text.split("\n").forEach((line, down) => {
      line.split("\t").forEach((value, right) => {
        const cell = place.rows[place.row + down]?.[place.column + right];
        if (cell) { cell.value = value.trim(); }
      });
    });
  });
})();
