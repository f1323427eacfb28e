// A grid of figures: arrows and Enter go from cell to cell, a block copied from a spreadsheet is pasted over several and taken back
// at once, the last block first. Nothing needs it.
(() => {
  "use strict";

  const cellsOf = (row) => [...row.querySelectorAll("input[inputmode]")];
  const rowsOf = (form) => [...form.querySelectorAll("tbody tr")].map(cellsOf);
  const say = (words) => { document.getElementById("said").textContent = words; };
  // The blocks pasted, the last one at the end: each cell with what it held before and what the paste wrote.
  const blocks = [];

  // Where a field stands in its grid; null outside of one.
  const placeOf = (field) => {
    const form = field.closest("[data-grid]");
    if (!form || !field.matches("tbody input[inputmode]")) { return null; }
    const rows = rowsOf(form);
    const row = rows.findIndex((cells) => cells.includes(field));
    return { rows, row, column: rows[row].indexOf(field) };
  };

  const counted = (count, noun) => `${count} ${noun}${count > 1 ? "s" : ""}`;

  // Said aloud, and under the grid, where the last block may be taken back while there is one.
  const tell = (form, words) => {
    say(words);
    const told = form?.querySelector("[data-pasted]");
    if (!told) { return; }
    told.hidden = false;
    told.querySelector("span").textContent = words;
    told.querySelector("[data-take-back]").hidden = !blocks.length;
  };

  const mark = (cell) => cell.classList.toggle("is-changed", cell.value !== cell.defaultValue);

  const write = (cell, value) => {
    cell.value = value;
    mark(cell);
  };

  const takeBack = () => {
    const kept = blocks.pop().filter(({ cell, written }) => cell.value === written);
    kept.forEach(({ cell, before }) => write(cell, before));
    tell(kept[0]?.cell.form, `Collage annulé : ${counted(kept.length, "case")}.`);
  };

  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-grid] input[inputmode]")) { mark(event.target); }
  });

  document.addEventListener("keydown", (event) => {
    const place = event.target.matches("input") && placeOf(event.target);
    if (!place) { return; }
    if (event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey) && !event.shiftKey && blocks.length) {
      // Typed over since, a cell has its own undo, which the browser knows.
      const own = blocks.at(-1).find(({ cell }) => cell === event.target);
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
    const pasted = [];
    let left = 0;
    let empty = 0;
    text.split("\n").forEach((line, down) => {
      line.split("\t").forEach((value, right) => {
        const cell = place.rows[place.row + down]?.[place.column + right];
        if (cell && !value.trim()) {
          // A blank of a spreadsheet says nothing of a month: what stands there stays.
          empty += 1;
        } else if (cell) {
          pasted.push({ cell, before: cell.value, written: value.trim() });
          write(cell, value.trim());
        } else if (value.trim()) {
          left += 1;
        }
      });
    });
    if (pasted.length) { blocks.push(pasted); }
    const over = left ? ` ${left} au-delà de la grille n’${left > 1 ? "ont pas été prises" : "a pas été prise"}.` : "";
    const blank = empty ? ` ${counted(empty, "case")} vide${empty > 1 ? "s" : ""} du bloc : rien n’y change.` : "";
    const words = `${counted(pasted.length, "case")} collée${pasted.length > 1 ? "s" : ""}, rien n’est enregistré.${blank}${over}`;
    tell(event.target.closest("[data-grid]"), words);
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-take-back]") && blocks.length) { takeBack(); }
  });
})();
