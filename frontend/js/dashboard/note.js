// Private notes save themselves: half a second after the last key, on leaving the field, and
// before the page or the visit goes. The text is never lost: what could not be saved stays in the
// field, is tried again, and leaving the page asks first.
//
// A page that goes sends the last words without waiting. It leaves them to the page that comes as
// well, in the tab's own storage, because that page may be drawn before they are saved. They are
// gone from there as soon as that page has read them.

const PAUSE = 600;
const AGAIN = 5000;
const DRAFT = "note ";
const DRAFT_LASTS = 60 * 60_000;

// Every form that was touched, also one whose visit has left the desk before it could be saved.
const states = new Map();

const formOf = (element) => element.closest?.("form[data-note]");

function stateOf(form) {
  if (!states.has(form)) {
    const { value } = form.elements.text;
    states.set(form, { saved: value, own: null, timer: null, saving: null, stuck: false, failed: false });
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

async function save(form) {
  const state = stateOf(form);
  clearTimeout(state.timer);
  if (state.saving) await state.saving;
  if (!isUnsaved(form) || state.stuck) return;
  const text = form.elements.text.value;
  say(form, form.dataset.saving, "saving");
  state.saving = send(form, text).finally(() => {
    state.saving = null;
  });
  await state.saving;
}

// `own` is what this window sent before and has no answer for: it is nobody else's change.
function post(form, text, options) {
  const state = stateOf(form);
  const body = new FormData(form);
  body.set("text", text);
  if (state.own !== null) body.set("own", state.own);
  state.own = text;
  return fetch(form.action, {
    method: "POST",
    headers: { Accept: "application/json" },
    body,
    redirect: "error",
    ...options,
  });
}

async function send(form, text) {
  const state = stateOf(form);
  let response;
  try {
    response = await post(form, text);
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
  Object.assign(state, { saved: text, own: null, failed: false });
  say(form, saved, "saved");
  if (isUnsaved(form)) schedule(form, PAUSE);
  else if (!form.isConnected) states.delete(form);
}

function failed(form) {
  stateOf(form).failed = true;
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
  if (!form || states.has(form)) return;
  takeDraft(form);
  takeOver(form);
});

// -- a page that goes, and the one that comes ------------------------------------------------

window.addEventListener("pagehide", () => {
  for (const form of unsavedForms()) {
    const { saving, own } = stateOf(form);
    const text = form.elements.text.value;
    const draft = { text, seen: form.elements.seen.value, own: saving ? own : null, at: Date.now() };
    sessionStorage.setItem(DRAFT + form.action, JSON.stringify(draft));
    post(form, text, { keepalive: true }).catch(() => {});
  }
});

function takeDraft(form) {
  const kept = sessionStorage.getItem(DRAFT + form.action);
  sessionStorage.removeItem(DRAFT + form.action);
  const draft = kept && JSON.parse(kept);
  if (!draft || Date.now() - draft.at > DRAFT_LASTS || draft.text === form.elements.text.value) return;
  stateOf(form).own = draft.own;
  form.elements.seen.value = draft.seen;
  form.elements.text.value = draft.text;
  schedule(form, 0);
}

function forgetOldDrafts() {
  for (const key of Object.keys(sessionStorage)) {
    const isOld = key.startsWith(DRAFT) && Date.now() - JSON.parse(sessionStorage.getItem(key)).at > DRAFT_LASTS;
    if (isOld) sessionStorage.removeItem(key);
  }
}

forgetOldDrafts();
document.querySelectorAll("form[data-note]").forEach(takeDraft);

// Out of the browser's memory: what was sent on leaving is sent again, and is the same.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of unsavedForms()) {
    sessionStorage.removeItem(DRAFT + form.action);
    schedule(form, 0);
  }
});

window.addEventListener("beforeunload", (event) => {
  const isAtRisk = (form) => stateOf(form).stuck || stateOf(form).failed;
  if (unsavedForms().some(isAtRisk)) event.preventDefault();
});
