// The hold's countdown: an element with
//   data-expires-at, data-server-now   UTC, ISO 8601; the reader's clock may be wrong by hours
//   data-lasts                         seconds that fill the ring
//   data-minute, data-over             what is said aloud with a minute left, and at the end
// Inside it [data-countdown] shows "4:32" or "3 h", [data-countdown-words] "4 min 32 s" in the page's
// language, [data-countdown-ring] the arc. At the end `hold-over` is sent to <body>, so that a
// region with hx-trigger="hold-over from:body" fetches the truth from the server.

import { announce } from "./announce.js";

const seen = new WeakMap();

function secondsLeft(element) {
  let state = seen.get(element);
  if (!state || state.expires !== element.dataset.expiresAt) {
    const server = Date.parse(element.dataset.serverNow);
    const ahead = Number.isNaN(server) ? 0 : Date.now() - server;
    state = { expires: element.dataset.expiresAt, ahead, minuteSaid: false, over: false };
    seen.set(element, state);
  }
  const left = (Date.parse(state.expires) - (Date.now() - state.ahead)) / 1000;
  return [Math.max(0, Math.ceil(left)), state];
}

function digitsOf(seconds) {
  const hour = 3600;
  if (seconds >= hour) return `${Math.floor(seconds / hour)} h`;
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function words(seconds) {
  const language = document.documentElement.lang || "fr";
  const say = (value, unit) =>
    new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "short" }).format(value);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (hours) return [say(hours, "hour"), say(minutes % 60, "minute")].join(" ");
  const parts = [say(seconds % 60, "second")];
  if (minutes) parts.unshift(say(minutes, "minute"));
  return parts.join(" ");
}

function draw(element) {
  const [left, state] = secondsLeft(element);
  const lasts = Number(element.dataset.lasts) || 300;
  const digits = digitsOf(left);
  for (const each of element.querySelectorAll("[data-countdown]")) each.textContent = digits;
  for (const each of element.querySelectorAll("[data-countdown-words]")) {
    each.textContent = words(left);
  }
  for (const arc of element.querySelectorAll("[data-countdown-ring]")) {
    arc.setAttribute("stroke-dashoffset", String(100 - Math.min(100, (100 * left) / lasts)));
  }
  element.classList.toggle("is-ending", left < 60);
  if (left <= 60 && left > 0 && !state.minuteSaid) {
    state.minuteSaid = true;
    announce(element.dataset.minute);
  }
  if (left === 0 && !state.over) {
    state.over = true;
    announce(element.dataset.over);
    document.body.dispatchEvent(new CustomEvent("hold-over", { bubbles: true }));
  }
}

function drawAll() {
  document.querySelectorAll("[data-expires-at]").forEach(draw);
}

drawAll();
setInterval(drawAll, 1000);
document.addEventListener("htmx:afterSettle", drawAll);
// A sleeping tab's timers stop: show the truth as soon as it is looked at.
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) drawAll();
});
