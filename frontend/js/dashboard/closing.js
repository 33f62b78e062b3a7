// Visits to close: V, A and N answer for the visit that has the focus and lead to the next one.

const ANSWERS = { v: "done", a: "no_show", n: "cancelled" };

document.addEventListener("keydown", (event) => {
  const row = event.target.closest?.("[data-closing] .closing-row");
  const answer = ANSWERS[event.key.toLowerCase()];
  if (!row || !answer || event.ctrlKey || event.metaKey || event.altKey) return;
  const wanted = row.querySelector(`.endings input[value="${answer}"]:enabled`);
  if (!wanted) return;
  event.preventDefault();
  wanted.checked = true;
  const rows = [...document.querySelectorAll("[data-closing] .closing-row")];
  const next = rows[rows.indexOf(row) + 1] ?? row;
  (next.querySelector(".endings :checked") ?? next.querySelector(".endings :enabled")).focus();
});
