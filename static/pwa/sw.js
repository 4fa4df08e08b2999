// The service worker. The server writes POBACH above this: version, shell, pages, title, icon, badge.
// Kept on the phone: the shell, and those pages whose answer names a moment until which they may be kept.
const SHELL = `shell-${POBACH.version}`, KEPT = "kept", UNTIL = "X-Keep-Until";
const [OFFLINE, UNSENT] = POBACH.pages;

addEventListener("install", (event) => event.waitUntil(
  caches.open(SHELL).then((shell) => shell.addAll([...POBACH.shell, ...POBACH.pages])).then(() => skipWaiting())));

addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (![SHELL, KEPT].includes(name)) await caches.delete(name);
  await clients.claim();
})()));

addEventListener("fetch", (event) => {
  const { request } = event, { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request, event));
  else if (request.method === "GET" && pathname.startsWith("/static/")) {
    event.respondWith(caches.match(request).then((stored) => stored || fetch(request)));
  }
});

async function page(request, event) {
  const typed = request.method === "POST" ? request.clone().formData().catch(() => null) : null;
  try {
    const answer = await fetch(request);
    event.waitUntil(remember(request, answer.clone()));
    return answer;
  } catch {
    return typed ? unsent(request.url, await typed) : (await kept(request)) || caches.match(OFFLINE);
  }
}

async function remember(request, answer) {
  if (answer.status === 401) return caches.delete(KEPT); // signed out elsewhere: nothing stays readable here
  if (request.method !== "GET" || !answer.ok || answer.redirected || !answer.headers.has(UNTIL)) return;
  await (await caches.open(KEPT)).put(request.url.split("#")[0], answer);
}

async function kept(request) {
  const cache = await caches.open(KEPT);
  for (const key of await cache.keys()) {
    if (Number((await cache.match(key)).headers.get(UNTIL)) * 1000 < Date.now()) await cache.delete(key);
  }
  return cache.match(request.url.split("#")[0], { ignoreVary: true });
}

async function unsent(address, typed) {
  const escape = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt()};`);
  const fields = [...(typed || [])].filter(([, value]) => typeof value === "string").map(([name, value]) =>
    `<input type="hidden" name="${escape(name)}" value="${escape(value)}">`).join("");
  const frame = await caches.match(UNSENT);
  const body = (await frame.text()).replace("<!--typed-->", () => fields).replace('action="/unsent"', () => `action="${escape(address)}"`);
  return new Response(body, { status: 503, headers: frame.headers });
}
