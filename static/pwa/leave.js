// "Erase this phone": empties it first, then tells the server. Works without a connection, too: without its
// readable cookie the session is over at the next request, whatever the server has heard.
const form = document.querySelector("form[data-leave]");
const here = [form?.dataset.leave, "__Host-here", "here"].filter(Boolean);

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  leave(new FormData(form));
});
if (!form) empty(); // the last page: whatever is left goes, too

async function leave(typed) {
  const told = fetch(form.action, { method: "POST", body: typed, redirect: "manual" }).then(() => true, () => false);
  const arrived = await told;
  await empty();
  if (arrived) return location.replace("/leave");
  form.hidden = true;
  const left = document.querySelector("[data-left]");
  left.hidden = false;
  (left.querySelector("[tabindex]") || left).focus();
  document.querySelectorAll("#next-visit, #kept-pages").forEach((kept) => kept.remove());
}

async function empty() {
  const worker = await navigator.serviceWorker?.getRegistration();
  if (worker) {
    const push = await worker.pushManager?.getSubscription();
    await push?.unsubscribe().catch(() => {});
    for (const shown of (await worker.getNotifications?.()) || []) shown.close();
    await worker.unregister();
  }
  if ("caches" in window) for (const name of await caches.keys()) await caches.delete(name);
  for (const { name } of (await indexedDB.databases?.()) || []) indexedDB.deleteDatabase(name);
  localStorage.clear();
  sessionStorage.clear();
  for (const name of here) {
    const secure = name.startsWith("__Host-") ? "; secure" : "";
    document.cookie = `${name}=; path=/; max-age=0${secure}`;
  }
}
