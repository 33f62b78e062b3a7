// The desk beside the agenda: opening a visit in it, its dialogs, its four buttons.
//
//   a[data-shows=<id>]   opens that visit at the desk (without scripts: its page)
//   a[data-dialog]       opens the page it leads to as a dialog

import { announce } from "../announce.js";

const dialog = document.getElementById("dialog");
const desk = () => document.getElementById("desk");

export const shownVisit = () => desk()?.dataset.appointment ?? "";

// Tells the calendar and the address bar: detail is { id, date }.
function tellShown() {
  const { appointment = "", date = "" } = desk().dataset;
  document.body.dispatchEvent(new CustomEvent("desk-shows", { detail: { id: appointment, date } }));
}

// The visit asked for last is the one that comes: a request for another one is stopped. Until it is
// there, nothing is done to the visit still on show: a reader who clicks a patient and presses
// “Arrivé” at once means that patient.
let turn = 0;

export async function showVisit(id, { quiet = false, event = null } = {}) {
  const before = desk();
  const mine = ++turn;
  window.htmx.trigger(before, "htmx:abort");
  before.inert = shownVisit() !== id;
  const options = { source: before, target: before, swap: "outerHTML", event };
  try {
    await window.htmx.ajax("GET", `/dashboard/desk/${id}/`, options);
  } catch {
    // Stopped, or no connection: the visit before stays.
  }
  if (mine !== turn) return;
  before.inert = false;
  if (shownVisit() === id && !quiet) announce(document.getElementById("desk-name")?.textContent);
}

export function closeDesk() {
  const old = desk();
  if (!old.dataset.appointment) return;
  const empty = document.getElementById("desk-empty").content.firstElementChild.cloneNode(true);
  old.replaceWith(empty);
  tellShown();
}

// -- links --------------------------------------------------------------------------------

const plain = (event) => !(event.ctrlKey || event.metaKey || event.shiftKey || event.button);

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-shows], a[data-dialog], a[data-desk-close]");
  if (!link || !plain(event)) return;
  if (link.matches("[data-desk-close]")) {
    event.preventDefault();
    closeDesk();
  } else if (link.matches("[data-shows]")) {
    event.preventDefault();
    link.closest("dialog")?.close();
    showVisit(link.dataset.shows, { event });
  } else if (dialog) {
    event.preventDefault();
    link.closest("dialog")?.close();
    openDialog(link.href);
  }
});

// -- dialogs ------------------------------------------------------------------------------

let onClose = null;

// `closed(isDone)` is called once: whether what the dialog asked for was done.
export function openDialog(address, closed = null) {
  document.getElementById("dialog_body").replaceChildren();
  onClose = closed;
  dialog.showModal();
  // Without an answer requests.js says why.
  window.htmx.ajax("GET", address, { target: "#dialog_body", swap: "innerHTML" }).catch(() => {});
}

function settleDialog(isDone) {
  const closed = onClose;
  onClose = null;
  closed?.(isDone);
}

dialog?.addEventListener("close", () => settleDialog(false));

// The server did what was asked for; it also says which visit it is about.
document.body.addEventListener("desk-changed", (event) => {
  const { appointment, say } = event.detail ?? {};
  if (!appointment) return;
  settleDialog(true);
  if (dialog.open) dialog.close();
  if (say) announce(say);
});

// -- the four buttons ---------------------------------------------------------------------

// One that cannot be pressed says why, instead of asking the server to.
document.addEventListener(
  "click",
  (event) => {
    const button = event.target.closest?.(".status-btn");
    if (!button) return;
    const why = document.getElementById("why_not");
    why.hidden = true;
    if (button.hasAttribute("data-is-so")) {
      event.preventDefault();
      event.stopImmediatePropagation();
    } else if (button.getAttribute("aria-disabled") === "true") {
      event.preventDefault();
      event.stopImmediatePropagation();
      why.textContent = button.title;
      why.hidden = false;
    }
  },
  true,
);

// -- what the server cannot draw ----------------------------------------------------------

// Colours that doctors picked: the content security policy allows no style attribute.
export function colour(root) {
  const all = root.querySelectorAll("[data-type-color]");
  for (const each of all) each.style.setProperty("--type", each.dataset.typeColor);
}

// Minutes that pass while a page stands.
const drawnAt = new WeakMap();

function tick() {
  for (const each of document.querySelectorAll("[data-minutes]")) {
    if (!drawnAt.has(each)) drawnAt.set(each, Date.now());
    const passed = Math.floor((Date.now() - drawnAt.get(each)) / 60_000);
    each.textContent = String(Number(each.dataset.minutes) + passed);
  }
}

function settle() {
  colour(document);
  tick();
}

settle();
setInterval(tick, 15_000);
document.addEventListener("htmx:afterSettle", (event) => {
  settle();
  if (event.detail.elt?.id === "desk") tellShown();
});

// Somebody else changed the visit on the desk: show it as it is now. The private note stays
// (hx-preserve), with whatever is being typed.
document.body.addEventListener("visit-is-newer", (event) => {
  const isShown = event.detail.id === shownVisit() && !desk().inert;
  if (isShown) showVisit(event.detail.id, { quiet: true });
});

// The list, where it is what is looked at.
document.body.addEventListener("agenda-changed", () => {
  const list = document.getElementById("day_list");
  if (list?.checkVisibility()) window.htmx.trigger(list, "refresh");
});
