// Free times that stay true. A region of the page with
//   data-live      tokens of what it was drawn from, "<doctor>.<version>.<instant> …" (bookings/finding/live.py)
//   data-refresh   its address: asked with its id as HX-Target, it is drawn anew
//   data-clock     the practice's time at which it was drawn, for its line (.days-live)
// One request asks for all of them every few seconds (poll.js); the answer is nearly always 204.
// Words and address stand in <template id="live-words">.
//
// A reader who is busy comes first: nothing is drawn while a finger is on the page or one of their
// own requests is under way, the focus stays where it was, and slots.js keeps the chosen time.

import { announce } from "./announce.js";
import { twinOf } from "./focus.js";
import { keepAsking } from "./poll.js";

const PATIENCE = 10_000;
const PRESS = 1_000; // a finger lifted outside the window is never heard of
const MOST_TOKENS = 50; // also in bookings/finding/views.py
const TRACE = 3_000; // how long a time that went stands there, struck
const PILL = "button.slot[name=appointment_time]";
const PASSING = [
  ...[".days-live", ".is-gone", "[name=csrfmiddlewaretoken]"],
  ...["[data-countdown]", "[data-countdown-words]", "[data-countdown-ring]"],
].join();

const words = document.getElementById("live-words")?.dataset;

let pressedAt = -PRESS;
let drawing = null;

const regions = () => [...document.querySelectorAll("[data-live]")];
const tokensOf = (region) => region.dataset.live.split(" ").filter(Boolean);
const instant = (pill) => Date.parse(pill.value);
const textOf = (element) => element?.textContent.trim().replace(/\s+/g, " ") ?? "";
const isPressed = () => performance.now() - pressedAt < PRESS;
const isSending = () => document.querySelector(".htmx-request") !== null;
const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));

// Asking ---------------------------------------------------------------------------------------

// {status, text}; status 0 when there was no answer in time.
async function get(address, { headers = {}, stop = new AbortController() } = {}) {
  const patience = setTimeout(() => stop.abort(), PATIENCE);
  try {
    const response = await fetch(address, { headers, signal: stop.signal, cache: "no-store" });
    return { status: response.status, text: await response.text() };
  } catch {
    return { status: 0, text: "" };
  } finally {
    clearTimeout(patience);
  }
}

// Whether there was an answer.
async function ask() {
  const asked = regions();
  const tokens = [...new Set(asked.flatMap(tokensOf))].slice(0, MOST_TOKENS);
  const query = tokens.map((token) => `d=${encodeURIComponent(token)}`).join("&");
  const { status, text } = await get(`${words.url}?${query}`);
  if (status !== 200) return status === 204;
  const changed = new Set(JSON.parse(text).doctors.map((doctor) => `${doctor}`));
  const isChanged = (token) => changed.has(token.split(".")[0]);
  for (const region of asked) {
    if (document.hidden) break;
    if (tokensOf(region).some(isChanged) && !(await draw(region))) return false;
  }
  return true;
}

// Drawing --------------------------------------------------------------------------------------

// Fetch the region anew and put it in its place; false when the server had no answer.
async function draw(region) {
  if (!region.isConnected) return true;
  drawing = new AbortController();
  const headers = {
    "HX-Request": "true",
    "HX-Target": region.id,
    "HX-Current-URL": window.location.href,
  };
  const { status, text } = await get(region.dataset.refresh, { headers, stop: drawing });
  while (isPressed()) await pause(50);
  // The reader's own request brings times as fresh as these.
  if (!region.isConnected || isSending()) return true;
  if (status === 0 || status === 429 || status >= 500) return false;
  const page = new DOMParser().parseFromString(text, "text/html");
  const fresh = page.getElementById(region.id);
  if (!fresh || /^\s*<!doctype/i.test(text)) {
    // Signed out meanwhile, or no longer to be booked: the next click says so.
    region.removeAttribute("data-live");
    return true;
  }
  // What comes along for other places (hx-swap-oob) counts too.
  const isSame = (each) => drawn(each) === drawn(document.getElementById(each.id));
  if ([...page.body.children].every(isSame)) {
    Object.assign(region.dataset, fresh.dataset);
    return true;
  }
  const before = stateOf(region);
  const refocus = rememberFocus();
  window.htmx.swap(region, text, { swapStyle: "outerHTML", swapDelay: 0, settleDelay: 0 });
  refocus();
  tell(before, document.getElementById(region.id));
  return true;
}

// What the server drew, without what scripts add to it, clocks and tokens.
function drawn(region) {
  const copy = region?.cloneNode(true);
  if (!copy) return null;
  for (const own of copy.querySelectorAll(PASSING)) own.remove();
  for (const each of copy.querySelectorAll("*")) {
    for (const name of ["aria-pressed", "data-server-now", "data-focus", "tabindex"]) {
      each.removeAttribute(name);
    }
    each.classList.remove("is-new", "is-ending");
  }
  return copy.innerHTML;
}

// The focus goes to the same thing in what was drawn, or to its neighbour; nowhere when it was
// elsewhere.
function rememberFocus() {
  const held = document.activeElement;
  const around = [];
  for (let at = held?.parentElement; at; at = at.parentElement) if (at.id) around.push(at.id);
  const day = held?.closest("[data-date]")?.dataset.date;
  return () => {
    if (!held || held.isConnected) return;
    const place = around.map((id) => document.getElementById(id)).find(Boolean);
    if (place) heirOf(held, place, day).focus({ preventScroll: true });
  };
}

