// A sentence of one's own goes to the place of the cursor, and is saved like typing. Without this module the button sends
// the form, and the sentence goes to the end of its field.

const review = document.getElementById("review");

// The field a sentence goes into and the name under which the list of places has it: "option-0" for "option-0-2-text".
function placeOf(field, code) {
  return code === "options" ? (field.name.match(/^option-\d+/) || [""])[0] : field.name;
}

const takes = {
  answers: /^answer-\d+$/, plain: /^plain$/, words: /^words$/, checklist: /-note$/, questions: /^questions$/, options: /^option-\d+-\d+-text$/,
};

// An empty point of the option that is chosen, else one more.
function emptyPoint(option) {
  const found = () => [...review.querySelectorAll(`textarea[name^="${option}-"][name$="-text"]`)];
  const empty = found().find((field) => !field.value.trim());
  if (empty) return empty;
  const there = found();
  there.at(-1)?.closest("[data-option]").querySelector("[data-add='line']")?.click();
  return found().length > there.length ? found().at(-1) : null;
}

// Behind the cursor, or behind what is marked: nothing that was typed goes away.
function insert(field, text) {
  const isLine = field.matches("input");
  const words = isLine ? text.replace(/\s+/g, " ").trim() : text;
  const at = field.selectionEnd;
  const [before, after] = [field.value.slice(0, at), field.value.slice(at)];
  const gap = isLine ? " " : "\n";
  const first = before && !/\s$/.test(before) ? gap : "";
  const last = after && !/^\s/.test(after) ? gap : "";
  field.setRangeText(first + words + last, at, at, "end");
}

function watch(mine) {
  const code = mine.dataset.mine;
  const sentence = mine.querySelector(`[name="mine-${code}"]`);
  const into = mine.querySelector(`[name="into-${code}"]`);
  if (!sentence) return;
  let last = null; // the field of this part in which the cursor was

  mine.addEventListener("change", (event) => {
    event.stopPropagation(); // choosing is no writing
    if (event.target === into) last = null;
  });
  mine.addEventListener("input", (event) => event.stopPropagation());

  review.addEventListener("focusin", ({ target }) => {
    if (!target.name || !takes[code].test(target.name)) return;
    last = target;
    const place = placeOf(target, code);
    if (into.options && [...into.options].some((each) => each.value === place)) into.value = place;
  });

  mine.querySelector("[name=put]").addEventListener("click", (event) => {
    event.preventDefault();
    const chosen = sentence.selectedOptions[0];
    if (!chosen?.value) { sentence.focus(); return; }
    const isAtCursor = last?.isConnected;
    let field = isAtCursor ? last : null;
    if (!field) field = code === "options" ? emptyPoint(into.value) : review.elements[into.value];
    if (!field) return;
    if (!isAtCursor) field.setSelectionRange(field.value.length, field.value.length);
    const kind = code === "options" && !field.value.trim() && review.elements[field.name.replace(/-text$/, "-kind")];
    if (kind) kind.value = chosen.dataset.part;
    for (let box = field.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    insert(field, chosen.dataset.text);
    sentence.value = "";
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

if (review) review.querySelectorAll("[data-mine]").forEach(watch);
