// Saves a form marked data-draft="address" while a person pauses in typing, and says so politely.
// The address names the form and what it is about; nothing is kept in the browser.

const PAUSE = 1500;

function watch(form) {
  let timer = null;
  let last = null;

  const said = form.querySelector("[data-saved]");

  function say(words) {
    if (!said) return;
    said.hidden = false;
    said.querySelector("span").textContent = words;
  }

  function typed() {
    const body = new FormData(form);
    for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
    return body;
  }

  async function save() {
    clearTimeout(timer);
    if (!form.isConnected) return; // another stands in its place
    const body = typed();
    const now = new URLSearchParams(body).toString();
    if (now === last) return;
    try {
      const answer = await fetch(form.dataset.draft, {
        method: "POST", body, credentials: "same-origin", redirect: "manual", keepalive: true,
        headers: { "X-Requested-With": "fetch" },
      });
      if (answer.status === 200) {
        last = now;
        say(await answer.text());
      } else if (form.dataset.draftLost) {
        say(form.dataset.draftLost);
      }
    } catch {
      if (form.dataset.draftLost) say(form.dataset.draftLost);
    }
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  });
  form.addEventListener("change", save);
  form.addEventListener("submit", () => clearTimeout(timer));
  document.addEventListener("portal:leaving", save);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && timer) save();
  });
}

const watched = new WeakSet();

function once(form) {
  if (!form || watched.has(form)) return;
  watched.add(form);
  watch(form);
}

// A form that is shut away, or comes into the page later, from its first letter on.
for (const form of document.querySelectorAll("form[data-draft]")) if (!form.closest("details:not([open])")) once(form);
for (const kind of ["input", "change"]) {
  document.addEventListener(kind, ({ target }) => once(target.closest?.("form[data-draft]")), { capture: true });
}
