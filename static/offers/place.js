// The phone says where it is only after a tap, and rounds it before anything leaves it: about a kilometre.
const form = document.querySelector("[data-here]");
if (form && "geolocation" in navigator) {
  form.hidden = false;
  const hint = form.querySelector("[role=status]");
  const round = (degrees) => (Math.round(degrees * 100) / 100).toFixed(2);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("submit", () => navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      form.elements.near.value = round(coords.latitude) + "," + round(coords.longitude);
      form.submit();
    },
    () => { hint.querySelector("span").textContent = hint.dataset.sorry; },
    { enableHighAccuracy: false, maximumAge: 600000, timeout: 15000 },
  ));
}
