// Keeps a page of the cockpit true: asks every few seconds whether the agenda's version changed
// (204 when it did not). When it did, #news gets what others did, the waiting room its count, and
// <body> hears `agenda-changed`, for whoever shows something of it.
//
// A change of one's own says `desk-changed`, which asks at once: one way for both.

const EVERY = 4000;
const SHOWN = 3;

const news = document.getElementById("news");
let timer = null;
let asking = null;

async function ask() {
  const { poll: address, doctor, version, change } = news.dataset;
  const query = new URLSearchParams({ doctor, version, change });
  const response = await fetch(`${address}?${query}`, { headers: { "X-Requested-With": "fetch" } });
  // The desk is nobody's of ours any more: neither is what the page shows of it.
  if (response.status === 404) window.location.reload();
  if (response.status === 204 || !response.ok || response.redirected) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.getElementById("news");
  if (fresh) receive(fresh);
}

function receive(fresh) {
  const { version, change, now, waiting, longest } = fresh.dataset;
  Object.assign(news.dataset, { version, change, now, waiting });
  for (const strip of [...fresh.querySelectorAll(".strip")].reverse()) news.prepend(strip);
  for (const old of [...news.querySelectorAll(".strip")].slice(SHOWN)) old.remove();
  for (const each of document.querySelectorAll("[data-waiting-number]")) each.textContent = waiting;
  for (const each of document.querySelectorAll(".count[data-waiting]")) each.dataset.waiting = waiting;
  for (const each of document.querySelectorAll("[data-longest]")) each.textContent = longest ?? "";
  document.body.dispatchEvent(new CustomEvent("agenda-changed"));
}

// One question at a time; whoever asks meanwhile gets a fresh answer after it.
export async function poll() {
  clearTimeout(timer);
  if (asking) await asking.catch(() => {});
  asking = ask();
  try {
    await asking;
  } catch {
    // No connection: the next one tells.
  }
  asking = null;
  clearTimeout(timer);
  timer = setTimeout(later, EVERY);
}

function later() {
  if (document.hidden) timer = setTimeout(later, EVERY);
  else poll();
}

if (news) {
  timer = setTimeout(later, EVERY);
  document.body.addEventListener("desk-changed", poll);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) poll();
  });
  news.addEventListener("click", (event) => {
    if (event.target.closest("[data-dismisses], .textlink")) event.target.closest(".strip").remove();
  });
}