function heirOf(held, place, day) {
  const all = [...place.querySelectorAll("button:not(:disabled), a[href]")];
  const same = twinOf(held, place);
  if (same) return same;
  if (held.matches(PILL)) {
    const pills = all.filter((each) => each.matches(PILL));
    const sameDay = pills.filter((each) => each.closest("[data-date]")?.dataset.date === day);
    const later = sameDay.find((each) => instant(each) > instant(held));
    const next = later ?? sameDay.at(-1) ?? pills[0];
    if (next) return next;
  }
  const first = all.find((each) => each.className === held.className) ?? all[0];
  if (first) return first;
  place.setAttribute("tabindex", "-1");
  return place;
}

// Telling --------------------------------------------------------------------------------------

function stateOf(region) {
  const chosen = region.closest("[data-slot-form]")?.querySelector("[data-chosen-time]");
  const days = [...region.querySelectorAll(".day[data-date]")].map((day) => [
    day.dataset.date,
    [...day.querySelectorAll(PILL)],
  ]);
  return {
    chosen: chosen?.value ?? "",
    days: new Map(days),
    hadFocus: region.contains(document.activeElement),
    notice: textOf(region.querySelector(".notice:not([role=alert])")), // an alert speaks itself
    versions: tokensOf(region)
      .map((token) => token.split(".")[1])
      .join(),
  };
}

// The times that went and that came. A day shows its first few times only: one that goes draws
// another one in at the end, and one that comes pushes the last one out. Those are no news.
function newsOf(before, after) {
  const gone = [];
  const came = [];
  for (const [date, now] of after.days) {
    const then = before.days.get(date);
    if (!then) continue;
    const missing = (pill, others) => !others.some((other) => other.value === pill.value);
    const beyond = (pill, others) => others.every((other) => instant(other) < instant(pill));
    const full = (one, other) => one.length >= other.length && one.length > 0;
    gone.push(...then.filter((pill) => missing(pill, now) && !(beyond(pill, now) && full(now, then))));
    came.push(...now.filter((pill) => missing(pill, then) && !(beyond(pill, then) && full(then, now))));
  }
  return { gone, came };
}

function tell(before, region) {
  const after = stateOf(region);
  const isAlone = regions().length === 1;
  if (after.notice && after.notice !== before.notice) announce(after.notice);
  const { gone, came } = newsOf(before, after);
  // Nobody wrote: what went is past or too near now, and nobody took it.
  const taken = before.versions === after.versions ? [] : gone;
  for (const pill of came) pill.classList.add("is-new");
  if (taken.length <= 3) for (const pill of taken) leaveTrace(pill, region);
  if (before.chosen && !after.chosen) {
    // slots.js has given it up and said so.
    writeLine(region, region.closest("[data-slot-form]").dataset.gone, { warning: true });
    return;
  }
  const what = sentence(taken, came);
  if (!what) return;
  const line = words.updated.replace("{time}", region.dataset.clock).replace("{what}", what);
  writeLine(region, line);
  // On a list of doctors one hears of the card one is at.
  if (isAlone || before.hadFocus) announce(line);
}

function sentence(taken, came) {
  if (taken.length && came.length) return words.mixed;
  const [pill, several] = taken.length ? [taken, words.takenSeveral] : [came, words.freedSeveral];
  if (pill.length !== 1) return pill.length ? several : "";
  const one = taken.length ? words.taken : words.freed;
  return one.replace("{when}", pill[0].dataset.label);
}

// A time that went stands a moment longer, struck: the others do not move under the finger.
function leaveTrace(pill, region) {
  const date = pill.closest("[data-date]").dataset.date;
  const pills = [...region.querySelectorAll(`.day[data-date="${date}"] > ${PILL}`)];
  if (!pills.length) return; // none left, or a list that shows taken times anyhow
  const trace = document.createElement("span");
  trace.className = "slot is-gone";
  trace.setAttribute("aria-hidden", "true");
  trace.textContent = textOf(pill);
  const later = pills.find((each) => instant(each) > instant(pill));
  if (later) later.before(trace);
  else pills.at(-1).after(trace);
  setTimeout(() => trace.remove(), TRACE);
}

function writeLine(region, text, { warning = false } = {}) {
  const line = region.querySelector(".days-live");
  if (!line) return;
  line.querySelector("[data-live-line]").textContent = text;
  line.classList.toggle("is-warning", warning);
}

// While nobody answers the line says that the times may be old; then again what it said before.
const meant = new WeakMap();

function showLine(isTrue) {
  for (const region of regions()) {
    const line = region.querySelector(".days-live");
    if (!line || isTrue === !meant.has(line)) continue;
    if (isTrue) {
      writeLine(region, ...meant.get(line));
      meant.delete(line);
    } else {
      meant.set(line, [textOf(line), { warning: line.classList.contains("is-warning") }]);
      writeLine(region, words.lost, { warning: true });
    }
  }
}

// When ----------------------------------------------------------------------------------------

const live = keepAsking({
  ask,
  showLine,
  isNeeded: () => words !== undefined && regions().length > 0,
  isBusy: () => isSending() || isPressed(),
});
// A region may have come with what was swapped in.
document.addEventListener("htmx:afterSettle", live.resume);
document.addEventListener("htmx:beforeRequest", () => drawing?.abort());
document.addEventListener("pointerdown", () => (pressedAt = performance.now()), true);
for (const name of ["pointerup", "pointercancel"]) {
  // Later: the click that follows is still to be heard by the pill it began on.
  window.addEventListener(name, () => setTimeout(() => (pressedAt = -PRESS)), true);
}
