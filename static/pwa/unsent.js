// The page of a form that was not sent: everything typed stands in the form again, to be sent with one tap.
const unsent = document.querySelector("form[data-typed]");

for (const [name, value] of new URLSearchParams(unsent?.dataset.typed)) {
  unsent.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
}
