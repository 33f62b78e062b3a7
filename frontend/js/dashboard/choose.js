// For whom a new visit is: input[data-chooses] is a combobox over the people who are found, with a
// new patient as the last one. htmx draws the list; without scripts there are radio buttons.

import { announce } from "../announce.js";
import { combobox } from "../combobox.js";

const boxes = new WeakMap();

function assist(input) {
  const around = input.closest("fieldset");
  const list = () => around.querySelector("[role=listbox]");
  if (!list()) return null;
  const box = combobox(input, { list, around, ask, take });

  function ask() {
    box.open();
    return box.isOpen();
  }

  function take(option) {
    const { patient, chosen, firstName, lastName } = option.dataset;
    const place = around.querySelector("#new_visit_chosen");
    const fields = around.querySelector("details");
    input.value = "";
    fields.open = !patient;
    if (patient) {
      const line = document.createElement("p");
      line.className = "chosen-person";
      const field = Object.assign(document.createElement("input"), { type: "hidden", name: "patient", value: patient });
      line.append(...option.cloneNode(true).childNodes, field);
      place.replaceChildren(line);
      announce(chosen);
      input.form.elements.consultation_type.focus();
    } else {
      place.replaceChildren();
      const { first_name: first, last_name: last } = input.form.elements;
      if (firstName) first.value = firstName;
      if (lastName) last.value = lastName;
      (firstName ? last : first).focus();
    }
  }

  return box;
}

function boxOf(input) {
  if (!boxes.has(input)) {
    const box = assist(input);
    if (box) boxes.set(input, box);
  }
  return boxes.get(input);
}

// The fields of a new patient count while they are open, and choosing somebody closes them.
document.addEventListener(
  "toggle",
  ({ target }) => {
    const box = target.querySelector?.("[name=patient][value=new]");
    if (!box) return;
    box.checked = target.open;
    if (target.open) target.closest("fieldset").querySelector("#new_visit_chosen").replaceChildren();
  },
  true,
);

document.addEventListener("change", (event) => {
  if (!event.target.matches?.("[type=radio][name=patient]")) return;
  event.target.closest("fieldset").querySelector("details").open = false;
});

document.addEventListener("htmx:afterSettle", (event) => {
  const input = document.querySelector("input[data-chooses]");
  const box = input && boxOf(input);
  const isAnswer = event.detail.elt.id === "new_visit_found";
  if (!box || !isAnswer || document.activeElement !== input) return;
  box.open();
  // Enter takes the first one.
  if (box.isOpen()) box.point(document.querySelector("#new_visit_found [role=option]"));
});
