// The ARIA combobox pattern for a field with a list under it: the focus stays in the field, arrows
// point at an option, Enter takes it, Escape closes, Tab goes on.
//
//   list()         the listbox as it stands now: others swap it
//   around         an element around the list that stays
//   ask()          asks for the list of what is typed
//   take(option)   does what the option means
//   stop()         forgets what was asked for

export function combobox(input, { list, around, ask, take, stop = () => {} }) {
  const options = () => [...list().querySelectorAll("[role=option]")];
  const isOpen = () => !list().hidden;
  let pointed = null;

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
    stop();
    point(null);
    list().hidden = true;
    input.setAttribute("aria-expanded", "false");
  }

  // Shows the list as it was drawn anew.
  function open() {
    point(null);
    list().hidden = options().length === 0;
    input.setAttribute("aria-expanded", String(isOpen()));
  }

  function choose(option) {
    close();
    take(option);
  }

  function move(step) {
    const all = options();
    const from = pointed ? all.indexOf(pointed) : step > 0 ? -1 : all.length;
    // Past the last one is the field itself, as it was typed.
    point(all[from + step]);
  }

  input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (isOpen()) move(event.key === "ArrowDown" ? 1 : -1);
      else if (!ask()) return;
      event.preventDefault();
    } else if (event.key === "Enter" && pointed) {
      event.preventDefault();
      choose(pointed);
    } else if (event.key === "Escape" && isOpen()) {
      event.preventDefault();
      close();
    } else if (event.key === "Escape" || event.key === "Enter" || event.key === "Tab") {
      close();
    }
  });

  input.addEventListener("blur", close);

  // A press on the list leaves the focus, and a phone's keyboard, where they are.
  around.addEventListener("mousedown", (event) => {
    if (event.target.closest("[role=listbox]")) event.preventDefault();
  });
  around.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) choose(option);
  });

  return { close, isOpen, open, point };
}
