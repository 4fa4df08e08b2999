// The service worker. The server writes POBACH above this: version, shell, pages, title, icon, badge, key.
// Kept on the phone: the shell, and those pages whose answer names a moment until which they may be kept.
const [OFFLINE, UNSENT] = POBACH.pages, SHELL = `shell-${POBACH.version}`, KEPT = "kept", UNTIL = "X-Keep-Until";

addEventListener("install", (event) => event.waitUntil(
  caches.open(SHELL).then((shell) => shell.addAll([...POBACH.shell, ...POBACH.pages])).then(() => skipWaiting())));

addEventListener("activate", (event) => event.waitUntil(caches.keys().then((names) =>
  Promise.all(names.filter((name) => ![SHELL, KEPT].includes(name)).map((name) => caches.delete(name)))).then(() => clients.claim())));

addEventListener("fetch", (event) => {
  const { request } = event, { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request, event));
  else if (pathname.startsWith("/static/")) event.respondWith(caches.match(request).then((stored) => stored || fetch(request)));
});

async function page(request, event) {
  const spare = request.clone(), answer = await fetch(request).catch(() => null);
  if (!answer) return request.method === "POST" ? unsent(spare) : (await kept(request)) || caches.match(OFFLINE);
  event.waitUntil(remember(request, answer.clone()));
  return answer;
}

async function remember(request, answer) {
  if (answer.status === 401) return caches.delete(KEPT); // signed out elsewhere: nothing stays readable here
  if (request.method !== "GET" || !answer.ok || answer.redirected || !answer.headers.has(UNTIL)) return;
  await (await caches.open(KEPT)).put(request.url.split("#")[0], answer);
}

async function kept(request) {
  const cache = await caches.open(KEPT), isOver = ({ headers }) => headers.get(UNTIL) * 1000 < Date.now();
  for (const key of await cache.keys()) if (isOver(await cache.match(key))) await cache.delete(key);
  return cache.match(request.url.split("#")[0], { ignoreVary: true });
}

// The page gets what was typed as one text in which no sign means anything to HTML, and fills it in itself.
async function unsent(request) {
  const typed = new URLSearchParams(await request.formData()), frame = await caches.match(UNSENT);
  const body = (await frame.text()).replace('action="/unsent"', () => `action="${request.url}" data-typed="${typed}"`);
  return new Response(body, { status: 503, headers: frame.headers });
}
