// One file on its way: its line in the list, its words, and what is said to those who hear the page.

export function rowFor(form, file, actions) {
  const row = form.querySelector("template[data-row]").content.firstElementChild.cloneNode(true);
  const [shown, ...hidden] = row.querySelectorAll("[data-name]");
  shown.textContent = file.name;
  hidden.forEach((part) => { part.textContent = ` ${file.name}`; });
  row.querySelector("[data-ending]").textContent = file.name.split(".").pop().slice(0, 4).toUpperCase();
  row.querySelector("progress").setAttribute("aria-label", file.name);
  row.querySelector("[data-stop]").addEventListener("click", actions.stop);
  row.querySelector("[data-again]").addEventListener("click", actions.again);
  return row;
}

/** What stands at the file; with `again`, a button that sends it once more. */
export function say(row, text, { again = false } = {}) {
  row.querySelector("progress").hidden = true;
  row.querySelector("[data-said]").textContent = text;
  row.querySelector("[data-again]").hidden = !again;
}

/** How far it is. This changes often and is read out only by those who go there. */
export function progress(row, part, form) {
  const bar = row.querySelector("progress");
  const percent = new Intl.NumberFormat(document.documentElement.lang || "en", { style: "percent" }).format(part);
  bar.hidden = false;
  bar.value = Math.floor(100 * part);
  row.querySelector("[data-said]").textContent = part < 1 ? form.dataset.progress.replace("{part}", percent) : form.dataset.saving;
}

/** Say it once to those who hear the page. */
export function tell(text) {
  const place = document.getElementById("files-said");
  if (place) place.textContent = text;
}
