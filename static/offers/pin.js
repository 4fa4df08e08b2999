// A business taps where its door is; the coordinates go into the field, and the form is sent as ever.
const button = document.querySelector("[data-tiles]"), field = document.querySelector("input[name=point]");

if (button) import(button.dataset.streets).then(({ onTap }) => onTap(button, (streets) => {
  const frame = Object.assign(document.createElement("div"), { className: "map" }), box = document.createElement("div");
  box.className = "moving";
  frame.append(box);
  button.closest("p").before(frame);
  const said = field.value || document.querySelector("button[name=point]")?.value || "";
  const [typed, start] = [said.split(/[ ,;]+/), button.dataset.start.split(",")].map((both) => both.map(Number));
  const map = streets(box).setView(typed.length === 2 && typed.every(Boolean) ? typed : start, 15);
  let marker = null;
  map.on("click", ({ latlng: { lat, lng } }) => {
    marker ??= L.circleMarker([lat, lng], { className: "me", radius: 9, interactive: false }).addTo(map);
    marker.setLatLng([lat, lng]);
    field.value = `${lat.toFixed(6)}, ${lng.toFixed(6)}`;
  });
}));
