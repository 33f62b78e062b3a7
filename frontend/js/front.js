// The element in front of everything else: the dialog that was opened last, else the page. What is
// outside an open dialog is neither seen nor heard.
export const front = () => [...document.querySelectorAll("dialog:modal")].at(-1) ?? document.body;

export function bringToFront(element) {
  if (element.parentElement !== front()) front().append(element);
}
