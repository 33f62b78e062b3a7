// Looking for a patient: a[data-people] and the key "/" open the search as a dialog. Without
// scripts the link leads to the same search as a page.

import { isTyping } from "./typing.js";

const dialog = document.getElementById("people_dialog");
const link = document.querySelector("a[data-people]");

export function lookForPatient() {
  if (!dialog || !link || dialog.open) return;
  dialog.showModal();
  window.htmx
    .ajax("GET", link.href, { target: "#people_body", swap: "innerHTML" })
    .then(() => dialog.querySelector("input")?.focus())
    .catch(() => {}); // requests.js says why
}

document.addEventListener("click", (event) => {
  if (!event.target.closest?.("a[data-people]") || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  lookForPatient();
});

// Enter looks; it does not send the form around.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches?.("[type=search][hx-get]")) event.preventDefault();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || isTyping(event)) return;
  event.preventDefault();
  lookForPatient();
});
