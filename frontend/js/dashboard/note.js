// Private notes save themselves: half a second after the last key, on leaving the field, and
// before the page or the visit goes. The text is never lost: what could not be saved stays in the
// field, is tried again, and leaving the page asks first.

const PAUSE = 600;
const AGAIN = 5000;

// Every form that was touched, also one whose visit has left the desk before it could be saved.
const states = new Map();

const formOf = (element) => element.closest?.("form[data-note]");

function stateOf(form) {
  if (!states.has(form)) {
    const { value } = form.elements.text;
    states.set(form, { saved: value, timer: null, saving: null, stuck: false });
  }
  return states.get(form);
}

const isUnsaved = (form) => form.elements.text.value !== stateOf(form).saved;

function say(form, words, look) {
  const place = form.querySelector("[data-note-state]");
  place.dataset.look = look;
  place.querySelector("svg")?.remove();
  place.querySelector("[data-note-words]").textContent = words;
}

async function save(form, { keepalive = false } = {}) {
  const state = stateOf(form);
  clearTimeout(state.timer);
  if (state.saving) await state.saving;
  if (!isUnsaved(form) || state.stuck) return;
  const text = form.elements.text.value;
  say(form, form.dataset.saving, "saving");
  state.saving = send(form, text, keepalive).finally(() => {
    state.saving = null;
  });
  await state.saving;
}

async function send(form, text, keepalive) {
  const state = stateOf(form);
  const body = new FormData(form);
  body.set("text", text);
  let response;
  try {
    response = await fetch(form.action, {
      method: "POST",
      headers: { Accept: "application/json" },
      body,
      keepalive,
      redirect: "error",
    });
  } catch {
    failed(form);
    return;
  }
  if (response.status === 409) {
    clash(form, await response.json());
    return;
  }
  if (!response.ok) {
    failed(form);
    return;
  }
  const { version, saved } = await response.json();
  form.elements.seen.value = version;
  state.saved = text;
  say(form, saved, "saved");
  if (isUnsaved(form)) schedule(form, PAUSE);
  else if (!form.isConnected) states.delete(form);
}

function failed(form) {
  say(form, form.dataset.failed, "failed");
  schedule(form, AGAIN);
}

// Another window was quicker: both texts are shown, and the writer decides.
function clash(form, { version, text }) {
  const state = stateOf(form);
  state.stuck = true;
  say(form, form.dataset.changed, "failed");
  const box = form.querySelector("[data-note-clash]");
  box.querySelector("[data-note-other]").textContent = text;
  box.dataset.version = version;
  box.hidden = false;
}

function decide(form, button) {
  const state = stateOf(form);
  const box = form.querySelector("[data-note-clash]");
  const other = box.querySelector("[data-note-other]").textContent;
  form.elements.seen.value = box.dataset.version || form.elements.seen.value;
  state.stuck = false;
  state.saved = other;
  box.hidden = true;
  if (button.hasAttribute("data-note-take")) form.elements.text.value = other;
  save(form);
  form.elements.text.focus();
}

function schedule(form, delay) {
  const state = stateOf(form);
  clearTimeout(state.timer);
  state.timer = setTimeout(() => save(form), delay);
}

// The visit is back on the desk while its note still waits: the text goes on from there.
function takeOver(form) {
  const waiting = unsavedForms().find((each) => !each.isConnected && each.action === form.action);
  if (!waiting) return;
  const { value } = waiting.elements.text;
  clearTimeout(stateOf(waiting).timer);
  states.delete(waiting);
  stateOf(form);
  form.elements.text.value = value;
  schedule(form, 0);
}

document.addEventListener("focusin", (event) => {
  const form = formOf(event.target);
  if (form) stateOf(form);
});

document.addEventListener("input", (event) => {
  const form = formOf(event.target);
  if (form) schedule(form, PAUSE);
});

document.addEventListener("focusout", (event) => {
  const form = formOf(event.target);
  if (form && isUnsaved(form)) save(form);
});

document.addEventListener("submit", (event) => {
  const form = formOf(event.target);
  if (!form) return;
  event.preventDefault();
  save(form);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-note-keep], [data-note-take]");
  if (button) decide(formOf(button), button);
});

const unsavedForms = () => [...states.keys()].filter(isUnsaved);

// Another visit comes to the desk: what is not saved yet goes off with its own request.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target?.id === "desk") for (const form of unsavedForms()) save(form);
});

document.addEventListener("htmx:afterSettle", () => {
  const form = document.querySelector("form[data-note]");
  if (form && !states.has(form)) takeOver(form);
});

window.addEventListener("pagehide", () => {
  for (const form of unsavedForms()) save(form, { keepalive: true });
});

window.addEventListener("beforeunload", (event) => {
  if (unsavedForms().length) event.preventDefault();
});
