// The week and the day as FullCalendar draws them, fed by /api/doctor/… (docs/contracts.md, C5).
//
// Feeds carry the practice's wall clock without an offset, and the calendar runs on UTC: what the
// browser takes for its own time zone never matters, the now-line included. All its looks are
// classes of ours (frontend/css/dashboard/agenda.css); no theme of FullCalendar's is loaded.

import { Calendar } from "fullcalendar";
import interactionPlugin from "fullcalendar/interaction";
import ar from "fullcalendar/locales/ar";
import fr from "fullcalendar/locales/fr";
import timeGridPlugin from "fullcalendar/timegrid";

import { closeDesk, openDialog, shownVisit, showVisit } from "./desk.js";

const place = document.getElementById("calendar");
const news = document.getElementById("news");
const icons = document.getElementById("event-icons");
const failed = document.getElementById("calendar-failed");
const wide = window.matchMedia("(width >= 48rem)");

const VIEWS = { week: "timeGridWeek", day: "timeGridDay" };
const NEW_FOR = 12_000;
const QUARTER = 24; // pixels: --size-quarter, the smallest allowed target
const MOVABLE = ["pending", "confirmed"];

let calendar = null;

// -- time ---------------------------------------------------------------------------------

// The practice's clock: what the server said, plus what passed since.
let said = { now: Date.parse(`${news.dataset.now}Z`), at: performance.now() };
const practiceNow = () => new Date(said.now + performance.now() - said.at);

const pad = (number) => String(number).padStart(2, "0");
const dayOf = (date) => date.toISOString().slice(0, 10);
const wallOf = (date) => date.toISOString().slice(0, 16);

// -- feeds --------------------------------------------------------------------------------

// FullCalendar asks again whenever its hours or days change: the answer for the same days is kept
// until the agenda changes.
let kept = new Map();

function load(kind, info) {
  const first = weekStart(info.start);
  const key = `${kind} ${dayOf(first)}`;
  if (!kept.has(key)) {
    const last = new Date(first.getTime() + 7 * 24 * 3600_000);
    const query = new URLSearchParams({
      doctor: place.dataset.doctor,
      start: dayOf(first),
      end: dayOf(last),
    });
    const answer = fetch(`${place.dataset[kind]}?${query}`, { headers: { Accept: "application/json" } })
      .then((response) => {
        if (!response.ok || response.redirected) throw new Error(`${response.status}`);
        return response.json();
      })
      .catch((error) => {
        kept.delete(key);
        throw error;
      });
    kept.set(key, answer);
  }
  return kept.get(key);
}

// Monday: whole weeks are asked for, so that hidden days and early hours are known too.
function weekStart(date) {
  const day = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()));
  day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7));
  return day;
}

let known = null; // ids on show before the last change, to tell what is new
const fresh = new Set();

async function visits(info) {
  const events = await load("appointments", info);
  if (known) {
    for (const { id } of events) if (!known.ids.has(id) && known.week === dayOf(weekStart(info.start))) fresh.add(id);
  }
  known = { ids: new Set(events.map(({ id }) => id)), week: dayOf(weekStart(info.start)) };
  setTimeout(() => fit(events));
  return events.map((event) => ({
    ...event,
    color: event.extendedProps.type_color,
    editable: MOVABLE.includes(event.extendedProps.status),
  }));
}

async function background(info) {
  const events = await load("background", info);
  const undecided = events.filter(({ extendedProps }) => extendedProps.kind === "proposal");
  proposals = new Map(undecided.map((event) => [event.start.slice(0, 10), event]));
  for (const each of place.querySelectorAll("[data-decide]")) propose(each);
  return events;
}

// Public holidays to decide, by day: each day's head has the link to the decision, where it is the reader's.
let proposals = new Map();

function propose(slot) {
  const event = proposals.get(slot.dataset.decide);
  slot.hidden = !event;
  if (!event) return;
  if (event.extendedProps.link) slot.href = event.extendedProps.link;
  else slot.removeAttribute("href");
  slot.title = event.title;
  slot.textContent = event.title;
}

function failure() {
  failed.hidden = false;
  setTimeout(refetch, 5000);
}

// -- hours and days on show ---------------------------------------------------------------

const usual = {
  first: Number(place.dataset.firstHour ?? 8),
  last: Number(place.dataset.lastHour ?? 20),
  closed: (place.dataset.closedDays ?? "").split(",").filter(Boolean).map(Number),
};

