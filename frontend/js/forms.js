// Plain forms: one click sends once. htmx forms use hx-disabled-elt for the same.

const PATIENCE = 10_000; // a download leaves the page standing: the button comes back

const busy = new Set();

function release(button) {
  button.disabled = false;
  button.removeAttribute("aria-busy");
  busy.delete(button);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.target === "_blank") return;
  const button = event.submitter ?? form.querySelector("[type=submit]");
  if (!button) return;
  // Later: a disabled button's own value would not be sent.
  setTimeout(() => {
    button.disabled = true;
    button.setAttribute("aria-busy", "true");
    busy.add(button);
    setTimeout(() => release(button), PATIENCE);
  });
});

// Back from the next page, possibly out of the browser's memory with everything as it was.
window.addEventListener("pageshow", () => busy.forEach(release));

// A link of the error summary leads to a field: put the cursor into it, not only the page.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.(".error-summary a[href^='#']");
  const field = link && document.getElementById(link.hash.slice(1));
  if (!field) return;
  event.preventDefault();
  field.focus();
});
