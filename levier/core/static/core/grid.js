// A grid of figures: arrows and Enter go from cell to cell, a block copied from a spreadsheet is pasted over several and taken back
// at once. Nothing needs it.
(() => {
  "use strict";

  const cellsOf = (row) => [...row.querySelectorAll("input[inputmode]")];
  const rowsOf = (form) => [...form.querySelectorAll("tbody tr")].map(cellsOf);
  const say = (words) => { document.getElementById("said").textContent = words; };
  // The last block pasted: each cell with what it held before and what the paste wrote.
  let pasted = [];

  // Where a field stands in its grid; null outside of one.
  const placeOf = (field) => {
    const form = field.closest("[data-grid]");
    if (!form || !field.matches("tbody input[inputmode]")) { return null; }
    const rows = rowsOf(form);
    const row = rows.findIndex((cells) => cells.includes(field));
    return { rows, row, column: rows[row].indexOf(field) };
  };

  const mark = (cell) => cell.classList.toggle("is-changed", cell.value !== cell.defaultValue);

  const write = (cell, value) => {
    cell.value = value;
    mark(cell);
  };

  const takeBack = () => {
    const kept = pasted.filter(({ cell, written }) => cell.value === written);
    kept.forEach(({ cell, before }) => write(cell, before));
    pasted = [];
    say(`Collage annulé : ${kept.length} case${kept.length > 1 ? "s" : ""}.`);
  };

  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-grid] input[inputmode]")) { mark(event.target); }
  });

  document.addEventListener("keydown", (event) => {
    const place = event.target.matches("input") && placeOf(event.target);
    if (!place) { return; }
    if (event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey) && !event.shiftKey && pasted.length) {
      // Typed over since, a cell has its own undo, which the browser knows.
      const own = pasted.find(({ cell }) => cell === event.target);
      if (!own || own.written === event.target.value) {
        event.preventDefault();
        takeBack();
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) { return; }
    const { rows, row, column } = place;
    const isWhole = event.target.selectionStart === 0 && event.target.selectionEnd === event.target.value.length;
    const atStart = isWhole || event.target.selectionEnd === 0;
    const atEnd = isWhole || event.target.selectionStart === event.target.value.length;
    const moves = {
      ArrowUp: [row - 1, column], ArrowDown: [row + 1, column], Enter: [row + 1, column],
      ArrowLeft: atStart ? [row, column - 1] : null, ArrowRight: atEnd ? [row, column + 1] : null,
    };
    // Enter at the foot of a column stays there: the grid is saved by its button.
    if (event.key === "Enter") { event.preventDefault(); }
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
    pasted = [];
    let left = 0;
    text.split("\n").forEach((line, down) => {
      line.split("\t").forEach((value, right) => {
        const cell = place.rows[place.row + down]?.[place.column + right];
        if (cell) {
          pasted.push({ cell, before: cell.value, written: value.trim() });
          write(cell, value.trim());
        } else if (value.trim()) {
          left += 1;
        }
      });
    });
    const told = event.target.closest("[data-grid]").querySelector("[data-pasted]");
    const over = left ? ` ${left} au-delà de la grille n’${left > 1 ? "ont pas été prises" : "a pas été prise"}.` : "";
    const words = `${pasted.length} case${pasted.length > 1 ? "s" : ""} collée${pasted.length > 1 ? "s" : ""}, rien n’est enregistré.${over}`;
    say(words);
    if (told) {
      told.hidden = false;
      told.querySelector("span").textContent = words;
    }
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-take-back]");
    if (!button) { return; }
    takeBack();
    button.closest("[data-pasted]").hidden = true;
  });
})();
