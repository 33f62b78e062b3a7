// Keys of the agenda: arrows from visit to visit, 1 to 4 for the desk's buttons, N, T and "?".
// Nothing fires while somebody types or a dialog is open.

import { isTyping } from "./typing.js";

const EVENT = "[data-event]";

const visits = () =>
  [...document.querySelectorAll(`:is(#calendar, #team_day) ${EVENT}[data-start]`)].sort(
    (a, b) => day(a).localeCompare(day(b)) || a.dataset.start.localeCompare(b.dataset.start),
  );

const rows = () => [...document.querySelectorAll("#day_list a.event")].filter((each) => each.checkVisibility());

// What stands in one column: a day's visits or, side by side, a doctor's.
const day = (element) => element.dataset.column ?? element.dataset.start.slice(0, 10);
const time = (element) => element.dataset.start.slice(11);

function sideways(all, from, step) {
  const days = [...new Set(all.map(day))];
  const wanted = days[days.indexOf(day(from)) + step];
  if (!wanted) return null;
  const there = all.filter((each) => day(each) === wanted);
  const distance = (each) => Math.abs(minutes(time(each)) - minutes(time(from)));
  return there.reduce((near, each) => (distance(each) < distance(near) ? each : near));
}

const minutes = (clock) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5));

function walk(key) {
  const list = rows();
  const all = list.length ? list : visits();
  if (!all.length) return false;
  const from = document.activeElement?.closest?.(list.length ? "a.event" : EVENT);
  const at = all.indexOf(from);
  const step = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 }[key];
  if (at < 0) {
    const now = document.getElementById("news").dataset.now;
    const chosen = all.find((each) => each.matches("[aria-current=true]"));
    const next = list.length ? all[0] : all.find((each) => (each.dataset.end ?? each.dataset.start) > now);
    (chosen ?? next ?? all[0]).focus();
    return true;
  }
  const isSideways = key === "ArrowLeft" || key === "ArrowRight";
  const turn = isSideways && document.dir === "rtl" ? -1 : 1;
  const next = isSideways && !list.length ? sideways(all, from, step * turn) : all[at + step];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
  return true;
}

// The digit's key, whatever it types: on a French keyboard a digit alone needs Shift.
const statusKey = ({ key, code, shiftKey }) =>
  /^[1-4]$/.test(key) ? key : (!shiftKey && /^Digit([1-4])$/.exec(code)?.[1]) || null;

document.addEventListener("keydown", (event) => {
  if (isTyping(event)) return;
  const { key } = event;
  if (key.startsWith("Arrow")) {
    // A radio, a menu and a scrolled region have arrows of their own.
    const elsewhere = event.target.closest?.("a, button, [role]");
    if (elsewhere && !elsewhere.matches(`${EVENT}, a.event`)) return;
    if (walk(key)) event.preventDefault();
  } else if (statusKey(event)) {
    document.querySelector(`#desk:not([inert]) #status-${statusKey(event)}`)?.click();
  } else if (key === "?") {
    document.getElementById("shortcuts")?.showModal();
  } else if (key === "n" || key === "N") {
    document.querySelector("#toolbar a[data-dialog]")?.click();
  } else if (key === "t" || key === "T") {
    document.querySelector("#toolbar [data-goes=today]")?.click();
  }
});