// What lies outside the usual hours and days is shown all the same.
function fit(events) {
  let { first, last } = usual;
  const days = new Set();
  for (const { start, end } of events) {
    const isOneDay = start.slice(0, 10) === end.slice(0, 10);
    first = Math.min(first, Number(start.slice(11, 13)));
    last = isOneDay ? Math.max(last, Math.ceil(Number(end.slice(11, 13)) + Number(end.slice(14, 16)) / 60)) : 24;
    if (!isOneDay) first = 0;
    days.add(new Date(`${start}Z`).getUTCDay());
  }
  const today = practiceNow().getUTCDay();
  const isThisWeek = dayOf(weekStart(calendar.getDate())) === dayOf(weekStart(practiceNow()));
  const hidden = usual.closed.filter((day) => !days.has(day) && !(isThisWeek && day === today));
  set("slotMinTime", `${pad(first)}:00:00`);
  set("slotMaxTime", `${pad(last)}:00:00`);
  set("hiddenDays", calendar.view.type === VIEWS.week ? hidden : []);
}

function set(option, value) {
  if (String(calendar.getOption(option)) !== String(value)) calendar.setOption(option, value);
}

// -- drawing ------------------------------------------------------------------------------

function icon(look) {
  const found = icons.content.querySelector(`[data-look="${look}"] svg`);
  return found ? [found.cloneNode(true)] : [];
}

function content({ event }) {
  const { type, look, link, coming } = event.extendedProps;
  // A holiday to decide is said in its day's head, where no visit covers it.
  if (link) return { domNodes: [] };
  const name = document.createElement("b");
  name.textContent = event.title;
  const what = document.createElement("small");
  what.textContent = type ?? "";
  // A confirmed visit has a mark when the patient says "I am coming".
  const mark = look !== "confirmed" || coming ? icon(look) : [];
  // The space is for whoever hears the two; a grid draws none.
  return { domNodes: [name, document.createTextNode(" "), ...mark, what] };
}

function drawn({ event, el, isMirror }) {
  if (isMirror || event.display === "background") return;
  el.setAttribute("aria-label", event.extendedProps.label);
  if (event.extendedProps.status === "busy") return;
  el.dataset.event = event.id;
  el.dataset.start = wallOf(event.start);
  el.dataset.end = wallOf(event.end);
  el.setAttribute("aria-current", String(event.id === shownVisit()));
  if (fresh.has(event.id)) {
    el.dataset.fresh = "true";
    setTimeout(() => {
      fresh.delete(event.id);
      delete el.dataset.fresh;
    }, NEW_FOR);
  }
}

function markShown() {
  for (const each of place.querySelectorAll("[data-event]")) {
    each.setAttribute("aria-current", String(each.dataset.event === shownVisit()));
  }
  for (const each of document.querySelectorAll("#day_list [data-shows]")) {
    each.setAttribute("aria-current", String(each.dataset.shows === shownVisit()));
  }
}

// -- the address follows ------------------------------------------------------------------

const viewName = () =>
  document.body.dataset.view === "list" ? "list" : calendar?.view.type === VIEWS.day ? "day" : "week";

function addressNow() {
  const query = new URLSearchParams(window.location.search);
  const state = { doctor: place.dataset.doctor, view: viewName() };
  if (calendar) state.date = dayOf(calendar.getDate());
  else if (query.get("date")) state.date = query.get("date");
  if (shownVisit()) state.appointment = shownVisit();
  return `${place.dataset.home}?${new URLSearchParams(state)}`;
}

let isGoingBack = false;

function remember() {
  const address = addressNow();
  if (isGoingBack || address === window.location.pathname + window.location.search) return;
  window.history.pushState({}, "", address);
}

window.addEventListener("popstate", () => {
  const query = new URLSearchParams(window.location.search);
  const view = query.get("view") ?? "week";
  if (!calendar || view === "list" || document.body.dataset.view === "list") {
    window.location.reload();
    return;
  }
  isGoingBack = true;
  calendar.changeView(VIEWS[view] ?? VIEWS.week, query.get("date") ?? undefined);
  const wanted = query.get("appointment") ?? "";
  if (!wanted) closeDesk();
  isGoingBack = false;
  if (wanted && wanted !== shownVisit()) showVisit(wanted, { quiet: true });
});

