// Suggestions under the fields of the search bar: input[data-suggest] in a form[data-suggestions],
// the address of the fragment (bookings/partials/suggestions.html).
//
// Without scripts the form is a plain one. A request that fails is nothing to tell: what was typed
// can be searched for all the same.

import { announce } from "./announce.js";
import { combobox } from "./combobox.js";

const WAIT = 150; // ms without a key
const SHORTEST = 2;
const MARGIN = 16; // px
const LEAST_ROOM = 200;

function assist(input) {
  const { form } = input;
  const field = input.dataset.suggest;
  const list = () => document.getElementById(`suggestions-${field}`);
  let timer;
  let request = new AbortController();

  const isEnough = () => input.value.trim().length >= SHORTEST;

  const box = combobox(input, {
    list,
    around: list().parentElement,
    ask: () => isEnough() && Boolean(ask()),
    take,
    stop() {
      clearTimeout(timer);
      request.abort();
    },
  });

  function open(fragment) {
    const fresh = new DOMParser().parseFromString(fragment, "text/html").getElementById(list().id);
    if (!fresh) return;
    list().replaceWith(fresh);
    box.open();
    if (box.isOpen()) makeRoom();
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
      else box.close();
    } catch {
      // Offline: the list there is answers an older text. Or aborted, for a newer question.
      if (!signal.aborted) box.close();
    }
  }

  function take(option) {
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

  input.addEventListener("input", () => {
    clearTimeout(timer);
    box.point(null);
    if (isEnough()) timer = setTimeout(ask, WAIT);
    else box.close();
  });

  // Out of the browser's memory, with the list as it was left.
  window.addEventListener("pageshow", box.close);
}

document.querySelectorAll("form[data-suggestions] [data-suggest]").forEach(assist);
