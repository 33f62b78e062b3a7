// Every doctor's day side by side (dashboard/team/). The server says where everything stands, in
// minutes since midnight of the column's own practice; the content security policy allows no style
// attribute, so it is placed here. frontend/css/dashboard/team.css draws it.

import { colour, openDialog, shownVisit } from "./desk.js";

const STEP = 15;
const BEFORE = 60; // minutes left above what is looked at first

const team = document.getElementById("team");
const board = () => document.getElementById("team_day");

const pad = (number) => String(number).padStart(2, "0");
const clock = (minute) => `${pad(Math.floor(minute / 60))}:${pad(minute % 60)}`;

// -- drawing ------------------------------------------------------------------------------

// Nothing with an id is given a style or a class here: htmx gives those attributes back as they
// came when it settles, and the content security policy refuses a style that is written out.
let drawnAt = 0;

function draw() {
  const { first, last } = board().dataset;
  team.style.setProperty("--minutes", last - first);
  for (const each of board().querySelectorAll("[data-from]")) {
    const { lane = 0, lanes = 1 } = each.dataset;
    const from = Math.max(each.dataset.from, first);
    const to = Math.min(each.dataset.to ?? last, last);
    each.style.setProperty("--from", from - first);
    each.style.setProperty("--length", to - from);
    each.style.setProperty("--lane", lane);
    each.style.setProperty("--lanes", lanes);
    each.classList.toggle("is-short", to - from < 2 * STEP);
  }
  drawnAt = performance.now();
  colour(board());
  tick();
  markShown();
  team.classList.add("is-placed");
}

// The line moves on between two drawings.
function tick() {
  const { first, last } = board().dataset;
  const passed = Math.floor((performance.now() - drawnAt) / 60_000);
  for (const line of board().querySelectorAll("[data-now]")) {
    const minute = Number(line.dataset.from) + passed;
    line.style.setProperty("--from", minute - first);
    line.hidden = minute < first || minute >= last;
  }
}

function markShown() {
  for (const each of board().querySelectorAll("[data-event]")) {
    each.setAttribute("aria-current", String(each.dataset.event === shownVisit()));
  }
}

function lookAtTheDay() {
  const { first, morning } = board().dataset;
  const now = board().querySelector("[data-now]:not([hidden])");
  const wanted = Math.max(morning, (now?.dataset.from ?? 0) - BEFORE) - first;
  const lane = board().querySelector(".team-lane");
  team.scrollTop = (wanted * lane.clientHeight) / (board().dataset.last - first);
}

// -- an empty cell ------------------------------------------------------------------------

// The quarter of an hour under the pointer; null beside the cells, on a visit, and on a phone,
// where the list has links.
function cellAt(event) {
  const lane = event.target.closest?.(".team-lane");
  if (!lane || event.target.closest(".event") || getComputedStyle(lane).position === "static") return null;
  const { first, last } = board().dataset;
  const box = lane.getBoundingClientRect();
  const minute = Number(first) + ((event.clientY - box.top) / box.height) * (last - first);
  return { lane, minute: Math.floor(minute / STEP) * STEP };
}

const cursor = document.createElement("span");
cursor.className = "team-cursor";
cursor.setAttribute("aria-hidden", "true");

function point(event) {
  const cell = cellAt(event);
  if (!cell) {
    cursor.remove();
    return;
  }
  cursor.textContent = `+ ${clock(cell.minute)}`;
  cursor.style.setProperty("--from", cell.minute - board().dataset.first);
  cursor.style.setProperty("--length", STEP);
  if (cursor.parentElement !== cell.lane) cell.lane.append(cursor);
}

function clicked(event) {
  const cell = event.button === 0 && cellAt(event);
  if (!cell) return;
  const { doctor } = cell.lane.parentElement.dataset;
  const start = `${board().dataset.date}T${clock(cell.minute)}`;
  openDialog(`${team.dataset.new}?${new URLSearchParams({ doctor, start })}`);
}

// -- what happens -------------------------------------------------------------------------

// Where the reader looks stays put when the day is drawn anew.
let place = null;

function leaves(event) {
  if (event.detail.target?.id === "team_day") place = { left: team.scrollLeft, top: team.scrollTop };
}

function settles(event) {
  if (event.detail.elt?.id !== "team_day" && event.detail.target?.id !== "team_day") return;
  draw();
  if (place) team.scrollTo({ ...place, behavior: "instant" });
  // The card too, when its visit is no longer what it shows.
  const desk = document.getElementById("desk");
  const shown = board().querySelector(`[data-event="${shownVisit()}"]`);
  if (shownVisit() && shown?.dataset.sequence !== desk.dataset.sequence) {
    const detail = { id: shownVisit() };
    document.body.dispatchEvent(new CustomEvent("visit-is-newer", { detail }));
  }
}

function remember() {
  markShown();
  // The desk takes room from the columns, or gives it back.
  board().querySelector(`[data-event="${shownVisit()}"]`)?.scrollIntoView({ block: "nearest", inline: "nearest" });
  const address = new URL(window.location.href);
  address.searchParams.set("date", board().dataset.date);
  if (shownVisit()) address.searchParams.set("appointment", shownVisit());
  else address.searchParams.delete("appointment");
  window.history.replaceState({}, "", address);
}

let asked = null;

function dayChosen(event) {
  clearTimeout(asked);
  if (event.target.checkValidity()) asked = setTimeout(() => event.target.form.submit(), 600);
}

if (team) {
  draw();
  lookAtTheDay();
  setInterval(tick, 15_000);
  team.addEventListener("pointermove", point);
  team.addEventListener("pointerleave", () => cursor.remove());
  team.addEventListener("click", clicked);
  document.addEventListener("htmx:beforeSwap", leaves);
  document.addEventListener("htmx:afterSwap", settles);
  document.addEventListener("htmx:afterSettle", markShown);
  document.body.addEventListener("desk-shows", remember);
  document.querySelector(".team-date input").addEventListener("change", dayChosen);
}