document.body.addEventListener("desk-shows", ({ detail }) => {
  const isElsewhere = calendar && detail.date && !isOnShow(detail.date);
  if (isElsewhere) calendar.gotoDate(detail.date);
  markShown();
  remember();
});

function isOnShow(date) {
  const { activeStart, activeEnd } = calendar.view;
  return dayOf(activeStart) <= date && `${date}T00:00` < wallOf(activeEnd);
}

// -- what happens -------------------------------------------------------------------------

function refetch() {
  kept = new Map();
  calendar?.refetchEvents();
}

document.body.addEventListener("agenda-changed", () => {
  said = { now: Date.parse(`${news.dataset.now}Z`), at: performance.now() };
  refetch();
  // The card too, when its visit is no longer what it shows.
  const desk = document.getElementById("desk");
  if (!desk.dataset.appointment || !calendar) return;
  load("appointments", { start: new Date(`${desk.dataset.date || dayOf(calendar.getDate())}T00:00:00Z`) })
    .then((events) => {
      const now = events.find(({ id }) => id === desk.dataset.appointment);
      const isNewer = !now || String(now.extendedProps.sequence) !== desk.dataset.sequence;
      if (isNewer && desk.isConnected) {
        const detail = { id: desk.dataset.appointment };
        document.body.dispatchEvent(new CustomEvent("visit-is-newer", { detail }));
      }
    })
    .catch(() => {});
});

function dropped({ event, revert }) {
  const query = new URLSearchParams({ start: wallOf(event.start), dropped: "1" });
  openDialog(`${event.extendedProps.links.desk}move/?${query}`, (isDone) => {
    if (!isDone) revert();
  });
}

function clickedEmpty({ date, jsEvent }) {
  // FullCalendar also tells of a click on the way to closing something else.
  if (jsEvent.defaultPrevented) return;
  const query = new URLSearchParams({ doctor: place.dataset.doctor, start: wallOf(date) });
  openDialog(`${place.dataset.new}?${query}`);
}

