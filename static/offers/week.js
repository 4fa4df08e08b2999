// While somebody ticks hours, the sentence below says what they come to. Without this it is said after keeping.
const week = document.querySelector("form[data-said]");
let waiting;
week?.addEventListener("change", () => {
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    const answer = await fetch(week.dataset.said, { method: "POST", body: new FormData(week) }).catch(() => null);
    if (answer?.ok) {
      document.getElementById("said").innerHTML = await answer.text();
    }
  }, 400);
});
