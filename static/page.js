// What every page gains from a script; each of them works without it.
const spoken = document.documentElement.lang;

if ("serviceWorker" in navigator && location.pathname !== "/leave") {
  addEventListener("load", () => navigator.serviceWorker.register(`/sw.js?lang=${spoken}`));
}

// A form that came back: begin at the sentence which says why.
document.querySelector("[data-focus]")?.focus();

// The chosen time is repeated on the button: "Book: tomorrow, 16:30".
document.querySelectorAll("form .slots input").forEach((time) =>
  time.addEventListener("change", () => {
    const button = time.form.querySelector(".bar .btn");
    const day = time.closest("fieldset").querySelector("legend").firstChild.textContent.trim();
    button.dataset.word ??= button.textContent;
    button.textContent = `${button.dataset.word}: ${day.toLocaleLowerCase(spoken)}, ${time.nextElementSibling.textContent}`;
  }),
);

// A page kept on the phone since another day: "tomorrow" is no longer true, the date below it is.
function forgetTheDay(part) {
  for (const when of part.querySelectorAll("[data-spoken-on]")) {
    const time = when.textContent.match(/\d{1,2}:\d{2}/);
    if (time && when.dataset.spokenOn !== new Date().toLocaleDateString("sv")) when.textContent = time[0];
  }
}
forgetTheDay(document);

// Text size changes at once; the form still sends the choice, so that it is kept.
document.querySelectorAll('form button[name="size"]').forEach((choice) =>
  choice.addEventListener("click", () => {
    document.documentElement.dataset.size = choice.value;
  }),
);

// "Try again": the page as it was asked for.
document.querySelectorAll("[data-again]").forEach((again) =>
  again.addEventListener("click", (event) => {
    event.preventDefault();
    location.reload();
  }),
);

// A device that gets push looks after its subscription; the others need not fetch how.
const { push } = document.currentScript.dataset;
if (push && localStorage.getItem("push") === "on") import(push);
