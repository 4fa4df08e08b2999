// "They will read": the request is put together while phrases are ticked. Without a script it is simply sent.
const letter = document.querySelector("[data-letter]");
const asks = letter.querySelector("[data-asks]");
const own = document.querySelector("#own");

function write() {
  const ticked = [...document.querySelectorAll('input[name="why"]:checked')];
  const said = ticked.map((box) => box.closest("label").querySelector("[data-request]").textContent);
  if (own.value.trim()) said.push(own.value.trim());
  asks.replaceChildren(...said.flatMap((one) => [one, document.createElement("br")]).slice(0, -1));
  letter.hidden = said.length === 0;
}

document.addEventListener("input", write);
write();
