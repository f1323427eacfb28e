// A map one asks for: Leaflet over our own département outlines. The list beside it says the same in words.
(() => {
  "use strict";

  const loadScript = (source) => new Promise((resolve, reject) => {
    if (window.L) { resolve(); return; }
    const script = document.createElement("script");
    script.src = source;
    script.addEventListener("load", () => resolve());
    script.addEventListener("error", () => reject(new Error("script")));
    document.head.append(script);
  });

  const loadSheet = (source) => new Promise((resolve) => {
    if (document.querySelector(`link[href="${CSS.escape(source)}"]`)) { resolve(); return; }
    const sheet = document.createElement("link");
    sheet.rel = "stylesheet";
    sheet.href = source;
    sheet.addEventListener("load", () => resolve());
    sheet.addEventListener("error", () => resolve());
    document.head.append(sheet);
  });

  const pointsOf = (button) => {
    const block = document.getElementById(button.dataset.points);
    return block ? JSON.parse(block.textContent) : { points: [] };
  };

  // Neighbours drawn at the same place share one mark, else only the last one could be opened.
  const byPlace = (points) => {
    const places = new Map();
    points.forEach((point) => {
      const key = `${point.lat},${point.lon}`;
      places.set(key, [...(places.get(key) ?? []), point]);
    });
    return [...places.values()];
  };

  const popupOf = (points) => {
    const box = document.createElement("div");
    points.forEach((point) => { box.append(lineOf(point)); });
    return box;
  };

  const lineOf = (point) => {
    // Built by nodes, never by text: a name is data.
    const box = document.createElement("div");
    const name = document.createElement(point.url ? "a" : "strong");
    name.textContent = point.name;
    if (point.url) { name.href = point.url; name.className = "map-link"; }
    box.append(name);
    if (point.note) {
      const note = document.createElement("div");
      note.textContent = point.note;
      box.append(note);
    }
    return box;
  };

  const drawings = new Map();

  // The points of the page, drawn anew each time the list changes.
  const drawPoints = (button, holder) => {
    const L = window.L;
    const { map, group } = drawings.get(holder);
    const data = pointsOf(button);
    group.clearLayers();
    if (data.centre) {
      if (data.radius_km) {
        L.circle([data.centre.lat, data.centre.lon], {
          radius: data.radius_km * 1000, className: "map-radius", interactive: false,
        }).addTo(group);
      }
      L.circleMarker([data.centre.lat, data.centre.lon], { radius: 6, className: "map-centre", fillOpacity: 1 })
        .bindPopup(popupOf([{ name: data.centre.name }])).addTo(group);
    }
    byPlace(data.points).forEach((points) => {
      const radius = points.length > 1 ? 11 : 8;
      L.circleMarker([points[0].lat, points[0].lon], { radius, className: "map-point", fillOpacity: 1 })
        .bindPopup(popupOf(points), { maxHeight: 220 }).addTo(group);
    });
    if (group.getLayers().length) {
      map.fitBounds(group.getBounds(), { padding: [24, 24], maxZoom: 11 });
    } else {
      map.setView([46.6, 2.4], 5);
    }
  };

  const draw = async (button, holder) => {
    await Promise.all([loadSheet(button.dataset.sheet), loadScript(button.dataset.script)]);
    const L = window.L;
    const map = L.map(holder, { scrollWheelZoom: false, attributionControl: Boolean(button.dataset.tiles) });
    // A circle in kilometres can be measured only on a map that has a view.
    map.setView([46.6, 2.4], 5);
    if (button.dataset.tiles) {
      L.tileLayer(button.dataset.tiles, { maxZoom: 18 }).addTo(map);
    } else {
      const outlines = await fetch(button.dataset.outlines).then((answer) => answer.json());
      L.geoJSON(outlines, { interactive: false, style: { className: "map-outline", fillOpacity: 1 } }).addTo(map);
    }
    drawings.set(holder, { map, group: L.featureGroup().addTo(map) });
    drawPoints(button, holder);
  };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-map]");
    if (!button) { return; }
    const holder = document.getElementById(button.dataset.map);
    const opens = holder.hidden;
    holder.hidden = !opens;
    button.setAttribute("aria-expanded", String(opens));
    button.querySelector("[data-map-word]").textContent = opens ? "Masquer la carte" : "Voir la carte";
    if (!opens) { return; }
    if (drawings.has(holder)) { drawPoints(button, holder); return; }
    try {
      await draw(button, holder);
    } catch {
      holder.textContent = "La carte n’a pas pu s’afficher. La liste dit la même chose.";
    }
  });

  // The panel survives a swap (hx-morph-skip): only its points follow the list.
  document.addEventListener("htmx:after:swap", () => {
    document.querySelectorAll("[data-map]").forEach((button) => {
      const holder = document.getElementById(button.dataset.map);
      if (drawings.has(holder) && !holder.hidden) { drawPoints(button, holder); }
    });
  });
})();
