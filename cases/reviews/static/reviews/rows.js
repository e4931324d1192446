// Rows of the review: one more point or option where the last one is being written, and a way to the page a field
// names. Without this module there are empty rows after each saving, and the pages open by the viewer's own buttons.

const review = document.getElementById("review");
const NAMES = { line: /^(.*option-\d+-)(\d+)(-.*)$/, option: /^(.*option-)(\d+)(-.*)$/ };

function renumbered(text, kind, by) {
  return text.replace(NAMES[kind], (_whole, before, number, after) => `${before}${Number(number) + by}${after}`);
}

function more(last, kind) {
  const next = last.cloneNode(true);
  if (kind === "option") [...next.querySelectorAll("[data-line]")].slice(3).forEach((line) => line.remove());
  next.querySelectorAll(".rs-error").forEach((error) => error.remove());
  for (const element of [next, ...next.querySelectorAll("*")]) {
    for (const name of ["id", "name", "for", "aria-describedby"]) {
      if (element.hasAttribute(name)) element.setAttribute(name, renumbered(element.getAttribute(name), kind, 1));
    }
    element.removeAttribute("aria-invalid");
    element.classList.remove("rs-field--bad");
    if (element.matches("textarea, input")) {
      element.value = element.matches("[data-key]") ? crypto.randomUUID() : "";
      element.defaultValue = element.matches("[data-key]") ? element.value : "";
    }
    if (element.matches("[data-jump], .rs-linked")) element.hidden = true;
  }
  if (kind === "option") {
    const key = next.querySelector("[data-key]").value;
    next.id = `part-options-${key}`;
    const linked = next.querySelector(".rs-linked");
    linked.id = `linked-options-${key}`;
    linked.replaceChildren();
    const number = next.querySelector("[data-number]");
    number.textContent = Number(number.textContent) + 1;
  }
  last.after(next);
  return next;
}

function add(kind, inside) {
  const rows = inside.querySelectorAll(kind === "option" ? "[data-option]" : "[data-line]");
  return more(rows[rows.length - 1], kind);
}

// As many rows as these names need: what was typed before the page was lost comes back into them.
export function rowsFor(names) {
  for (const name of names) {
    const parts = name.match(/^option-(\d+)-(?:(\d+)-)?/);
    if (!parts || review.elements[name]) continue;
    const options = review.querySelector("[data-options]");
    while (!review.elements[`option-${parts[1]}-name`] && options.querySelectorAll("[data-option]").length < 12) add("option", options);
    const option = review.elements[`option-${parts[1]}-name`]?.closest("[data-option]");
    while (option && parts[2] && !review.elements[name] && option.querySelectorAll("[data-line]").length < 30) add("line", option);
  }
}

if (review) {
  review.querySelectorAll("[data-add-row]").forEach((row) => { row.hidden = false; });

  review.addEventListener("click", (event) => {
    const button = event.target.closest("[data-add]");
    if (!button) return;
    const kind = button.dataset.add;
    const inside = kind === "option" ? review.querySelector("[data-options]") : button.closest("[data-option]");
    add(kind, inside).querySelector(kind === "option" ? "[name$='-name']" : "textarea").focus();
  });

  // A point that is ticked as not found has its question below.
  review.addEventListener("change", () => {
    review.querySelectorAll("[data-asks]").forEach((row) => { row.hidden = !document.getElementById(row.dataset.asks)?.checked; });
  });

  review.addEventListener("input", (event) => {
    const field = event.target;
    if (!/-page$/.test(field.name || "")) return;
    const link = field.parentElement.querySelector("[data-jump]");
    if (!link) return;
    const page = Number(field.value);
    link.hidden = !(Number.isInteger(page) && page > 0);
    link.href = link.href.replace(/\?page=.*$/, `?page=${page}#page-${page}`);
  });
}
