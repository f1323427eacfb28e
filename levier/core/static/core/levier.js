// Small helps on every page: copying, focus on errors, examples. Nothing here is needed to read or to send.
(() => {
  "use strict";

  const said = document.getElementById("said");
  const say = (sentence) => { if (said) { said.textContent = sentence; } };

  // Buttons that only a script can serve stay hidden without one.
  const reveal = (root) => {
    root.querySelectorAll("[data-needs-script][hidden]").forEach((element) => { element.hidden = false; });
  };

  const copy = async (button) => {
    const source = document.getElementById(button.dataset.copy);
    if (!source) { return; }
    const text = "value" in source ? source.value : source.innerText;
    try {
      await navigator.clipboard.writeText(text);
      say("Texte copié.");
      button.classList.add("is-done");
    } catch {
      // No clipboard (plain http, old browser): select the text, so that Ctrl+C does it.
      const range = document.createRange();
      range.selectNodeContents(source);
      const selection = window.getSelection();
      selection.removeAllRanges();
      selection.addRange(range);
      say("Texte sélectionné : appuyez sur Ctrl+C.");
    }
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) { copy(button); }
    const printer = event.target.closest("[data-print]");
    if (printer) { window.print(); }
    // A menu closes when one clicks elsewhere.
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) { menu.open = false; }
    });
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") { return; }
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });

  // A box that stands inside one form and belongs to another (« Comparer ») changes nothing of the first.
  document.addEventListener("change", (event) => {
    const own = event.target.form;
    if (own && event.target.closest("form") !== own) { event.stopPropagation(); }
  }, true);

  // One letter answers a question, only while the focus is inside its frame: it disturbs nobody who types or dictates.
  document.addEventListener("keydown", (event) => {
    const frame = event.target.closest("[data-shortcuts]");
    const isTyping = event.target.matches("input, textarea, select");
    if (!frame || isTyping || event.ctrlKey || event.metaKey || event.altKey || event.repeat) { return; }
    const button = [...frame.querySelectorAll("[data-shortcut]")].find(
      (one) => one.dataset.shortcut === event.key.toLowerCase());
    if (button) { event.preventDefault(); button.click(); }
  });

  // What is folded is read on paper too.
  window.addEventListener("beforeprint", () => {
    document.querySelectorAll("main details:not([open])").forEach((fold) => {
      fold.dataset.openedForPrint = "";
      fold.open = true;
    });
  });
  window.addEventListener("afterprint", () => {
    document.querySelectorAll("main details[data-opened-for-print]").forEach((fold) => {
      delete fold.dataset.openedForPrint;
      fold.open = false;
    });
  });

  // After a refused form, the first wrong field takes the focus.
  const focusFirstError = (root) => {
    const wrong = root.querySelector("main [aria-invalid='true']") || root.querySelector("main [role='alert']");
    if (wrong) { wrong.focus(); }
  };

  // What was recalculated in place is said to whoever does not see it, once.
  const answer = () => document.querySelector("[data-announce]")?.innerText ?? "";
  let lastAnswer = answer();
  const announce = () => {
    const now = answer();
    if (now && now !== lastAnswer) { say(now); }
    lastAnswer = now;
  };

  document.addEventListener("htmx:after:swap", () => {
    reveal(document);
    announce();
  });

  reveal(document);
  focusFirstError(document);
})();
