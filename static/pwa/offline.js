// The page for no connection: shows the next visit and the pages that were kept on this phone.
if ("caches" in window) findKept();

async function findKept() {
  const cache = await caches.open("kept");
  const pages = await Promise.all((await cache.keys()).map(async (key) => {
    const answer = await cache.match(key);
    const until = Number(answer.headers.get("X-Keep-Until")) * 1000;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    forgetTheDay(page);
    return { until, path: new URL(key.url).pathname, page, name: nameOf(page) };
  }));
  show(pages.filter(({ until }) => until > Date.now()).sort((one, other) => one.until - other.until));
}

function show(pages) {
  if (!pages.length) return;
  document.getElementById("bare-lead").hidden = true;
  document.getElementById("kept-lead").hidden = false;
  const next = pages.find(({ page }) => page.querySelector(".ticket .code"));
  if (next) document.getElementById("next-visit").append(document.adoptNode(next.page.querySelector(".ticket")));
  const list = document.getElementById("kept-pages");
  list.hidden = false;
  list.firstElementChild.hidden = !pages.some(({ path }) => path === "/bookings");
  for (const { path, name } of pages) if (path !== "/bookings") list.append(line(path, name));
}

// "Haircut, Tuesday, 24 November, 45 minutes": every ticket has the same heading.
function nameOf(page) {
  const said = [...page.querySelectorAll(".ticket .what h2, .ticket .when .soft")].reverse();
  return (said.length ? said : [page.querySelector("h1")]).map((part) => part.textContent.trim()).join(", ");
}

function line(path, name) {
  const row = document.getElementById("kept-page").content.firstElementChild.cloneNode(true);
  row.querySelector("a").href = path;
  row.querySelector("span").textContent = name;
  return row;
}
