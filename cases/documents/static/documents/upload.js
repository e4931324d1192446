// Files are sent one by one with their progress; without this module the same form sends them all at once.

const form = document.querySelector("form[data-upload]");
if (form) start(form);

function start(form) {
  const input = form.querySelector('input[type="file"]');
  const drop = form.querySelector("[data-drop]");
  const list = form.querySelector("[data-uploading]");
  const waiting = [];
  let running = null;
  let afterwards = null;

  form.querySelectorAll("[data-without-script]").forEach((part) => { part.hidden = true; });

  input.addEventListener("change", () => {
    add([...input.files]);
    input.value = "";
  });
  drop.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("is-over");
  });
  drop.addEventListener("dragleave", () => { drop.classList.remove("is-over"); });
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("is-over");
    add([...event.dataTransfer.files]);
  });
  form.addEventListener("submit", (event) => {
    if (!running) return;
    event.preventDefault(); // the last file first, then on
    afterwards = event.submitter;
  });
  window.addEventListener("beforeunload", (event) => {
    if (running) event.preventDefault();
  });
  window.addEventListener("online", () => {
    list.querySelectorAll("[data-again]:not([hidden])").forEach((button) => button.click());
  });

  function add(files) {
    files.forEach((file) => {
      const row = rowFor(file);
      if (file.size > Number(form.dataset.limit)) say(row, form.dataset.tooLarge);
      else waiting.push({ file, row });
    });
    list.hidden = list.children.length === 0;
    next();
  }

  function rowFor(file) {
    const row = form.querySelector("template[data-row]").content.firstElementChild.cloneNode(true);
    const [shown, ...hidden] = row.querySelectorAll("[data-name]");
    shown.textContent = file.name;
    hidden.forEach((part) => { part.textContent = ` ${file.name}`; });
    row.querySelector("[data-ending]").textContent = file.name.split(".").pop().slice(0, 4).toUpperCase();
    row.querySelector("progress").setAttribute("aria-label", file.name);
    row.querySelector("[data-stop]").addEventListener("click", () => stop(row));
    row.querySelector("[data-again]").addEventListener("click", (event) => {
      event.target.closest("[data-again]").hidden = true;
      say(row, "", true);
      waiting.push({ file, row });
      next();
    });
    list.append(row);
    return row;
  }

  function stop(row) {
    const place = waiting.findIndex((job) => job.row === row);
    if (place >= 0) waiting.splice(place, 1);
    if (running?.row === row) running.request.abort();
    row.remove();
    list.hidden = list.children.length === 0;
    input.focus();
  }

  function say(row, text, isMoving = false) {
    row.querySelector("progress").hidden = !isMoving;
    row.querySelector("[data-said]").textContent = text;
  }

  function next() {
    if (running) return;
    const job = waiting.shift();
    if (!job) {
      if (afterwards) form.requestSubmit(afterwards);
      return;
    }
    const body = new FormData();
    body.append("csrfmiddlewaretoken", form.querySelector('[name="csrfmiddlewaretoken"]').value);
    body.append("files", job.file, job.file.name);
    const request = new XMLHttpRequest();
    running = { ...job, request };
    request.open("POST", form.action);
    request.setRequestHeader("HX-Request", "true");
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      const percent = Math.floor((100 * event.loaded) / event.total);
      job.row.querySelector("progress").value = percent;
      job.row.querySelector("[data-said]").textContent = `${percent}%`;
    });
    request.addEventListener("load", () => done(job, request));
    request.addEventListener("error", () => failed(job));
    request.addEventListener("abort", () => ended());
    request.send(body);
  }

  function done(job, request) {
    const elsewhere = request.getResponseHeader("HX-Redirect");
    if (elsewhere) {
      running = null;
      window.location.assign(elsewhere);
      return;
    }
    const answer = new DOMParser().parseFromString(request.responseText, "text/html");
    const refused = answer.querySelector("[data-refused]");
    if (request.status === 200) job.row.remove();
    else if (request.status === 422 && refused) say(job.row, refused.textContent);
    else if (request.status === 413) say(job.row, form.dataset.tooLarge);
    else return failed(job);
    ended();
    window.htmx.ajax("GET", form.action, { target: "#files", swap: "outerHTML" });
  }

  function failed(job) {
    say(job.row, form.dataset.lost);
    job.row.querySelector("[data-again]").hidden = false;
    ended();
  }

  function ended() {
    running = null;
    list.hidden = list.children.length === 0;
    next();
  }
}
