// <dialog> and <details> menus. Without scripts a[data-opens] is a link to a page that asks the
// same question, and a form[data-confirm] is sent without being asked again.

// data-opens="id": open that dialog. data-closes: close the one around.
document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-opens]");
  const dialog = opener && document.getElementById(opener.dataset.opens);
  if (dialog instanceof HTMLDialogElement) {
    event.preventDefault();
    dialog.showModal();
    return;
  }
  if (event.target.closest?.("[data-closes]")) {
    event.target.closest("dialog")?.close();
    return;
  }
  // The backdrop belongs to the dialog: a click on the dialog itself is outside its content.
  if (event.target instanceof HTMLDialogElement) {
    const box = event.target.getBoundingClientRect();
    const inside =
      event.clientX >= box.left &&
      event.clientX <= box.right &&
      event.clientY >= box.top &&
      event.clientY <= box.bottom;
    if (!inside) event.target.close();
  }
});

// data-confirm="id": ask with that dialog first; its [data-confirm-yes] sends the form. In the
// capture phase and on window, before htmx and the browser hear of it.
const confirmed = new WeakSet();

window.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    const dialog = document.getElementById(form.dataset?.confirm ?? "");
    if (!(dialog instanceof HTMLDialogElement)) return;
    if (confirmed.delete(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const { submitter } = event;
    dialog.querySelector("[data-confirm-yes]").onclick = () => {
      dialog.close();
      confirmed.add(form);
      form.requestSubmit(submitter);
    };
    dialog.showModal();
  },
  true,
);

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu !== except) menu.open = false;
  }
}

document.addEventListener("click", (event) => {
  closeMenus(event.target.closest?.("details.menu"));
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  if (!menu) return;
  const hadFocus = menu.contains(document.activeElement);
  menu.open = false;
  if (hadFocus) menu.querySelector("summary").focus();
});
