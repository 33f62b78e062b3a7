// Suggestions under the fields of the search bar: input[data-suggest] in a form[data-suggestions],
// the address of the fragment (bookings/partials/suggestions.html).
//
// The ARIA combobox pattern: focus stays in the field, arrows point at an option, Enter takes it,
// Escape closes, Tab goes on. Without scripts the form is a plain one. A request that fails is
// nothing to tell: what was typed can be searched for all the same.

import { announce } from "./announce.js";

const WAIT = 150; // ms without a key
const SHORTEST = 2;
const MARGIN = 16; // px
const LEAST_ROOM = 200;

function assist(input) {
  const { form } = input;
  const field = input.dataset.suggest;
  const list = () => document.getElementById(`suggestions-${field}`);
  const options = () => [...list().querySelectorAll("[role=option]")];
  const isOpen = () => !list().hidden;
  let pointed = null;
  let timer;
  let request = new AbortController();

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list().id);
  input.setAttribute("aria-expanded", "false");

  function point(option) {
    pointed?.setAttribute("aria-selected", "false");
    pointed = option ?? null;
    if (!pointed) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    pointed.setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", pointed.id);
    pointed.scrollIntoView({ block: "nearest" });
  }

  // Also forgets what is on its way: an answer that comes late finds nobody waiting.
  function close() {
    clearTimeout(timer);
    request.abort();
    point(null);
    list().hidden = true;
    input.setAttribute("aria-expanded", "false");
  }

  function open(fragment) {
    const fresh = new DOMParser().parseFromString(fragment, "text/html").getElementById(list().id);
    if (!fresh) return;
    point(null);
    list().replaceWith(fresh);
    fresh.hidden = options().length === 0;
    input.setAttribute("aria-expanded", String(isOpen()));
    if (isOpen()) makeRoom();
    announce(fresh.dataset.announce);
  }

  // Down to the edge of the window, or a phone's keyboard; the field goes up where that is near.
  function makeRoom() {
    const edge = (window.visualViewport?.height ?? window.innerHeight) - MARGIN;
    const room = () => edge - list().getBoundingClientRect().top;
    if (room() < LEAST_ROOM) form.scrollIntoView({ block: "start" });
    list().style.setProperty("--room", `${Math.max(room(), LEAST_ROOM)}px`);
  }

  async function ask() {
    request.abort();
    request = new AbortController();
    const { signal } = request;
    const query = new URLSearchParams({ q: input.value.trim(), field });
    try {
      const response = await fetch(`${form.dataset.suggestions}?${query}`, { signal });
      const fragment = await response.text();
      if (signal.aborted) return;
      if (response.ok) open(fragment);
      else close();
    } catch {
      // Offline: the list there is answers an older text. Or aborted, for a newer question.
      if (!signal.aborted) close();
    }
  }

  function take(option) {
    close();
    const { href, fill, into } = option.dataset;
    if (href) {
      window.location.assign(href);
      return;
    }
    const filled = form.querySelector(`[data-suggest="${into}"]`);
    filled.value = fill;
    if (filled === input) return;
    // A city typed where the name goes.
    input.value = "";
    filled.focus();
  }

  function move(step) {
    const all = options();
    const from = pointed ? all.indexOf(pointed) : step > 0 ? -1 : all.length;
    // Past the last one is the field itself, as it was typed.
    point(all[from + step]);
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    point(null);
    if (input.value.trim().length < SHORTEST) close();
    else timer = setTimeout(ask, WAIT);
  });

  input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (isOpen()) move(event.key === "ArrowDown" ? 1 : -1);
      else if (input.value.trim().length >= SHORTEST) ask();
      else return;
      event.preventDefault();
    } else if (event.key === "Enter" && pointed) {
      event.preventDefault();
      take(pointed);
    } else if (event.key === "Escape" && isOpen()) {
      event.preventDefault();
      close();
    } else if (event.key === "Escape" || event.key === "Enter" || event.key === "Tab") {
      close();
    }
  });

  input.addEventListener("blur", close);

  const around = list().parentElement;
  // A press on the list leaves the focus, and a phone's keyboard, where they are.
  around.addEventListener("mousedown", (event) => {
    if (event.target.closest(".suggestions")) event.preventDefault();
  });
  around.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) take(option);
  });

  // Out of the browser's memory, with the list as it was left.
  window.addEventListener("pageshow", close);
}

document.querySelectorAll("form[data-suggestions] [data-suggest]").forEach(assist);
