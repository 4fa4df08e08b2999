// The service worker's other half: what arrives by push, a tap on it, and an address the browser has changed.
const DEVICES = "/api/v1/push-subscriptions";

// Always a notification, whatever arrived: a silent one costs the permission on some phones.
addEventListener("push", (event) => event.waitUntil(show(unpacked(event.data))));

function unpacked(data) {
  try {
    return data.json().notification || {};
  } catch {
    return {};
  }
}

async function show(news) {
  const told = news.data?.details ? await words(news).catch(() => news) : news;
  const navigate = news.navigate || "/notices";
  await registration.showNotification(told.title || POBACH.title, {
    body: told.text || "", tag: news.tag || "news", renotify: true, lang: news.lang,
    icon: POBACH.icon, badge: POBACH.badge, data: { navigate } });
  await navigator.setAppBadge?.().catch(() => {});
}

// Only where the person has asked for it: the words come by our own cookie, never through the push service.
async function words(news) {
  const address = new URL(news.navigate, location.origin).pathname.replace("/n/", "/api/v1/notices/");
  const answer = await fetch(address, { signal: AbortSignal.timeout(5000) });
  return answer.ok ? answer.json() : news;
}

addEventListener("notificationclick", (event) => event.waitUntil((async () => {
  event.notification.close();
  const address = new URL(event.notification.data?.navigate || "/notices", location.origin);
  if (address.origin !== location.origin) return;
  const [open] = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const tab = open && (await open.focus().catch(() => open));
  await (tab ? tab.navigate(address.href).catch(() => clients.openWindow(address.href)) : clients.openWindow(address.href));
})()));

addEventListener("pushsubscriptionchange", (event) => event.waitUntil((async () => {
  const server = await fetch(DEVICES).then((answer) => (answer.ok ? answer.json() : {}), () => ({}));
  const old = event.oldSubscription, key = server.application_server_key || old?.options.applicationServerKey;
  const fresh = event.newSubscription ||
    (await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }));
  // The old address, a secret of this browser, is the proof; without one the sign-in is.
  const renewed = old && (await send(`${DEVICES}/renewal`, { old: old.endpoint, subscription: fresh }));
  if (!renewed?.ok && server.csrf_token) await send(DEVICES, fresh, { "X-CSRFToken": server.csrf_token });
})()));

function send(address, body, headers = {}) {
  return fetch(address, { method: "POST", headers: { "Content-Type": "application/json", ...headers }, body: JSON.stringify(body) });
}
