// Arrow keys turn the pages of a document; the links do the same without this module.

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (event.target.closest("input, textarea, select, details, [contenteditable]")) return;
  const step = { ArrowLeft: "[data-before]", ArrowRight: "[data-after]", PageUp: "", PageDown: "" }[event.key];
  const link = step && document.querySelector(`[data-viewer] ${step}`);
  if (link) {
    event.preventDefault();
    link.click();
  }
});
