// htmx requests that fail, and what the reader's eye and ear need after one that worked.
// The words stand in the page (<template id="connection-lost">), in the reader's language.

import { announce } from "./announce.js";
import { focusOn, restoreFocus } from "./focus.js";
import { bringToFront } from "./front.js";

function dock() {
  return document.getElementById("dock");
}

function dismiss() {
  dock()?.replaceChildren();
}

// A notice with "Try again now". `page`, if given, is a whole error page of ours: its heading and
// first sentence say more than "Connection lost". `late`: sent, but no answer in time, so that
// "nothing was sent" would be untrue.
function showLost(config, { page = null, late = false } = {}) {
  const template = document.getElementById("connection-lost");
  if (!template || !dock()) return;
  const notice = template.content.firstElementChild.cloneNode(true);
  if (page) {
    const read = (selector) => page.querySelector(`.error-page ${selector}`)?.textContent ?? "";
    notice.querySelector("[data-lost-title]").textContent = read("h1");
    notice.querySelector("[data-lost-text]").textContent = read("h1 + p");
  }
  notice.querySelector("[data-lost-text]").hidden = late;
  notice.querySelector("[data-lost-late]").hidden = !late;
  notice.querySelector("[data-retry]").addEventListener("click", () => {
    dismiss();
    retry(config);
  });
  notice.querySelector("[data-dismiss]").addEventListener("click", dismiss);
  dock().replaceChildren(notice);
  bringToFront(dock());
}

// A dialog that closes leaves the notice to the page.
document.addEventListener("close", () => dock() && bringToFront(dock()), true);

// The form may have been typed in since: a form's values are read again, and only what it cannot
// tell (the button that was pressed, hx-vals) comes from the failed request.
function retry(config) {
  const { elt, verb, path, target, triggeringEvent } = config;
  if (!elt?.isConnected) {
    window.location.reload();
    return;
  }
  const values = new FormData();
  const form = elt.closest("form");
  const known = form ? new Set([...new FormData(form).keys()]) : new Set();
  for (const [name, value] of config.formData ?? []) {
    if (!known.has(name)) values.append(name, value);
  }
  const options = { source: elt, event: triggeringEvent, target, values };
  window.htmx.ajax(verb.toUpperCase(), path, options).catch(() => {}); // said again
}

// Polls and refreshes that nobody asked for fail in silence: the next one tells. A dialog has none.
function wasAskedFor({ verb, triggeringEvent, target }) {
  return verb !== "get" || Boolean(triggeringEvent?.isTrusted || target?.closest?.("dialog[open]"));
}

// The region that waits for its answer says so. Only what a reader asked for: a refresh that
// dims the page every few seconds would be worse than none.
document.addEventListener("htmx:beforeRequest", (event) => {
  const { target, requestConfig } = event.detail;
  if (wasAskedFor(requestConfig)) target.setAttribute("aria-busy", "true");
});

document.addEventListener("htmx:afterRequest", (event) => {
  event.detail.target?.removeAttribute("aria-busy");
});

// One of our error pages (404.html, 503.html …), or null.
function errorPage(xhr) {
  const text = xhr?.responseText ?? "";
  if (!/^\s*<!doctype/i.test(text)) return null;
  const page = new DOMParser().parseFromString(text, "text/html");
  return page.querySelector(".error-page") ? page : null;
}

for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, (event) => {
    const config = event.detail.requestConfig;
    const late = name === "htmx:timeout" && config?.verb !== "get";
    if (config && wasAskedFor(config)) showLost(config, { late });
  });
}

// The answer to a form with a stale token carries a good one: signed in from another tab, or the
// cookie was gone. "Try again now" would send the old one for ever.
function renewToken(page) {
  const fresh = page.querySelector("[name=csrfmiddlewaretoken]")?.value;
  if (!fresh) return;
  for (const input of document.querySelectorAll("[name=csrfmiddlewaretoken]")) input.value = fresh;
  document.body.setAttribute("hx-headers", JSON.stringify({ "x-csrftoken": fresh }));
}

// A whole error page is not a fragment: it would land inside a panel.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (xhr.status < 400 || !errorPage(xhr)) return;
  event.detail.shouldSwap = false;
  event.detail.isError = true;
});

document.addEventListener("htmx:responseError", (event) => {
  const { xhr, requestConfig } = event.detail;
  const page = errorPage(xhr);
  if (page && xhr.status === 403) renewToken(page);
  const wasNotSwapped = page || xhr.status >= 500;
  if (wasNotSwapped && wasAskedFor(requestConfig)) showLost(requestConfig, { page });
});

document.addEventListener("htmx:beforeOnLoad", (event) => {
  if (event.detail.xhr.status < 400) dismiss();
});

// After a swap that changes the page's subject the new heading (or field) carries data-focus and
// gets the focus; every other swap leaves it where it was. data-announce is said in the live region.
function settle(root, isRedrawn = false) {
  const heading = root.matches?.("[data-focus]") ? root : root.querySelector("[data-focus]");
  if (heading) {
    heading.removeAttribute("data-focus");
    if (!isRedrawn) focusOn(heading);
  }
  const spoken = root.matches?.("[data-announce]") ? root : root.querySelector("[data-announce]");
  if (spoken) {
    announce(spoken.dataset.announce);
    spoken.removeAttribute("data-announce");
  }
}

// A field that asked for its form anew, and is there again, keeps the focus.
function isHeld({ requestConfig, elt }) {
  const held = document.activeElement;
  return requestConfig?.verb === "get" && held !== document.body && elt.contains(held);
}

document.addEventListener("htmx:afterSettle", (event) => settle(event.detail.elt, isHeld(event.detail)));
settle(document.body);

// What had the focus when a request was sent: by its answer, a button may be disabled or gone.
const heldBy = new WeakMap();

document.addEventListener("htmx:beforeRequest", ({ detail }) => heldBy.set(detail.xhr, document.activeElement));

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  const held = heldBy.get(detail.xhr);
  heldBy.delete(detail.xhr);
  if (!held || held === document.body || held.isConnected) return;
  // After those who know a better place.
  queueMicrotask(() => {
    const place = detail.target.isConnected ? detail.target : document.getElementById(detail.target.id);
    const isLost = !document.activeElement || document.activeElement === document.body;
    if (isLost && place) restoreFocus(held, place);
  });
});
