// In place of the drawing, after a tap, a map one can move with the same pins. It opens no closer than zoom 14:
// its first tiles say no more than the rounded place did; the others are those the person moves to.
const OPENS_AT = 14, button = document.querySelector("[data-tiles]"), drawing = document.querySelector(".map svg");

if (button) import(button.dataset.streets).then(({ onTap }) => onTap(button, (streets) => {
  const box = Object.assign(document.createElement("div"), { className: "moving" });
  drawing.replaceWith(box);
  document.querySelector(".credit")?.remove(); // the map says it itself
  const map = streets(box), pins = [...drawing.querySelectorAll(".pin")].map((pin) => [pin, spotOf(pin)]);
  map.fitBounds(pins.map(([, at]) => at), { maxZoom: OPENS_AT, padding: [40, 50] });
  const before = (number) => pins.slice(0, number).filter(([, at]) => String(at) === String(pins[number][1])).length;
  pins.forEach(([pin, at], number) => stick(pin, at, before(number)).addTo(map));
  if (window.here) L.circleMarker(window.here, { className: "me", radius: 7, interactive: false }).addTo(map);
  box.querySelector(".leaflet-control-zoom-in").focus();
}));

const spotOf = (pin) => document.querySelector(`${pin.getAttribute("href")} [data-at]`).dataset.at.split(",").map(Number);

// Pins of one house stand side by side.
function stick(pin, at, before) {
  const head = Object.assign(document.createElement("span"), { textContent: pin.textContent.trim() });
  const marker = L.marker(at, { icon: L.divIcon({ className: "pm", html: head, iconSize: [36, 40], iconAnchor: [2 - 38 * before, 38] }) });
  marker.on("add", () => marker.getElement().setAttribute("aria-label", pin.getAttribute("aria-label")));
  return marker.on("click keypress", ({ originalEvent: key }) => {
    if (!key || key.type !== "keypress" || key.key === "Enter") location.hash = pin.getAttribute("href");
  });
}
