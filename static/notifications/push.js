// Push on this device: begun by a tap on our own sentence, mended on every open, ended when leaving.
const PUSH_API = "/api/v1/push-subscriptions";
const canPush = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt());
const same = (buffer, key) => !buffer || String(new Uint8Array(buffer)) === String(key);

async function told() {
  const answer = await fetch(PUSH_API);
  return answer.ok ? answer.json() : null; // null: nobody is signed in here
}

function tell(method, body, { csrf_token }) {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": csrf_token };
  return fetch(PUSH_API, { method, headers, body: JSON.stringify(body) });
}

// The subscription with the server's present key, and the server told of it. Made anew where it must be.
async function subscribe(server) {
  const { pushManager } = await navigator.serviceWorker.ready, key = bytes(server.application_server_key);
  let mine = await pushManager.getSubscription();
  if (mine && !same(mine.options.applicationServerKey, key)) {
    await tell("DELETE", { endpoint: mine.endpoint }, server);
    await mine.unsubscribe();
    mine = null;
  }
  mine ??= await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const answer = await tell("POST", mine.toJSON(), server);
  if (answer.ok) localStorage.setItem("push", "on");
  return answer.ok;
}

async function silence() {
  localStorage.removeItem("push");
  const registration = await navigator.serviceWorker?.getRegistration();
  for (const shown of (await registration?.getNotifications?.()) ?? []) shown.close();
  const mine = await registration?.pushManager?.getSubscription();
  if (!mine) return;
  const server = await told().catch(() => null);
  if (server) await tell("DELETE", { endpoint: mine.endpoint }, server).catch(() => null);
  await mine.unsubscribe();
}

// Once each time the app is opened: on some phones nothing else notices a lost subscription.
async function mend() {
  if (!canPush || Notification.permission !== "granted" || localStorage.getItem("push") !== "on") return;
  if (sessionStorage.getItem("push-mended")) return;
  const server = await told();
  if (server && (await subscribe(server))) sessionStorage.setItem("push-mended", "1");
}

async function ask(form, button) {
  const show = (id) => { document.getElementById(id).hidden = false; document.getElementById(id).scrollIntoView(); };
  if (!canPush) return show("push-cannot");
  // Asked first of all: some browsers take the tap for granted only until the first answer from elsewhere.
  if ((await Notification.requestPermission()) !== "granted") return show("push-denied");
  const server = await told();
  if (!server || !(await subscribe(server).catch(() => false))) return show("push-cannot");
  form.dataset.asked = "yes";
  form.requestSubmit(button);
}

document.querySelectorAll("form[data-push]").forEach((form) => form.addEventListener("submit", (event) => {
  if (event.submitter?.value !== "push" || form.dataset.asked) return;
  event.preventDefault();
  ask(form, event.submitter);
}));

// Signing out, erasing this phone: the device falls silent first.
document.querySelectorAll("form[data-silence]").forEach((form) => form.addEventListener("submit", (event) => {
  if (form.dataset.silent) return;
  event.preventDefault();
  form.dataset.silent = "yes";
  silence().finally(() => form.requestSubmit(event.submitter));
}));

mend().catch(() => null);
