// Choosing a time in a form[data-slot-form].
//
// Without scripts a pill (button.slot[name=appointment_time]) submits its own value. With them a
// click only chooses: the value goes to input[data-chosen-time] (disabled in the HTML, so that it
// is never sent twice), the words of the pill's data-label to [data-choice], and [data-next] wakes.
// Arrow keys walk the grid: up and down in a day, sideways between days.
//
// The grid is swapped under our hands (other days, a time taken by somebody else). A choice stays
// as long as its pill is still free, its day is not on show, or the day has more times than it
// shows (data-more) and the choice is among those; else it is given up and the form's data-gone
// is said.

import { announce } from "./announce.js";

const FORM = "form[data-slot-form]";
const PILL = "button.slot[name=appointment_time]";

const freePills = (root) => [...root.querySelectorAll(`${PILL}:not(:disabled)`)];

function choose(form, pill) {
  const input = form.querySelector("[data-chosen-time]");
  if (!input) return;
  input.value = pill.value;
  input.disabled = false;
  form.dataset.chosenDay = pill.closest("[data-date]")?.dataset.date ?? "";
  mark(form, pill);
  say(form, pill.dataset.label || pill.textContent.trim());
}

function giveUp(form) {
  const input = form.querySelector("[data-chosen-time]");
  input.value = "";
  input.disabled = true;
  mark(form, null);
  say(form, null);
  announce(form.dataset.gone);
}

function mark(form, chosen) {
  for (const pill of form.querySelectorAll(PILL)) {
    pill.setAttribute("aria-pressed", String(pill === chosen));
  }
}

// `words` null: nothing is chosen.
function say(form, words) {
  const choice = form.querySelector("[data-choice]");
  if (choice) {
    choice.dataset.none ??= choice.textContent;
    choice.textContent = words ?? choice.dataset.none;
  }
  for (const next of form.querySelectorAll("[data-next]")) next.disabled = words === null;
}

// After a page load or a swap: what the hidden input holds is what the grid shows.
function agree(form) {
  const input = form.querySelector("[data-chosen-time]");
  if (!input) return;
  if (!input.value) {
    // The server may have marked one: the address says which time was chosen.
    const marked = freePills(form).find((each) => each.matches("[aria-pressed=true]"));
    if (marked) choose(form, marked);
    else mark(form, null);
    return;
  }
  const pill = freePills(form).find((each) => each.value === input.value);
  if (pill) {
    choose(form, pill);
    return;
  }
  if (isOutOfSight(form, input.value)) mark(form, null);
  else giveUp(form);
}

function isOutOfSight(form, chosen) {
  if (!form.dataset.chosenDay) return false;
  const day = form.querySelector(`[data-date="${CSS.escape(form.dataset.chosenDay)}"]`);
  if (!day) return true;
  const last = freePills(day).at(-1);
  return "more" in day.dataset && Date.parse(last.value) < Date.parse(chosen);
}

function neighbour(pill, key) {
  const form = pill.closest(FORM) ?? document;
  const days = [...form.querySelectorAll(".day")].filter((day) => freePills(day).length);
  const day = pill.closest(".day");
  const pills = freePills(day);
  const row = pills.indexOf(pill);
  const step = { ArrowUp: -1, ArrowDown: 1 }[key];
  if (step) return pills[row + step];
  if (key === "Home") return pills[0];
  if (key === "End") return pills.at(-1);
  const forward = getComputedStyle(day).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
  const next = days[days.indexOf(day) + (key === forward ? 1 : -1)];
  if (!next) return undefined;
  const there = freePills(next);
  return there[Math.min(row, there.length - 1)];
}

document.addEventListener("click", (event) => {
  const pill = event.target.closest?.(PILL);
  const form = pill?.closest(FORM);
  if (!form?.querySelector("[data-chosen-time]")) return;
  event.preventDefault();
  choose(form, pill);
});

document.addEventListener("keydown", (event) => {
  const keys = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End"];
  if (!keys.includes(event.key) || event.altKey || event.ctrlKey || event.metaKey) return;
  const pill = event.target.closest?.(PILL);
  if (!pill?.closest(".day")) return;
  event.preventDefault();
  neighbour(pill, event.key)?.focus();
});

function agreeAll() {
  document.querySelectorAll(FORM).forEach(agree);
}

agreeAll();
// Restored by the back button, the page keeps the input's value but not our marks.
window.addEventListener("pageshow", agreeAll);
document.addEventListener("htmx:afterSettle", agreeAll);
