// Distances from where the phone really is. It is asked on each page, and only where it has already agreed; the
// exact place lives in this page's memory alone: it is kept nowhere and sent nowhere.
(async () => {
  const said = JSON.parse(document.currentScript.dataset.words), spoken = document.documentElement.lang;
  const allowed = await navigator.permissions?.query({ name: "geolocation" }).catch(() => null);
  if (allowed?.state !== "granted") return;
  navigator.geolocation.getCurrentPosition(({ coords }) => show([coords.latitude, coords.longitude]), () => {},
    { enableHighAccuracy: false, maximumAge: 600000, timeout: 15000 });

  // As the server does (offers/curve.py): chords between points of the WGS84 ellipsoid, in metres.
  function centred([lat, lon]) {
    const [up, turn] = [lat, lon].map((degrees) => degrees * Math.PI / 180), flat = 0.00669437999014;
    const out = 6378137 / Math.sqrt(1 - flat * Math.sin(up) ** 2), across = out * Math.cos(up);
    return [across * Math.cos(turn), across * Math.sin(turn), out * (1 - flat) * Math.sin(up)];
  }

  function apart(one, other) {
    const chord = Math.hypot(...one.map((part, axis) => part - other[axis])), mean = 6371008.8;
    return 2 * mean * Math.asin(Math.min(1, chord / (2 * mean)));
  }

  // Numbers and forms as the server says them: a browser may not know Belarusian.
  function far(metres) {
    if (metres < 995) return said.metres.replace("#", Math.max(10, Math.round(metres / 10) * 10));
    const km = metres / 1000, number = km < 10 ? Number(km.toFixed(1)) : Math.round(km);
    return said.kilometres.replace("#", String(number).replace(".", said.point));
  }

  function onFoot(metres) {
    const minutes = Math.max(1, Math.round(metres / said.pace)), form = new Intl.PluralRules(spoken).select(minutes);
    return (said.minutes[form] ?? said.minutes.many ?? said.minutes.other).replace("#", minutes);
  }

  function show(here) {
    const from = centred(here), away = new Map();
    window.here = here; // for the map one can move
    for (const spot of document.querySelectorAll("[data-at]")) {
      const metres = apart(from, centred(spot.dataset.at.split(",").map(Number)));
      spot.textContent = `${far(metres)}, ${onFoot(metres)}`;
      spot.dataset.exact = "";
      away.set(spot.closest("li"), metres);
    }
    for (const list of document.querySelectorAll("[data-nearest]")) order(list, away);
    const map = document.querySelector("[data-view]");
    if (map) mark(map, here);
  }

  // Not under a finger: a list somebody is already reading stays as it is.
  function order(list, away) {
    if (scrollY > 200 || list.matches(":focus-within")) return;
    list.append(...[...list.children].sort((one, other) => away.get(one) - away.get(other)));
    [...list.children].forEach((card, index) => {
      const pin = card.id && document.querySelector(`.pin[href="#${card.id}"]`);
      if (!pin) return;
      card.querySelector(".no").textContent = pin.querySelector("text").textContent = index + 1;
      pin.setAttribute("aria-label", pin.getAttribute("aria-label").replace(/^\d+/, index + 1));
    });
  }

  // A dot on the drawing (Web Mercator, offers/svg_map.py).
  function mark(map, here) {
    const [lat, lon, zoom] = map.dataset.view.split(",").map(Number), { width, height } = map.viewBox.baseVal;
    const down = (degrees) => (1 - Math.asinh(Math.tan(degrees * Math.PI / 180)) / Math.PI) / 2;
    const dot = document.createElementNS("http://www.w3.org/2000/svg", "circle"), world = 256 * 2 ** zoom;
    dot.setAttribute("class", "me");
    dot.setAttribute("r", 7);
    dot.setAttribute("cx", width / 2 + (here[1] - lon) / 360 * world);
    dot.setAttribute("cy", height / 2 + (down(here[0]) - down(lat)) * world);
    map.querySelector(".here").after(dot);
  }
})();
