// A lost line keeps the words. What is typed and not saved yet stays in its fields, the page says so in plain words, and
// it is saved when the line is back, also after the page was loaded again or its reader had to sign in again.
//
// Until then it is kept in this tab alone (sessionStorage), sealed with a key that only the server gives, to the same
// person on the same review: on a shared computer nobody else can read it. It goes when all is saved, and at sign-out.

import { rowsFor } from "./rows.js";

const form = document.getElementById("review");
const AGAIN = 20_000; // milliseconds between two tries while the server does not answer
const PAUSE = 300;
const IV = 12;

function partOf(name) {
  if (/^(seen|mark|mine|into)-|^csrfmiddlewaretoken$|^draft_of$|^late$|^then$|^over$|^put$/.test(name)) return "";
  if (name === "asked" || name.startsWith("answer-")) return "answers";
  if (name.startsWith("option-")) return "options";
  return name.includes("-") ? "checklist" : name;
}

// What each part says now: {plain: [["plain", "…"]], …}
function words() {
  const found = {};
  for (const [name, value] of new FormData(form)) {
    const part = partOf(name);
    if (part) (found[part] ??= []).push([name, value]);
  }
  return found;
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

function start() {
  const shelf = `unsaved:${form.dataset.review}`;
  let saved = "late" in form.dataset ? {} : words(); // what came too late is in the fields, and nowhere saved
  let sent = words();
  let isLost = false; // not at the server, which is asked again and again
  let isOut = false; // signed out, or the page is older than the sign-in
  let isLeaving = false;
  let later = 0;
  let key = null;

  function say(text) {
    const line = document.getElementById("saved");
    if (!line) return;
    line.hidden = false;
    line.classList.add("rs-saved--not");
    const icon = line.querySelector("use");
    icon.setAttribute("href", icon.getAttribute("href").replace(/#.*/, "#alert"));
    line.querySelector("span").textContent = text;
  }

  // A line of the page itself, with its way on: sign in, see one's plans.
  function show(id) {
    say("");
    const line = document.getElementById("saved");
    line?.querySelector("span").replaceWith(document.getElementById(id).content.firstElementChild.cloneNode(true));
  }

  function unsaved() {
    const now = words();
    return Object.fromEntries(Object.entries(now).filter(([part, typed]) => !same(typed, saved[part])));
  }

  const save = () => form.dispatchEvent(new Event("change", { bubbles: true }));

  // --- in this tab, sealed ---

  async function keep() {
    const left = Object.entries(unsaved());
    if (!left.length) return sessionStorage.removeItem(shelf);
    if (!key) return null;
    const each = left.map(([part, typed]) => [part, {
      typed, seen: form.elements[`seen-${part}`].value, mark: form.elements[`mark-${part}`].value,
    }]);
    const iv = crypto.getRandomValues(new Uint8Array(IV));
    const plain = new TextEncoder().encode(JSON.stringify(Object.fromEntries(each)));
    const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, plain));
    if (!Object.keys(unsaved()).length) return null; // saved meanwhile
    return sessionStorage.setItem(shelf, btoa(Array.from([...iv, ...sealed], (byte) => String.fromCharCode(byte)).join("")));
  }

  async function kept() {
    const found = sessionStorage.getItem(shelf);
    if (!found || !key) return {};
    try {
      const bytes = Uint8Array.from(atob(found), (letter) => letter.charCodeAt(0));
      const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes.slice(0, IV) }, key, bytes.slice(IV));
      return JSON.parse(new TextDecoder().decode(plain));
    } catch {
      sessionStorage.removeItem(shelf);
      return {};
    }
  }

  function putBack(parts) {
    for (const [part, { typed, seen, mark }] of Object.entries(parts)) {
      const fields = part === "answers" ? underTheirQuestions(typed) : typed;
      rowsFor(fields.map(([name]) => name));
      for (const field of form.elements) {
        if (partOf(field.name || "") !== part || field.name === "asked" || field.matches("select, [data-key]")) continue;
        if (field.type === "checkbox") field.checked = false;
        else field.value = "";
      }
      for (const [name, value] of fields) {
        const field = form.elements[name];
        if (!field || name === "asked") continue;
        if (field.type === "checkbox") field.checked = true;
        else field.value = value;
      }
      // As they were when these words were typed: what somebody else saved since is not overwritten.
      form.elements[`seen-${part}`].value = seen;
      form.elements[`mark-${part}`].value = mark;
    }
  }

  // The patient may have changed her questions meanwhile: an answer follows its question, or becomes a private note.
  function underTheirQuestions(typed) {
    const before = JSON.parse(typed.find(([name]) => name === "asked")?.[1] || "[]");
    const now = JSON.parse(form.elements.asked.value || "[]");
    return typed.flatMap(([name, value]) => {
      const question = before[Number(name.slice("answer-".length))];
      if (name === "asked" || !value) return [];
      if (now.includes(question)) return [[`answer-${now.indexOf(question)}`, value]];
      form.elements.private.value = `${form.elements.private.value}\n${question} ${value}`.trim();
      return [];
    });
  }

  async function open() {
    if (crypto.subtle) {
      const raw = Uint8Array.from(atob(form.dataset.key), (letter) => letter.charCodeAt(0));
      key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
    }
    const parts = await kept();
    // Before that htmx does not listen, and what is put back would not be saved.
    if (document.readyState !== "complete") await new Promise((go) => { window.addEventListener("load", go, { once: true }); });
    if (!Object.keys(parts).length) {
      if ("late" in form.dataset) save();
      return;
    }
    putBack(parts);
    say(form.dataset.back);
    save();
  }

  // --- while typing and saving ---

  function typed() {
    clearTimeout(later);
    later = setTimeout(keep, PAUSE);
    if (!navigator.onLine) lost();
  }

  function lost(why = form.dataset.lost) {
    isLost = true;
    say(why);
    keep();
  }

  function out(id) {
    isLost = false;
    isOut = true;
    show(id);
    keep();
  }

  // The same person is back, maybe in another tab: this page goes on with the new sign-in.
  async function renew() {
    isOut = false;
    let answer;
    try {
      answer = await fetch(location.pathname, { credentials: "same-origin", redirect: "manual" });
    } catch {
      return lost();
    }
    if (answer.type === "opaqueredirect") return out("signed-out");
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (page.getElementById("review")?.dataset.key !== form.dataset.key) return out("not-yours");
    const token = page.querySelector('meta[name="csrf-token"]').content;
    document.querySelector('meta[name="csrf-token"]').content = token;
    for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
    return save();
  }

  const isPart = (xhr) => /^\s*<p class="rs-saved/.test(xhr.responseText);

  // Only "Draft saved" and why it was not come into the page; any other answer is told in words.
  function refused(xhr) {
    if (xhr.getResponseHeader("HX-Redirect") || (xhr.responseURL && new URL(xhr.responseURL).pathname !== new URL(form.action).pathname)) {
      return out("signed-out");
    }
    if (xhr.status === 403 && !isOut) return renew();
    if (xhr.status === 404) return out("not-yours");
    if (!xhr.status || xhr.status >= 500) return lost(xhr.status ? form.dataset.trouble : form.dataset.lost);
    isLost = false;
    say(form.dataset.refused);
    return keep();
  }

  form.addEventListener("input", typed);
  form.addEventListener("change", typed);
  form.addEventListener("htmx:configRequest", (event) => { if (event.target === form) delete event.detail.parameters.draft_of; });
  form.addEventListener("htmx:beforeRequest", (event) => { if (event.target === form) sent = words(); });
  form.addEventListener("htmx:beforeOnLoad", (event) => {
    const { xhr } = event.detail;
    if (event.target !== form || isPart(xhr)) return;
    event.preventDefault();
    refused(xhr);
  });
  form.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.responseText.includes("data-refused")) event.detail.shouldSwap = true;
  });
  form.addEventListener("htmx:afterRequest", ({ target, detail }) => {
    if (target !== form || !detail.xhr.status || !isPart(detail.xhr)) return;
    isLost = isOut = false;
    if (detail.xhr.responseText.includes("data-whole")) saved = sent;
    keep();
  });
  for (const kind of ["htmx:sendError", "htmx:timeout"]) form.addEventListener(kind, () => lost());
  window.addEventListener("focus", () => { if (isOut && Object.keys(unsaved()).length) renew(); });
  window.addEventListener("offline", () => { if (Object.keys(unsaved()).length) lost(); });
  window.addEventListener("online", save);
  setInterval(() => { if (isLost && navigator.onLine) save(); }, AGAIN);

  // Gone to another page before the pause in typing was over.
  form.addEventListener("submit", () => { isLeaving = true; });
  window.addEventListener("pagehide", () => {
    if (isLeaving || !Object.keys(unsaved()).length) return;
    const body = new FormData(form);
    navigator.sendBeacon(form.action, body);
  });
  window.addEventListener("pageshow", () => { isLeaving = false; });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-take]")) return; // the other words were chosen
    isLeaving = true;
    clearTimeout(later);
    sessionStorage.removeItem(shelf);
  });

  open();
}

if (form && form.dataset.lost) start();
