// The waiting room: rows are dragged into another order (ol[data-reorder]); the same is done by
// each row's menu, for the keyboard. What is being typed stays in a fresh room (hx-preserve).

const ROWS = "ol[data-reorder]";
let dragged = null;
let before = [];
let isLate = false;
let row = null;

function arm() {
  for (const each of document.querySelectorAll(`${ROWS} > li`)) each.draggable = true;
}

function visitsOf(list) {
  return [...list.querySelectorAll(":scope > li")].map((each) => each.dataset.visit);
}

document.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.(`${ROWS} > li`);
  if (!dragged) return;
  before = visitsOf(dragged.parentElement);
  dragged.classList.add("is-dragged");
});

document.addEventListener("dragover", (event) => {
  const over = event.target.closest?.(`${ROWS} > li`);
  if (!dragged || !over || over.parentElement !== dragged.parentElement) return;
  event.preventDefault();
  if (over === dragged) return;
  const box = over.getBoundingClientRect();
  const isBelow = event.clientY > box.top + box.height / 2;
  over[isBelow ? "after" : "before"](dragged);
});

// Without it the browser may follow the link that was dragged with the row.
document.addEventListener("drop", (event) => {
  if (dragged) event.preventDefault();
});

document.addEventListener("dragend", () => {
  if (!dragged) return;
  dragged.classList.remove("is-dragged");
  const list = dragged.parentElement;
  dragged = null;
  const visit = visitsOf(list);
  if (visit.join() === before.join()) return catchUp();
  window.htmx.ajax("POST", list.dataset.reorder, {
    target: "#queue",
    swap: "outerHTML",
    values: { visit },
  });
});

// A second click at the same place is a double click, and by then the next person's button is
// there: one click calls one person.
document.addEventListener(
  "click",
  (event) => {
    if (event.detail > 1 && event.target.closest?.("#queue form button")) event.preventDefault();
  },
  true,
);

// A change elsewhere takes away neither the row in one's hand nor the menu that is open: the
// room is fetched after it.
function isBusy() {
  return dragged || document.querySelector("#queue details.menu[open]");
}

function catchUp() {
  if (!isLate || isBusy()) return;
  isLate = false;
  window.htmx.trigger(document.body, "agenda-changed");
}

document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt, requestConfig } = event.detail;
  if (!elt.closest("#queue")) return;
  if (elt.id === "queue" && requestConfig?.verb === "get" && isBusy()) {
    isLate = true;
    event.preventDefault();
  }
});

document.addEventListener("toggle", catchUp, true);

// Who moved a row or called somebody with the keyboard is still at that row, or at the list.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { target } = event.detail;
  if (target.id !== "queue") return;
  const at = target.contains(document.activeElement) ? document.activeElement : null;
  row = at && at.id !== "walkin_q" ? (at.closest("[data-visit]")?.dataset.visit ?? "") : null;
});

function stayAtRow() {
  if (row === null || document.activeElement !== document.body) return;
  const place = row && document.querySelector(`[data-visit="${row}"] details.menu > summary`);
  (place || document.getElementById("queue-waiting"))?.focus();
  row = null;
}

arm();
document.addEventListener("htmx:afterSettle", () => {
  arm();
  stayAtRow();
});
