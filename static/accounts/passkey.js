// A passkey: the page holds the question, the phone answers it, the form it stands in is sent with the answer.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

function read(question) {
  const asked = JSON.parse(question);
  asked.challenge = bytes(asked.challenge);
  if (asked.user) asked.user.id = bytes(asked.user.id);
  for (const known of [...(asked.excludeCredentials || []), ...(asked.allowCredentials || [])]) known.id = bytes(known.id);
  return asked;
}

function said({ id, rawId, type, response }) {
  const answer = {};
  for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[part]) answer[part] = text(response[part]);
  }
  return JSON.stringify({ id, rawId: text(rawId), type, response: answer });
}

async function ask(part) {
  const failed = part.querySelector(".wrong");
  failed.hidden = true;
  try {
    const answer = await navigator.credentials[part.dataset.passkey]({ publicKey: read(part.dataset.question) });
    part.querySelector("input").value = said(answer);
    part.closest("form").submit();
  } catch {
    failed.hidden = false;
  }
}

if (window.PublicKeyCredential) {
  for (const part of document.querySelectorAll("[data-passkey]")) {
    part.hidden = false;
    part.querySelector("button").addEventListener("click", (event) => {
      event.preventDefault(); // the answer comes first, and then sends the form
      ask(part);
    });
  }
  document.querySelectorAll("[data-without]").forEach((hint) => hint.remove());
}
