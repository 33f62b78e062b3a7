// The waiting room: rows are dragged into another order (ol[data-reorder]); the same is done by
// each row's menu, for the keyboard. While something is typed, a fresh room does not take it away.

const ROWS = "ol[data-reorder]";
let dragged = null;

function arm() {
  for (const row of document.querySelectorAll(`${ROWS} > li`)) row.draggable = true;
}

function order(list) {
  const values = new FormData();
  for (const row of list.querySelectorAll(":scope > li")) values.append("visit", row.dataset.visit);
  window.htmx.ajax("POST", list.dataset.reorder, {
    target: "#queue",
    swap: "outerHTML",
    values: { visit: values.getAll("visit") },
  });
}

document.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.(`${ROWS} > li`);
  dragged?.classList.add("is-dragged");
});

document.addEventListener("dragover", (event) => {
  const row = event.target.closest?.(`${ROWS} > li`);
  if (!dragged || !row || row.parentElement !== dragged.parentElement) return;
  event.preventDefault();
  if (row === dragged) return;
  const box = row.getBoundingClientRect();
  const isBelow = event.clientY > box.top + box.height / 2;
  row[isBelow ? "after" : "before"](dragged);
});

document.addEventListener("dragend", () => {
  if (!dragged) return;
  dragged.classList.remove("is-dragged");
  const list = dragged.parentElement;
  dragged = null;
  order(list);
});

// A change elsewhere must not take away what is being typed: the room waits until the field is
// left or empty.
document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt, requestConfig } = event.detail;
  const field = document.getElementById("walkin_q");
  const isRefresh = elt.id === "queue" && requestConfig?.verb === "get";
  if (isRefresh && (dragged || (field && field.value))) event.preventDefault();
});

arm();
document.addEventListener("htmx:afterSettle", arm);
