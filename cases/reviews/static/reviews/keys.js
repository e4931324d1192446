// Next and previous plan by key, beside the plain links for it. No key does anything while somebody types, with a
// modifier held, in a dialog, or once they are switched off on this device.

const KEPT = "review-keys";
const list = document.querySelector("[data-keys]");

function areOn() {
  try {
    return localStorage.getItem(KEPT) !== "off";
  } catch {
    return true;
  }
}

function keep(on) {
  try {
    localStorage.setItem(KEPT, on ? "on" : "off");
  } catch {
    // a browser that keeps nothing: they are on again on the next page
  }
}

function step(by) {
  const rows = [...document.querySelectorAll("[data-row]")];
  if (!rows.length) return false;
  const here = rows.indexOf(document.activeElement);
  const next = here < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(here + by, 0), rows.length - 1);
  rows[next].focus();
  return true;
}

if (list) {
  const box = list.querySelector("[data-keys-on]");
  list.hidden = false;
  box.checked = areOn();
  box.addEventListener("change", () => keep(box.checked));
  document.addEventListener("keydown", (event) => {
    const isTyped = event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable], dialog");
    if (!box.checked || isTyped || event.defaultPrevented || event.repeat) return;
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = document.querySelector(`a[data-key="${CSS.escape(event.key)}"]`);
    if (link) link.click();
    else if (event.key !== "n" && event.key !== "p") return;
    else if (!step(event.key === "n" ? 1 : -1)) return;
    event.preventDefault();
  });
}
