// One notice: it is read once it is seen, and where it speaks of one thing the page of that thing opens.
const notice = document.querySelector("form[data-read]");

fetch(notice.action, { method: "POST", body: new FormData(notice), keepalive: true, redirect: "manual" });
navigator.clearAppBadge?.().catch(() => {});
if (notice.dataset.read) location.replace(notice.dataset.read);
