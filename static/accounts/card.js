// A card's token comes after the "#", which no server sees. It leaves the address bar before anything else
// happens, and waits in the form for a tap: a preview of a link opens this page, but never sends it.
const token = location.hash.slice(1);
if (token) {
  history.replaceState(null, "", location.pathname + location.search);
  const field = document.querySelector("#invitation");
  field.value = token;
  field.closest("[data-typed]").hidden = true;
}
