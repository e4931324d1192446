// When the line is down while the review saves itself: says so, keeps the words in their fields, and tries again
// when the browser is back online. Nothing is kept in the browser.

const form = document.getElementById("review");

function say(words) {
  const line = document.getElementById("saved");
  if (!line) return;
  line.hidden = false;
  line.querySelector("span").textContent = words;
}

if (form && form.dataset.lost) {
  for (const kind of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
    form.addEventListener(kind, () => say(form.dataset.lost));
  }
  window.addEventListener("online", () => form.dispatchEvent(new Event("change", { bubbles: true })));
}
