// The viewer: all pages under each other, loaded as they come near and let go when they are far; size, turn and keys.
// Every control is a link or a form that does the same without this module.

const NS = "http://www.w3.org/2000/svg";
const QUARTER = 90;
const KEYS = {
  ArrowLeft: "before", ArrowRight: "after", PageUp: "before", PageDown: "after", Home: "first", End: "last",
  "+": "larger", "=": "larger", "-": "smaller", 0: "fitting", r: "turned", R: "turned",
};

function start(viewer) {
  const pages = viewer.querySelector("[data-pages]");
  const sizes = viewer.dataset.sizes.split(",").map(Number);
  const sheets = viewer.dataset.sheets.split(",").flatMap((run) => {
    const [width, height, count] = run.split(/[x*]/).map(Number);
    return Array.from({ length: count }, () => [width, height]);
  });
  const base = new URL(viewer.dataset.base, location.href);
  const now = { page: Number(viewer.dataset.page), size: Number(pages.dataset.size), turn: Number(pages.dataset.turn) };
  let found = viewer.querySelector("[data-find-form] [name=find]").value.trim();
  let isGoing = false; // while the view jumps, what passes by is not the page one reads

  const figures = sheets.map((_sheet, place) => {
    const there = pages.querySelector(`#page-${place + 1}`);
    return there || empty(place + 1);
  });
  figures[now.page - 1].dataset.loaded = "true";
  pages.replaceChildren(...figures);

  function empty(number) {
    const figure = document.createElement("figure");
    figure.className = "rs-page";
    figure.id = `page-${number}`;
    clear(figure, number);
    return figure;
  }

  function clear(figure, number) {
    const caption = document.createElement("figcaption");
    caption.className = "rs-page__n";
    caption.textContent = viewer.dataset.called.replace("#", number);
    const scan = document.createElement("div");
    scan.className = "rs-scan";
    const space = document.createElementNS(NS, "svg");
    space.setAttribute("class", "rs-scan__space");
    space.setAttribute("aria-hidden", "true");
    scan.append(space);
    figure.replaceChildren(caption, scan);
    delete figure.dataset.loaded;
    lay(figure, number);
  }

  function lay(figure, number) {
    const [width, height] = sheets[number - 1];
    const isOnItsSide = now.turn % (2 * QUARTER) !== 0;
    const space = figure.querySelector(".rs-scan__space");
    space.setAttribute("viewBox", isOnItsSide ? `0 0 ${height} ${width}` : `0 0 ${width} ${height}`);
  }

  function values(more) {
    const known = Object.fromEntries(base.searchParams);
    return { ...known, page: now.page, size: now.size, turn: now.turn, ...more };
  }

  function href(more = {}) {
    return `${base.pathname}?${new URLSearchParams(values(more))}`;
  }

  // A page is asked for by POST while words are looked for: they belong in no address.
  function ask(part, number, target, swap) {
    const headers = {};
    const csrf = viewer.querySelector("[name=csrfmiddlewaretoken]");
    if (csrf) headers["X-CSRFToken"] = csrf.value;
    const given = values({ page: number, part });
    if (!found && part !== "found") {
      return window.htmx.ajax("GET", href({ page: number, part }), { source: target, target, swap });
    }
    if (part === "found") delete given.page;
    return window.htmx.ajax("POST", viewer.dataset.find, { source: target, target, swap, headers, values: { ...given, find: found } });
  }

  function load(figure) {
    const number = figures.indexOf(figure) + 1;
    if (figure.dataset.loaded) return;
    figure.dataset.loaded = "true";
    ask("page", number, figure, "innerHTML").then(() => {
      if (figure.querySelector(".rs-scan__picture")) lay(figure, number);
      else lost(figure);
    });
  }

  function lost(figure) {
    const number = figures.indexOf(figure) + 1;
    clear(figure, number);
    const link = document.createElement("a");
    link.href = `${href({ page: number })}#page-${number}`;
    link.textContent = viewer.dataset.lost;
    figure.firstChild.append(" ", link);
    figure.dataset.loaded = "lost";
  }

  const near = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) load(target);
      else if (target.dataset.loaded && !target.contains(document.activeElement) && !isChosen(target)) {
        clear(target, figures.indexOf(target) + 1);
      }
    }
  }, { root: pages, rootMargin: "150% 0px" });
  figures.forEach((figure) => near.observe(figure));

  function isChosen(figure) {
    const chosen = document.getSelection();
    return !chosen.isCollapsed && chosen.containsNode(figure, true);
  }

  function show(number) {
    now.page = number;
    viewer.dataset.page = number;
    viewer.querySelector("[data-where]").textContent = viewer.dataset.called.replace("#", number);
    for (const link of viewer.querySelectorAll("[data-go]")) {
      const to = next(link.dataset.go);
      link.hidden = ["before", "after"].includes(link.dataset.go) && to.page === now.page;
      link.href = `${href(to)}#page-${to.page}`;
    }
    if (location.pathname === base.pathname) history.replaceState(null, "", href());
    rail();
  }

  function rail() {
    const list = viewer.querySelector("[data-rail]");
    if (!list) return;
    const link = list.querySelector(`[data-page="${now.page}"]`);
    list.querySelector("[aria-current]")?.removeAttribute("aria-current");
    if (!link) {
      clearTimeout(rail.later);
      rail.later = setTimeout(() => ask("rail", now.page, list, "outerHTML").then(rail), 200);
      return;
    }
    link.setAttribute("aria-current", "page");
    const in_ = list.getBoundingClientRect();
    const at = link.getBoundingClientRect();
    list.scrollBy(at.left + at.width / 2 - in_.left - in_.width / 2, at.top + at.height / 2 - in_.top - in_.height / 2);
  }

  function next(step) {
    const last = sheets.length;
    const place = sizes.indexOf(now.size);
    return {
      ...now,
      ...{
        before: { page: Math.max(1, now.page - 1) },
        after: { page: Math.min(last, now.page + 1) },
        first: { page: 1 },
        last: { page: last },
        smaller: { size: sizes[Math.max(0, place - 1)] },
        larger: { size: sizes[Math.min(sizes.length - 1, place + 1)] },
        fitting: { size: 100 },
        turned: { turn: (now.turn + QUARTER) % (4 * QUARTER) },
      }[step],
    };
  }

  function go(number) {
    const figure = figures[number - 1];
    if (!figure) return;
    isGoing = true;
    pages.scrollTop = figure.offsetTop;
    show(number);
    requestAnimationFrame(() => requestAnimationFrame(() => { isGoing = false; }));
  }

  function change(step) {
    const to = next(step);
    if (to.page !== now.page || ["first", "last"].includes(step)) return go(to.page);
    const figure = figures[now.page - 1];
    const into = (pages.scrollTop - figure.offsetTop) / Math.max(1, figure.offsetHeight);
    Object.assign(now, to);
    pages.dataset.size = now.size;
    pages.dataset.turn = now.turn;
    figures.forEach((each, place) => lay(each, place + 1));
    viewer.querySelector("[data-size]:not([data-pages])").textContent = `${now.size}%`;
    isGoing = true;
    pages.scrollTop = figure.offsetTop + into * figure.offsetHeight;
    show(now.page);
    requestAnimationFrame(() => requestAnimationFrame(() => { isGoing = false; }));
  }

  pages.addEventListener("scroll", () => {
    if (isGoing || pages.dataset.waits) return;
    pages.dataset.waits = "true";
    requestAnimationFrame(() => {
      delete pages.dataset.waits;
      const line = pages.scrollTop + pages.clientHeight / 3;
      let number = now.page;
      while (number < figures.length && figures[number].offsetTop <= line) number += 1;
      while (number > 1 && figures[number - 1].offsetTop > line) number -= 1;
      if (number !== now.page) show(number);
    });
  }, { passive: true });

  viewer.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const link = event.target.closest("[data-go], [data-page], [data-found-end], .rs-found__hit");
    if (!link || link === viewer) return;
    event.preventDefault();
    if (link.dataset.go) change(link.dataset.go);
    else if (link.dataset.page) go(Number(link.dataset.page));
    else if (link.value) go(Number(link.value));
    else look("");
  });

  // Links elsewhere on the page that name a page of this run: notes beside it, lines of a summary.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href*='#page-']");
    if (!link || viewer.contains(link) || !isOfThisRun(link) || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    go(Number(link.hash.slice("#page-".length)));
    pages.focus({ preventScroll: true });
    viewer.scrollIntoView({ block: "nearest" });
  });

  function isOfThisRun(link) {
    const query = new URL(link.href).searchParams;
    return link.pathname === base.pathname && ["document", "version"].every((name) => query.get(name) === base.searchParams.get(name));
  }

  viewer.addEventListener("keydown", (event) => {
    const isTyped = event.target.closest("input, textarea, select, summary, [contenteditable]");
    const step = KEYS[event.key];
    if (isTyped || !step || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.shiftKey && event.key !== "+" && event.key !== "R") return;
    event.preventDefault();
    change(step);
  });

  viewer.querySelector("[data-find-form]").addEventListener("submit", (event) => {
    event.preventDefault();
    look(event.target.elements.find.value.trim());
  });

  function look(words) {
    found = words;
    const list = viewer.querySelector("#found");
    const listed = words ? ask("found", now.page, list, "outerHTML") : Promise.resolve(list.replaceChildren());
    viewer.querySelector("[data-find-form] [name=find]").value = words;
    listed.then(() => {
      afresh();
      const first = viewer.querySelector(".rs-found__hit");
      if (first) go(Number(first.value));
    });
  }

  // The pages there are now come anew: with marks under words, with notes.
  function afresh() {
    for (const figure of figures.filter((each) => each.dataset.loaded)) {
      delete figure.dataset.loaded;
      near.unobserve(figure);
      near.observe(figure);
    }
  }

  document.addEventListener("notes-changed", afresh);

  for (const each of viewer.querySelectorAll("[target]")) each.removeAttribute("target");
  viewer.querySelector(".rs-viewer__keys").hidden = false;
  viewer.classList.add("rs-viewer--all");
  const named = Number((location.hash.match(/^#page-(\d+)$/) || [])[1]);
  go(named && figures[named - 1] ? named : now.page);
}

const viewer = document.querySelector("[data-viewer]");
if (viewer && window.htmx && "IntersectionObserver" in window) start(viewer);
