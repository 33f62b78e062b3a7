// Grids of cards far down a list come when their cards are near: [data-later] holds the address
// that answers those of a few cards at once, each with its own id, to be swapped into its place.

const asked = new Set();

const near = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) if (entry.isIntersecting) ask(entry.target);
  },
  // A screen ahead: a reader who scrolls slowly never sees an empty place.
  { rootMargin: "100% 0px" },
);

async function ask(place) {
  const address = place.dataset.later;
  if (asked.has(address) || !place.isConnected) return;
  asked.add(address);
  try {
    await window.htmx.ajax("GET", address, { source: place, swap: "none" });
  } catch {
    // requests.js has said why; it is asked again after the next swap, or when there is a line.
  } finally {
    asked.delete(address);
  }
}

// Observed anew, a place that is in view is asked for at once.
function watch() {
  for (const place of document.querySelectorAll("[data-later]")) {
    near.unobserve(place);
    near.observe(place);
  }
}

document.addEventListener("DOMContentLoaded", watch);
document.addEventListener("htmx:afterSettle", watch);
window.addEventListener("online", watch);
