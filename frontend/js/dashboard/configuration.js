// "For all": what is chosen there is chosen in every line, and may then be changed in one.

document.addEventListener("change", (event) => {
  const all = event.target.closest?.("[data-outcome-all]");
  if (!all) return;
  const { value } = event.target;
  for (const each of all.closest("form").querySelectorAll(`.hit input[value="${value}"]`)) {
    each.checked = true;
  }
});

// A colour that is picked is also chosen.
document.addEventListener("input", (event) => {
  if (event.target.name !== "other_color") return;
  const other = event.target.form.querySelector("[name=color][value=other]");
  if (other) other.checked = true;
});

// On a phone the tabs are wider than the page: the current one comes into view.
document.querySelector(".tabs [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
