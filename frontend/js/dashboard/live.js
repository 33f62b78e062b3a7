// Keeps a page of the cockpit true: asks every few seconds (poll.js) whether the agenda's version
// changed (204 when it did not). When it did, #news gets what others did, the waiting room its
// count, and <body> hears `agenda-changed`, for each region that shows something of it.
//
// The reader's own change says `desk-changed`, which asks at once: one way for both.

import { keepAsking } from "../poll.js";

const PATIENCE = 10_000;
const SHOWN = 3;
const CHANGE = ".strip:not(.strip-lost)";

const news = document.getElementById("news");

// Whether there was an answer.
async function ask() {
  const { poll: address, doctor, version, change } = news.dataset;
  const query = new URLSearchParams({ doctor, version, change });
  const headers = { "X-Requested-With": "fetch" };
  try {
    const response = await fetch(`${address}?${query}`, { headers, signal: AbortSignal.timeout(PATIENCE) });
    // The desk is nobody's of ours any more: neither is what the page shows of it.
    if (response.status === 404) window.location.reload();
    if (response.status === 429 || response.status >= 500) return false;
    if (response.status === 204 || !response.ok || response.redirected) return true;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.getElementById("news");
    if (fresh) receive(fresh);
    return true;
  } catch {
    return false;
  }
}

function receive(fresh) {
  const { version, change, now, waiting, longest } = fresh.dataset;
  Object.assign(news.dataset, { version, change, now, waiting });
  for (const strip of [...fresh.querySelectorAll(CHANGE)].reverse()) news.prepend(strip);
  for (const old of [...news.querySelectorAll(CHANGE)].slice(SHOWN)) old.remove();
  for (const each of document.querySelectorAll("[data-waiting-number]")) each.textContent = waiting;
  for (const each of document.querySelectorAll(".count[data-waiting]")) each.dataset.waiting = waiting;
  for (const each of document.querySelectorAll("[data-waiting-longest]")) each.textContent = longest ?? "";
  document.body.dispatchEvent(new CustomEvent("agenda-changed"));
}

// While nobody answers, the first strip says that the page may be old.
function showLine(isThere) {
  const strip = news.querySelector(".strip-lost");
  if (isThere) strip?.remove();
  else if (!strip) news.prepend(document.getElementById("strip-lost").content.cloneNode(true));
}

if (news) {
  const { now } = keepAsking({ ask, showLine });
  document.body.addEventListener("desk-changed", now);
  news.addEventListener("click", (event) => {
    if (event.target.closest("[data-dismisses], .textlink")) event.target.closest(".strip").remove();
  });
}
