// The parts of a page once nothing moves. Two elements of one key have the same tags, classes, states and relations, above them and inside
// them: only words, figures and addresses differ. Gives the keys of parts, then of inks, and keeps whose they are.
async () => {
  await Promise.all(document.getAnimations().map((each) => each.finished.catch(() => null)));
  const VERBATIM = new Set(["class", "style", "role", "type", "lang", "dir", "tabindex", "autocomplete", "scope", "open", "content"]);
  const SAID = new Set(["aria-label", "aria-roledescription", "aria-valuetext", "aria-placeholder", "aria-description"]);
  const REFERENCES = new Set([
    "for", "headers", "list", "form", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "aria-details",
    "aria-errormessage", "aria-activedescendant", "aria-flowto",
  ]);
  const hash = (text) => {
    let [one, two] = [0xdeadbeef, 0x41c6ce57];
    for (let i = 0; i < text.length; i++) {
      one = Math.imul(one ^ text.charCodeAt(i), 2654435761);
      two = Math.imul(two ^ text.charCodeAt(i), 1597334677);
    }
    return (one >>> 0).toString(36) + (two >>> 0).toString(36);
  };
  const without_figures = (text) => text.replace(/\d+/g, "*");
  const all = [...document.querySelectorAll("*")];
  const tally = (texts) => texts.reduce((counts, each) => counts.set(each, (counts.get(each) || 0) + 1), new Map());
  // By their attributes: a field named « title » or « id » hides that of its form.
  const ids = tally(all.map((each) => each.getAttribute("id") || ""));
  const name = (each) => {
    const said = (each.getAttribute("aria-labelledby") || "").split(/\s+/).map((id) => document.getElementById(id)?.textContent || "").join(" ");
    return `${each.localName} ${(said.trim() || each.getAttribute("aria-label") || each.getAttribute("title") || "").trim()}`;
  };
  const names = tally(all.map(name));
  const attribute = (each, { name: key, value }) => {
    if (key === "id") { return ids.get(value) > 1 ? "id twice" : "id"; }
    if (REFERENCES.has(key)) { return `${key}=${value.split(/\s+/).map((id) => ids.has(id))}`; }
    if (key === "href" && value.startsWith("#")) { return `href to ${ids.has(value.slice(1))}`; }
    if (VERBATIM.has(key) || (key.startsWith("aria-") && !SAID.has(key)) || (key.startsWith("data-") && value.length < 20)) {
      return `${key}=${without_figures(value)}`;
    }
    return `${key} ${Boolean(value.trim())}`;
  };
  let heading = "";
  const own = new Map();
  for (const each of all) {
    const said = [...each.attributes].map((one) => attribute(each, one)).sort();
    for (const state of [":checked", ":disabled", ":focus", ":invalid", ":popover-open"]) {
      if (each.matches(state)) { said.push(state); }
    }
    if (each.labels instanceof NodeList) { said.push(`named ${[...each.labels].some((label) => label.textContent.trim())}`); }
    if (/^(nav|aside|section|form|main|header|footer|iframe)$/.test(each.localName) || each.hasAttribute("role")) { said.push(`alone ${names.get(name(each)) === 1}`); }
    if (/^h[1-6]$/.test(each.localName) || each.getAttribute("role") === "heading") {
      said.push(`after ${heading}`);
      heading = each.getAttribute("aria-level") || each.localName;
    }
    own.set(each, `${each.localName}[${said.join("|")}]`);
  }
  const inside = new Map();
  for (const each of all.toReversed()) {
    const told = [...each.childNodes].map((child) => inside.get(child) || (child.nodeType === 3 && child.data.trim() ? "words" : "")).filter(Boolean);
    // Ten rows or twelve, a table is the same.
    inside.set(each, hash(`${own.get(each)}(${told.filter((one, rank) => one !== told[rank - 1])})`));
  }
  const above = new Map();
  window.levierParts = new Map();
  for (const each of all) {
    const before = each.previousElementSibling;
    above.set(each, hash(`${above.get(each.parentElement)}>${before ? `${before.localName}.${before.getAttribute("class")}` : ""}+${own.get(each)}`));
    window.levierParts.set(each, hash(above.get(each) + inside.get(each)));
  }
  // The ink of each element that holds words: letters, ground, size; what stands over something else is known by its classes too.
  window.levierInks = new Map();
  const grounds = new Map();
  for (const each of all) {
    const look = getComputedStyle(each);
    const below = grounds.get(each.parentElement) || "";
    const is_opaque = /^rgb\(/.test(look.backgroundColor) && look.opacity === "1";
    const is_apart = !/^(static|relative)$/.test(look.position);
    const added = `${look.backgroundColor} ${look.backgroundImage.slice(0, 80)} ${look.opacity}${is_apart ? each.className : ""}`;
    const is_plain = look.backgroundColor === "rgba(0, 0, 0, 0)" && look.backgroundImage === "none" && look.opacity === "1" && !is_apart;
    grounds.set(each, is_plain ? below : is_opaque && !is_apart ? added : `${below}>${added}`);
    const has_words = [...each.childNodes].some((child) => child.nodeType === 3 && child.data.trim()) || /^(input|select|textarea)$/.test(each.localName);
    if (!has_words || !each.getClientRects().length) { continue; }
    const around = each.localName === "a" ? `${getComputedStyle(each.parentElement).color} ${look.textDecorationLine} ${look.borderBottomWidth}` : "";
    const letters = [look.color, look.fontSize, look.fontWeight, look.textShadow, each.matches(":disabled"), around];
    window.levierInks.set(each, `ink-${hash(`${letters}|${grounds.get(each)}`)}`);
  }
  return [...new Set([...window.levierParts.values(), ...window.levierInks.values()])];
}
