// The service worker's other half: what arrives by push, a tap on it, and an address the browser has changed.
addEventListener("push", (event) => event.waitUntil(show(event.data)));
addEventListener("notificationclick", (event) => event.waitUntil(follow(event.notification)));
addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renew(event)));
const unpacked = async (data) => ({ ...data.json().notification });

// Always a notification, whatever arrived: a silent one costs the permission on some phones.
async function show(data) {
  const news = await unpacked(data).catch(() => ({})), navigate = news.navigate || "/inbox";
  const told = news.data?.details ? await words(navigate).catch(() => news) : news;
  await registration.showNotification(told.title || POBACH.title, {
    body: told.text || "", tag: news.tag || "news", renotify: true, lang: news.lang,
    icon: POBACH.icon, badge: POBACH.badge, data: { navigate } });
  await navigator.setAppBadge?.().catch(() => {});
}

// Only where the person has asked for it: the words come by our own cookie, never through the push service.
async function words(navigate) {
  const answer = await fetch(navigate.replace("/n/", "/api/v1/notices/"), { signal: AbortSignal.timeout(5000) });
  return answer.ok ? answer.json() : Promise.reject(answer);
}

async function follow(shown) {
  shown.close();
  const address = new URL(shown.data?.navigate || "/inbox", location.origin);
  if (address.origin !== location.origin) return;
  const [open] = await clients.matchAll({ type: "window", includeUncontrolled: true });
  await open?.focus().catch(() => {});
  await (open ? open.navigate(address.href) : Promise.reject()).catch(() => clients.openWindow(address.href));
}

// The old address, a secret of this browser, is the proof; where the browser does not tell it, the sign-in is.
async function renew({ oldSubscription, newSubscription }) {
  const subscription = newSubscription || await registration.pushManager.subscribe({
    userVisibleOnly: true, applicationServerKey: POBACH.key });
  await fetch("/api/v1/push-subscriptions/renewal", { method: "POST", headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ old: oldSubscription?.endpoint, subscription }) });
}
