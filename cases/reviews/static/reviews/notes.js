// Pointing at the place on a page where a note belongs: by a click or a tap, or by keys. Without this module the form
// asks for the page and for one of three places on it.

const NS = "http://www.w3.org/2000/svg";
const STEP = 10; // thousandths of the page
const STRIDE = 50;
const WHOLE = 1000;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function start(viewer) {
  const pages = viewer.querySelector("[data-pages]");
  let place = null; // {page, x, y} while somebody points

  const form = () => document.querySelector("form[data-note]");
  const page = () => Number(viewer.dataset.page);
  const scan = (number) => pages.querySelector(`#page-${number} .rs-scan`);
  const turn = () => Number(pages.dataset.turn);

  function say(words) {
    form().querySelector("[data-pointed]").textContent = words;
  }

  // What is seen, turned as it is, to the page as it stands, and the way of an arrow with it.
  function upright([right, down]) {
    return { 0: [right, down], 90: [down, -right], 180: [-right, -down], 270: [-down, right] }[turn()];
  }

  function pointed(event, sheet) {
    const box = sheet.getBoundingClientRect();
    const seen = [(event.clientX - box.left) / box.width - 0.5, (event.clientY - box.top) / box.height - 0.5];
    return upright(seen).map((each) => Math.round((each + 0.5) * WHOLE));
  }

  function within(value) {
    return Math.min(WHOLE, Math.max(0, value));
  }

  function unmark() {
    pages.querySelectorAll(".rs-scan__pins--new").forEach((each) => each.remove());
  }

  function mark({ page: number, x, y }) {
    unmark();
    const turned = scan(number)?.querySelector(".rs-scan__turn");
    if (!turned) return;
    const layer = document.createElementNS(NS, "svg");
    layer.setAttribute("class", "rs-scan__pins rs-scan__pins--new");
    const at = document.createElementNS(NS, "svg");
    at.setAttribute("x", `${x / 10}%`);
    at.setAttribute("y", `${y / 10}%`);
    at.setAttribute("overflow", "visible");
    const ring = document.createElementNS(NS, "circle");
    ring.setAttribute("r", "13");
    const cross = document.createElementNS(NS, "path");
    cross.setAttribute("d", "M-20 0H20M0-20V20");
    at.append(ring, cross);
    layer.append(at);
    turned.append(layer);
  }

  function where({ page: number, x, y }) {
    const given = { "#": number, "←": Math.round(x / 10), "↑": Math.round(y / 10) };
    return form().dataset.at.replace(/[#←↑]/g, (sign) => given[sign]);
  }

  function begin() {
    if (!form()) return;
    const sheet = scan(page());
    if (!sheet) return;
    const box = sheet.getBoundingClientRect();
    const seen = pages.getBoundingClientRect();
    const middle = {
      clientX: box.left + box.width / 2,
      clientY: (Math.max(box.top, seen.top) + Math.min(box.bottom, seen.bottom)) / 2,
    };
    const [x, y] = pointed(middle, sheet).map(within);
    place = { page: page(), x, y };
    pages.classList.add("is-placing");
    pages.focus({ preventScroll: true });
    viewer.scrollIntoView({ block: "nearest" });
    mark(place);
    hint().hidden = false;
    say(where(place));
  }

  function hint() {
    return viewer.querySelector("[data-point-keys]");
  }

  function end() {
    place = null;
    pages.classList.remove("is-placing");
    hint().hidden = true;
  }

  function set(found) {
    const fields = form().elements;
    [fields.page.value, fields.x.value, fields.y.value] = [found.page, found.x, found.y];
    mark(found);
    end();
    say(`${form().dataset.set.replace("#", found.page)} ${where(found)}.`);
    fields.words.focus();
  }

  function forget() {
    const fields = form().elements;
    if (!fields.x.value) return;
    fields.x.value = fields.y.value = "";
    unmark();
    say("");
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-point]")) {
      event.preventDefault();
      begin();
    } else if (place) {
      const sheet = event.target.closest(".rs-scan");
      if (!sheet || !pages.contains(sheet)) return;
      event.preventDefault();
      const [x, y] = pointed(event, sheet).map(within);
      set({ page: Number(sheet.closest(".rs-page").id.slice("page-".length)), x, y });
    }
  });

  // Before the viewer's own keys: while somebody points, the arrows move the mark.
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const isTyped = event.target.closest("input, textarea, select, summary, [contenteditable]");
    if (!place) {
      if (!isTyped && viewer.contains(event.target) && event.key.toLowerCase() === "n" && form()) {
        event.preventDefault();
        begin();
      }
      return;
    }
    if (isTyped) return;
    if (event.key === "Escape") {
      unmark();
      end();
    } else if (event.key === "Enter" && event.target === pages) {
      event.preventDefault();
      event.stopPropagation();
      set(place);
    } else if (ARROWS[event.key]) {
      event.preventDefault();
      event.stopPropagation();
      const [right, down] = upright(ARROWS[event.key]);
      const step = event.shiftKey ? STRIDE : STEP;
      if (place.page !== page()) place.page = page();
      place.x = within(place.x + right * step);
      place.y = within(place.y + down * step);
      mark(place);
      clearTimeout(begin.later);
      begin.later = setTimeout(() => place && say(where(place)), 500);
    }
  }, { capture: true });

  // Another page or place chosen in words holds instead of the point.
  document.addEventListener("change", (event) => {
    if (event.target.form === form() && ["page", "place"].includes(event.target.name)) forget();
  });

  function wake() {
    const row = form()?.querySelector("[data-point-row]");
    if (row) row.hidden = false;
    const fields = form()?.elements;
    if (fields?.x.value && fields.y.value) say(where({ page: fields.page.value, x: fields.x.value, y: fields.y.value }));
  }

  // Saving one note puts the whole list anew: what is typed in its other forms goes on standing there.
  let typed = [];
  const forms = () => [...document.querySelectorAll("#notes form[data-draft]")];
  const atFirst = (field) => (field.options ? Math.max(0, [...field.options].findIndex((each) => each.defaultSelected)) : field.defaultValue ?? field.value);
  const now = (field) => (field.options ? field.selectedIndex : field.value);
  const isChanged = (each) => Boolean(each.elements.x?.value) || [...each.elements].some((field) => now(field) !== atFirst(field));

  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.target.id !== "notes") return;
    const others = forms().filter((each) => each !== detail.requestConfig.elt && isChanged(each));
    typed = others.map((each) => [each.getAttribute("action"), [...new FormData(each)]]);
  });

  function putBack() {
    for (const [action, fields] of typed) {
      const its = forms().find((each) => each.getAttribute("action") === action);
      if (!its) continue;
      for (const [name, value] of fields) {
        if (!["csrfmiddlewaretoken", "draft_of"].includes(name) && its.elements[name]) its.elements[name].value = value;
      }
      const shut = its.closest("details");
      if (shut) shut.open = true;
      its.elements.words.dispatchEvent(new Event("input", { bubbles: true }));
    }
    typed = [];
  }

  document.addEventListener("htmx:afterSwap", ({ detail }) => {
    if (detail.target.id === "notes") putBack();
    wake();
  });
  wake();
}

const viewer = document.querySelector("[data-viewer]");
if (viewer && document.querySelector("form[data-note]")) start(viewer);
