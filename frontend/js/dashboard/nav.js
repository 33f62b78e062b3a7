// The navigation's width. The choice is a cookie that the server reads, so that the next page is
// drawn right at once (body[data-nav], see dashboard/cockpit.py).

const YEAR = 365 * 24 * 3600;
const toggle = document.querySelector("[data-nav-toggle]");

// Drawn by CSS alone while nothing was chosen: a rail in a narrow window.
const isOpen = () => toggle.closest(".nav").clientWidth > 128;

function agree() {
  toggle.setAttribute("aria-expanded", String(isOpen()));
}

toggle?.addEventListener("click", () => {
  const nav = isOpen() ? "rail" : "open";
  document.body.dataset.nav = nav;
  document.cookie = `nav=${nav}; path=/dashboard/; max-age=${YEAR}; samesite=lax`;
  agree();
});

if (toggle) {
  agree();
  window.addEventListener("resize", agree);
}
