// The month of a company: what is typed stays on this device until it is sent, and says how many people have a figure.
// Nothing needs it but the draft. Names are never kept: only fields of figures, by the number of an entry.
(() => {
  "use strict";

  const PREFIX = "levier-mois-";
  const LASTS = 7 * 24 * 3600 * 1000;
  const form = document.querySelector("form[data-month]");
  if (!form) { return; }
  const name = PREFIX + form.dataset.month;
  const figures = [...form.querySelectorAll("input[inputmode]")];
  const key = form.elements.cle;

  const read = (place) => {
    try {
      return JSON.parse(localStorage.getItem(place)) || {};
    } catch {
      return {};
    }
  };

  const count = () => {
    const told = figures.filter((one) => one.value.trim()).length;
    const label = form.querySelector("[data-told]");
    if (label) { label.textContent = `${told} sur ${figures.length}`; }
    form.querySelector("progress").value = told;
  };

  // Every draft of this site that is older than a week goes.
  const clean = () => {
    Object.keys(localStorage).filter((one) => one.startsWith(PREFIX)).forEach((one) => {
      if (!(Date.now() - read(one).at < LASTS)) { localStorage.removeItem(one); }
    });
  };

  const say = () => { form.querySelector("[data-draft]").hidden = false; };

  const restore = () => {
    const draft = read(name);
    if (!draft.values) { return; }
    // Written by the site meanwhile: nothing is left to keep here.
    if (figures.every((one) => !(one.name in draft.values) || draft.values[one.name] === one.defaultValue)) {
      localStorage.removeItem(name);
      return;
    }
    // Typed before the month was sent, from here or elsewhere: what was sent holds.
    if ((draft.version || "0") !== form.dataset.version) {
      localStorage.removeItem(name);
      form.querySelector("[data-dropped]").hidden = false;
      return;
    }
    // The same key as when it was typed: what was sent without an answer is not written twice.
    key.value = draft.key;
    figures.forEach((one) => {
      if (one.name in draft.values && !one.closest(".field-error")) { one.value = draft.values[one.name]; }
    });
    say();
  };

  const keep = () => {
    const values = Object.fromEntries(
      figures.filter((one) => one.value !== one.defaultValue).map((one) => [one.name, one.value]),
    );
    localStorage.setItem(name, JSON.stringify({ key: key.value, version: form.dataset.version, at: Date.now(), values }));
    say();
  };

  try {
    clean();
    restore();
    form.addEventListener("input", (event) => {
      if (figures.includes(event.target)) {
        keep();
        count();
      }
    });
  } catch {
    // A browser that keeps nothing: the page works without its draft.
  }
  count();

  form.addEventListener("keydown", (event) => {
    const place = figures.indexOf(event.target);
    if (event.key !== "Enter" || place < 0) { return; }
    event.preventDefault();
    (figures[place + 1] || form.elements.releves).focus();
  });

  // Said before the photographs leave: a refusal of the site would lose them.
  const files = form.elements.releves, sure = form.elements.sans_bulletin;
  // Asked only where the site reads no photograph.
  const askAboutFiles = () => {
    sure?.setCustomValidity(files.files.length && !sure.checked ? sure.dataset.refusal : "");
  };
  files.addEventListener("change", askAboutFiles);
  sure?.addEventListener("change", askAboutFiles);

  form.addEventListener("submit", (event) => {
    askAboutFiles();
    if (sure && !sure.reportValidity()) {
      event.preventDefault();
      return;
    }
    if (navigator.onLine === false) {
      event.preventDefault();
      form.querySelector("[data-offline]").hidden = false;
      return;
    }
    // A second press while the first one travels sends nothing more.
    if (form.dataset.gone) { event.preventDefault(); }
    form.dataset.gone = "1";
  });
  window.addEventListener("pageshow", () => { delete form.dataset.gone; });
  window.addEventListener("online", () => { form.querySelector("[data-offline]").hidden = true; });
})();
