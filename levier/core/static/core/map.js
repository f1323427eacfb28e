// A map one asks for: Leaflet over our own département outlines. The list beside it says the same in words.
(() => {
  "use strict";

  const CLOSEST_ZOOM = 13;
  // Pixels between two marks, at least.
  const FINGER = 26;
  const FRANCE = [[46.6, 2.4], 5];

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

  // Groups of what a finger could not tell apart (WCAG 2.5.8), else only the last one could be opened.
  const gather = (items, placeOf, map) => {
    const pixel = (item) => map.latLngToLayerPoint(placeOf(item));
    return items.reduce((groups, item) => {
      const near = groups.find(([first]) => pixel(item).distanceTo(pixel(first)) < FINGER);
      if (near) { near.push(item); } else { groups.push([item]); }
      return groups;
    }, []);
  };

  const popupOf = (points, more = 0) => {
    const box = document.createElement("div");
    points.forEach((point) => { box.append(lineOf(point)); });
    if (more > 0) {
      const rest = document.createElement("div");
      rest.textContent = `et ${more.toLocaleString("fr")} autre${more > 1 ? "s" : ""} au même endroit, dans la liste`;
      box.append(rest);
    }
    return box;
  };

  // A point the list names too says where: its name and address weigh once in the page.
  const namedBy = (point) => {
    const line = point.line ? document.getElementById(point.line)?.querySelector("a") : null;
    return line ? { name: line.textContent, url: line.href } : point;
  };

  const lineOf = (point) => {
    // Built by nodes, never by text: a name is data.
    const box = document.createElement("div");
    const { name: words, url } = namedBy(point);
    const name = document.createElement(url ? "a" : "strong");
    name.textContent = words;
    if (url) { name.href = url; name.className = "map-link"; }
    box.append(name);
    if (point.note) {
      const note = document.createElement("div");
      note.textContent = point.note;
      box.append(note);
    }
    return box;
  };

  // A mark one can reach with the keyboard, with its words; Leaflet gives it role=button.
  const markOf = (at, { count, label, isGroup, isSoft, letters, tone }) => {
    const L = window.L;
    const size = isGroup ? Math.min(52, 26 + 6 * String(count).length) : letters ? FINGER : 20;
    const text = document.createElement("span");
    text.setAttribute("aria-hidden", "true");
    text.textContent = count > 1 ? count.toLocaleString("fr", { notation: "compact" }) : letters ?? "";
    const colour = tone ? ` map-tone-${tone}` : "";
    const kind = (isGroup ? "map-group" : isSoft ? "map-point map-point-soft" : "map-point") + colour;
    const icon = L.divIcon({ className: `map-mark ${kind}`, html: text, iconSize: [size, size] });
    const mark = L.marker(at, { icon, keyboard: true, riseOnHover: true });
    mark.on("add", () => mark.getElement().setAttribute("aria-label", label));
    return mark;
  };

  const drawings = new Map();

  const tell = (holder, sentence) => {
    const line = document.getElementById(`${holder.id}-dit`);
    if (line) { line.textContent = sentence; }
  };

  const drawCentre = (data, group) => {
    const L = window.L;
    if (!data.centre) { return; }
    if (data.radius_km) {
      L.circle([data.centre.lat, data.centre.lon], {
        radius: data.radius_km * 1000, className: "map-radius", interactive: false,
      }).addTo(group);
    }
    L.circleMarker([data.centre.lat, data.centre.lon], {
      radius: 6, className: "map-centre", fillOpacity: 1, interactive: false,
    }).addTo(group);
  };

  const drawPoints = (points, group, map) => {
    group.clearLayers();
    gather(points, (point) => [point.lat, point.lon], map).forEach((there) => {
      const names = there.map((point) => namedBy(point).name).join(", ");
      const isSoft = there.every((point) => point.is_soft);
      // Points of several sorts under one mark have the colour of none.
      const { mark: letters, tone: own } = there[0];
      const tone = there.every((point) => point.tone === own) ? own : "mixed";
      markOf([there[0].lat, there[0].lon], { count: there.length, label: names, isGroup: false, isSoft, letters, tone })
        .bindPopup(popupOf(there), { maxHeight: 220 }).addTo(group);
    });
  };

  const drawFeature = (feature, drawing) => {
    const { count, label, bounds, suppliers, more } = feature.properties;
    const mark = markOf(positionOf(feature), {
      count, isGroup: !suppliers, label: suppliers ? label : `${label} : agrandir`,
    });
    if (suppliers) {
      mark.bindPopup(popupOf(suppliers, more), { maxHeight: 220 });
    } else {
      const enter = () => {
        const { map } = drawing;
        const box = window.L.latLngBounds([bounds[0], bounds[1]], [bounds[2], bounds[3]]);
        const closer = Math.max(map.getZoom() + 1, Math.min(map.getBoundsZoom(box), map.getZoom() + 3));
        // Whoever came by the keyboard must not be left on a mark that is no more.
        drawing.keepsFocus = mark.getElement() === document.activeElement;
        map.setView(box.getCenter(), Math.min(closer, CLOSEST_ZOOM));
      };
      // Leaflet opens a popup on Enter by itself, but knows nothing of what else a click does.
      mark.bindTooltip(label).on("click", enter)
        .on("keypress", (event) => { if (event.originalEvent.key === "Enter") { enter(); } });
    }
    mark.addTo(drawing.found);
  };

  const ask = async (drawing, address) => {
    drawing.asking?.abort();
    drawing.asking = new AbortController();
    const answer = await fetch(address, { signal: drawing.asking.signal });
    const body = await answer.json().catch(() => ({}));
    if (!answer.ok) { throw new Error(body.detail ?? "La carte n’a pas pu être complétée : la liste dit la même chose."); }
    return body;
  };

  const withParameters = (source, more) => {
    const address = new URL(source, window.location.href);
    Object.entries(more).forEach(([name, value]) => address.searchParams.set(name, value));
    return address;
  };

  const positionOf = ({ geometry: { coordinates: [longitude, latitude] } }) => [latitude, longitude];

  // Suppliers that share a mark as one feature; the count of the view is that of the features as they came.
  const merged = (near) => {
    if (near.length === 1) { return near[0]; }
    const said = near.map((feature) => feature.properties);
    const sum = (name) => said.reduce((total, one) => total + (one[name] ?? 0), 0);
    return {
      ...near[0],
      properties: {
        count: sum("count"), more: sum("more"), label: said.map((one) => one.label).join(", "),
        suppliers: said.flatMap((one) => one.suppliers),
      },
    };
  };

  // From left to right, as the tabulation goes.
  const marksOf = (features, map) => {
    const isNamed = (feature) => Boolean(feature.properties.suppliers);
    return [
      ...features.filter((feature) => !isNamed(feature)),
      ...gather(features.filter(isNamed), positionOf, map).map(merged),
    ].sort((one, other) => positionOf(one)[1] - positionOf(other)[1]);
  };

  // What the window shows, asked again each time it moves.
  const refresh = async (holder) => {
    const drawing = drawings.get(holder);
    const { map, source } = drawing;
    if (!source || holder.hidden) { return; }
    const box = map.getBounds();
    const clipped = [
      Math.max(box.getWest(), -180), Math.max(box.getSouth(), -85), Math.min(box.getEast(), 180), Math.min(box.getNorth(), 85),
    ];
    const bbox = clipped.map((each) => each.toFixed(4)).join(",");
    try {
      const body = await ask(drawing, withParameters(source, { bbox, zoom: Math.floor(map.getZoom()) }));
      drawing.found.clearLayers();
      marksOf(body.features, map).forEach((feature) => drawFeature(feature, drawing));
      const inside = body.features.reduce((sum, feature) => sum + feature.properties.count, 0);
      const lost = body.total - body.placed;
      const written = (count) => count.toLocaleString("fr");
      tell(holder, `${written(inside)} sur ${written(body.total)} dans cette vue.`
        + (lost > 0 ? ` ${written(lost)} sans position connue : dans la liste seulement.` : "")
        + (drawing.legend ? ` ${drawing.legend}` : ""));
      if (drawing.keepsFocus) { drawing.keepsFocus = false; map.getContainer().focus(); }
    } catch (problem) {
      if (problem.name !== "AbortError") { tell(holder, problem.message); }
    }
  };

  const fit = (map, bounds) => {
    if (bounds && bounds.isValid()) {
      map.fitBounds(bounds, { padding: [12, 12], maxZoom: 11, animate: false });
    } else {
      map.setView(...FRANCE);
    }
  };

  // The subject of the page, drawn anew each time the list changes.
  const show = async (button, holder) => {
    const L = window.L;
    const drawing = drawings.get(holder);
    const { map, group, found } = drawing;
    const data = pointsOf(button);
    group.clearLayers();
    found.clearLayers();
    tell(holder, "");
    drawCentre(data, group);
    drawing.source = null;
    drawing.legend = data.legend;
    drawing.points = data.source ? [] : data.points;
    if (!data.source) {
      const around = group.getBounds();
      data.points.forEach((point) => around.extend([point.lat, point.lon]));
      tell(holder, data.legend ?? "");
      fit(map, around);
      drawPoints(drawing.points, found, map);
      return;
    }
    let around = data.centre && data.radius_km ? group.getBounds() : null;
    if (!around) {
      try {
        const { bbox } = await ask(drawing, data.source);
        around = bbox ? L.latLngBounds([bbox[1], bbox[0]], [bbox[3], bbox[2]]) : null;
      } catch (problem) {
        if (problem.name === "AbortError") { return; }
        tell(holder, problem.message);
      }
    }
    fit(map, around);
    drawing.source = data.source;
    await refresh(holder);
  };

  const draw = async (button, holder) => {
    await Promise.all([loadSheet(button.dataset.sheet), loadScript(button.dataset.script)]);
    const L = window.L;
    const moves = !window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const map = L.map(holder, {
      fadeAnimation: moves, zoomAnimation: moves, markerZoomAnimation: moves,
      scrollWheelZoom: false, attributionControl: Boolean(button.dataset.tiles), maxZoom: CLOSEST_ZOOM,
      // Half steps: the whole country fits a phone.
      zoomSnap: 0.5,
    });
    // A circle in kilometres can be measured only on a map that has a view.
    map.setView(...FRANCE);
    if (button.dataset.tiles) {
      L.tileLayer(button.dataset.tiles, { maxZoom: CLOSEST_ZOOM }).addTo(map);
    } else {
      const outlines = await fetch(button.dataset.outlines).then((answer) => answer.json());
      L.geoJSON(outlines, { interactive: false, style: { className: "map-outline", fillOpacity: 1 } }).addTo(map);
    }
    const drawing = { map, group: L.featureGroup().addTo(map), found: L.featureGroup().addTo(map), source: null, points: [] };
    map.on("zoomend", () => { if (drawing.points.length) { drawPoints(drawing.points, drawing.found, map); } });
    drawings.set(holder, drawing);
    map.on("moveend", () => {
      clearTimeout(drawing.soon);
      drawing.soon = setTimeout(() => { refresh(holder); }, 150);
    });
    await show(button, holder);
  };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-map]");
    if (!button) { return; }
    const holder = document.getElementById(button.dataset.map);
    const opens = holder.hidden;
    holder.hidden = !opens;
    button.setAttribute("aria-expanded", String(opens));
    button.querySelector("[data-map-word]").textContent = opens ? "Masquer la carte" : "Voir la carte";
    if (!opens) { tell(holder, ""); return; }
    if (drawings.has(holder)) { show(button, holder); return; }
    try {
      await draw(button, holder);
    } catch {
      holder.textContent = "La carte n’a pas pu s’afficher. La liste dit la même chose.";
    }
  });

  // The panel survives a swap (hx-morph-skip): only what it shows follows the list.
  document.addEventListener("htmx:after:swap", () => {
    document.querySelectorAll("[data-map]").forEach((button) => {
      const holder = document.getElementById(button.dataset.map);
      if (drawings.has(holder) && !holder.hidden) { show(button, holder); }
    });
  });
})();