function go(event) {
  const link = event.target.closest?.("#toolbar [data-goes], #toolbar a[data-view]");
  if (!link || !calendar || !wide.matches || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (link.dataset.view === "list") return;
  event.preventDefault();
  const { goes, view } = link.dataset;
  if (goes === "today") calendar.gotoDate(dayOf(practiceNow()));
  else if (goes === "prev") calendar.prev();
  else if (goes === "next") calendar.next();
  else calendar.changeView(VIEWS[view]);
  remember();
}

function shows({ view }) {
  const language = document.documentElement.lang;
  const last = new Date(view.currentEnd.getTime() - 1);
  const format = new Intl.DateTimeFormat(language, {
    timeZone: "UTC",
    day: "numeric",
    month: "long",
    year: "numeric",
    ...(view.type === VIEWS.day ? { weekday: "long" } : {}),
  });
  const words =
    view.type === VIEWS.day ? format.format(view.currentStart) : format.formatRange(view.currentStart, last);
  document.getElementById("agenda-title").textContent = words.charAt(0).toUpperCase() + words.slice(1);
  for (const link of document.querySelectorAll("#toolbar a:is([data-view], [data-team])")) {
    const isShown = VIEWS[link.dataset.view] === view.type;
    if (isShown) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
    const address = new URL(link.href);
    address.searchParams.set("date", dayOf(calendar?.getDate() ?? view.currentStart));
    link.href = address.pathname + address.search;
  }
}

// A day's head: the weekday, and the date in a square of its own.
function dayHead({ date, isToday }) {
  const language = document.documentElement.lang;
  const weekday = document.createElement("span");
  weekday.textContent = new Intl.DateTimeFormat(language, { weekday: "short", timeZone: "UTC" }).format(date);
  const number = document.createElement("b");
  number.textContent = String(date.getUTCDate());
  if (isToday) number.className = "is-today";
  const decide = document.createElement("a");
  decide.className = "day-decide";
  decide.dataset.decide = dayOf(date);
  propose(decide);
  return { domNodes: [weekday, number, decide] };
}

// A key's way to an empty cell: each day begins with a link that shows when it has the focus.
function offerVisit({ el, date }) {
  const link = document.createElement("a");
  link.className = "lane-new";
  link.href = `${place.dataset.new}?${new URLSearchParams({ doctor: place.dataset.doctor, date: dayOf(date) })}`;
  link.dataset.dialog = "";
  const day = { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" };
  link.textContent = `${place.dataset.labelNew} : ${new Intl.DateTimeFormat(document.documentElement.lang, day).format(date)}`;
  el.append(link);
}

// FullCalendar names its heads for screen readers by attributes alone, which a table's head must
// not be.
function nameHeads({ el }) {
  el.querySelector("[aria-hidden]")?.removeAttribute("aria-hidden");
  setTimeout(() => {
    for (const head of place.querySelectorAll("[role=rowheader]:empty")) {
      const words = document.createElement("span");
      words.className = "visually-hidden";
      words.textContent = head.getAttribute("aria-label");
      head.append(words);
    }
  });
}

function start() {
  calendar = new Calendar(place, {
    plugins: [timeGridPlugin, interactionPlugin],
    locales: [fr, ar],
    locale: document.documentElement.lang,
    direction: document.dir || "ltr",
    timeZone: "UTC",
    now: practiceNow,
    firstDay: 1,
    initialView: VIEWS[document.body.dataset.view] ?? VIEWS.week,
    initialDate: place.dataset.date,
    hiddenDays: document.body.dataset.view === "day" ? [] : usual.closed,
    headerToolbar: false,
    height: "100%",
    allDaySlot: false,
    slotDuration: "00:15:00",
    slotMinHeight: QUARTER,
    eventShortHeight: QUARTER + 6,
    slotMinTime: `${pad(usual.first)}:00:00`,
    slotMaxTime: `${pad(usual.last)}:00:00`,
    slotHeaderInterval: "01:00",
    slotHeaderFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
    slotEventOverlap: false,
    scrollTime:
      wallOf(practiceNow()).slice(11) > "11:00" ? `${pad(practiceNow().getUTCHours() - 2)}:00:00` : "00:00:00",
    nowIndicator: true,
    editable: true,
    eventDurationEditable: false,
    eventInteractive: true,
    eventSources: [
      { events: visits, failure },
      { events: background, failure },
    ],
    eventContent: content,
    eventDidMount: drawn,
    eventClick: ({ event, jsEvent }) => {
      jsEvent.preventDefault();
      if (event.extendedProps.links) showVisit(event.id, { event: jsEvent });
    },
    eventDrop: dropped,
    dateClick: clickedEmpty,
    datesSet: shows,
    eventSourceSuccess: () => {
      failed.hidden = true;
    },
    dayHeaderContent: dayHead,
    dayHeaderDidMount: nameHeads,
    dayLaneDidMount: offerVisit,
    dayHeaderAlign: "center",
    timedText: place.dataset.labelHours,
    // Looks
    eventClass: ({ event, isMirror, isShort }) =>
      event.display === "background"
        ? ""
        : `event is-${event.extendedProps.look}${isShort ? " is-short" : ""}${isMirror ? " is-mirror" : ""}`,
    eventInnerClass: "event-inner",
    backgroundEventClass: ({ event }) => `behind behind-${event.extendedProps.kind}`,
    backgroundEventTitleClass: "behind-title",
    dayHeaderClass: ({ isToday }) => `day-head${isToday ? " is-today" : ""}`,
    dayHeaderDividerClass: "day-head-divider",
    dayLaneClass: ({ isToday }) => `lane${isToday ? " is-today" : ""}`,
    dayLaneInnerClass: "lane-inner",
    slotHeaderClass: "slot-head",
    slotHeaderInnerClass: "slot-head-inner",
    nowIndicatorLineClass: "now-line",
    nowIndicatorDotClass: "now-dot",
    nowIndicatorHeaderClass: "now-head",
    highlightClass: "highlight",
  });
  place.replaceChildren();
  calendar.render();
  // Written out, so that coming back here finds the same address.
  window.history.replaceState({}, "", addressNow());
}

// A phone has the list; turned into a desktop's window it gets the calendar.
function startWhenWide() {
  if (calendar || !wide.matches || document.body.dataset.view === "list") return;
  start();
}

if (place) {
  startWhenWide();
  wide.addEventListener("change", startWhenWide);
  document.addEventListener("click", go);
  markShown();
  document.addEventListener("htmx:afterSettle", markShown);
}
