// Where the focus goes when a swap takes what had it.

const CONTROLS = "button:not(:disabled), a[href], summary, input:not([type=hidden]):not(:disabled), select, textarea";

const controlsIn = (place) => [...place.querySelectorAll(CONTROLS)].filter((each) => each.checkVisibility());

// What a control does: where a link leads and its words, for two filters may lead to one page; or
// what a button sends and where. A button taken out of its form does not know where any more.
function deed(control, { withForm, withValue }) {
  if (control.href) return `${control.href} ${control.textContent.trim()}`;
  const form = withForm ? control.form?.getAttribute("action") : "";
  const where = control.getAttribute("formaction") ?? form ?? "";
  return control.name ? `${where} ${control.name} ${withValue ? control.value : ""}` : where;
}

// The control in `place` that does the same; a switch does so with its other value.
export function twinOf(held, place) {
  const options = { withForm: Boolean(held.form), withValue: !held.matches("[role=switch]") };
  const wanted = deed(held, options);
  const twins = wanted ? controlsIn(place).filter((each) => deed(each, options) === wanted) : [];
  if (twins.length === 1) return twins[0];
  // A line of a menu that closed: the menu.
  const menu = held.closest("details.menu")?.querySelector("summary");
  return (menu?.id && document.getElementById(menu.id)) || null;
}

export function focusOn(element, options) {
  if (element.tabIndex < 0 && !element.hasAttribute("tabindex")) element.setAttribute("tabindex", "-1");
  element.focus(options);
}

// To the same thing in `place`, else to what stands there for the focus: [data-focus-lost], a
// heading, the place itself.
export function restoreFocus(held, place) {
  const home = place.querySelector("[data-focus-lost]") ?? place.querySelector("h1, h2, h3") ?? place;
  focusOn(twinOf(held, place) ?? home, { preventScroll: true });
}
