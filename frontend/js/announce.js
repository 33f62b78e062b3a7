import { bringToFront } from "./front.js";

// Says `text` in the page's one polite live region (#live). Emptied first, so that the same
// sentence twice is read twice.
export function announce(text) {
  const region = document.getElementById("live");
  if (!region || !text) return;
  bringToFront(region);
  region.textContent = "";
  setTimeout(() => {
    region.textContent = text;
  }, 50);
}
