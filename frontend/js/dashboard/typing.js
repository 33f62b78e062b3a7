// Whether a key belongs to a field, a dialog or the browser, and not to us.
export function isTyping(event) {
  if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return true;
  if (document.querySelector("dialog[open]")) return true;
  return Boolean(event.target.closest?.("input, textarea, select, [contenteditable]"));
}
