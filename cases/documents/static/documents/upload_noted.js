// The server keeps the names of files that were begun, for the person alone: if this page goes away before a file has
// arrived, the next one names it. Nothing is kept in the browser, which may be shared.

const PATIENCE = 3000; // milliseconds; a file is not held back longer for its note

/** Settles when the names are noted, or could not be. */
export function note(form, names) {
  return post(form, "begun", names);
}

export function forget(form, name) {
  return post(form, "given_up", [name]);
}

/** It has arrived: it is not missing any more. */
export function arrived(name) {
  const lines = [...document.querySelectorAll("[data-missing]")];
  lines.find((line) => line.dataset.missing === name)?.remove();
  const list = document.querySelector("[data-all-missing]");
  if (list && !list.querySelector("[data-missing]")) list.remove();
}

async function post(form, field, names) {
  const body = new FormData();
  body.append("csrfmiddlewaretoken", form.querySelector('[name="csrfmiddlewaretoken"]').value);
  names.forEach((name) => body.append(field, name));
  const options = { method: "POST", body, keepalive: true, signal: AbortSignal.timeout(PATIENCE) };
  await fetch(form.dataset.noted, options).catch(() => {}); // a note is not worth stopping for
}
