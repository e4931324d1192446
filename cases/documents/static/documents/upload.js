// Files are sent one by one with their progress; without this module the same form sends them all at once.

import { keepAll, lookAt, taken } from "./photo_look.js";
import { arrived, forget, note } from "./upload_noted.js";
import { progress, rowFor, say, tell } from "./upload_rows.js";

const AGAIN_AFTER = [2, 5, 15, 30, 60]; // seconds until a file whose line dropped starts once more by itself

const form = document.querySelector("form[data-upload]");
if (form) start(form);

function start(form) {
  const inputs = form.querySelectorAll('input[type="file"]');
  const drop = form.querySelector("[data-drop]");
  const list = form.querySelector("[data-uploading]");
  const waiting = [];
  const resting = new Set(); // the line dropped; each starts again by itself
  let room = Number(form.dataset.room);
  let noting = 0;
  let running = null;
  let afterwards = null;
  let isLooking = false;
  let isStale = false;

  form.querySelectorAll("[data-without-script]").forEach((part) => { part.hidden = true; });

  inputs.forEach((input) => {
    input.addEventListener("change", () => {
      add([...input.files]);
      input.value = "";
    });
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
    if (!isBusy()) return;
    event.preventDefault(); // the last file first, then on
    afterwards = event.submitter;
    tell(form.dataset.first);
    keepAll(waiting);
    next();
  });
  window.addEventListener("beforeunload", (event) => {
    if (isBusy()) event.preventDefault();
  });
  window.addEventListener("online", () => { resting.forEach(wake); });

  function isBusy() {
    return Boolean(running || noting || waiting.length || resting.size);
  }

  function add(files) {
    const jobs = files.map((file, place) => {
      const job = { file, tries: 0, noted: file.name };
      job.row = rowFor(form, file, { stop: () => stop(job), again: () => again(job) });
      list.append(job.row);
      const refused = whyNot(file, place);
      if (refused) say(job.row, refused);
      else hold(job, file.size);
      return refused ? null : job;
    }).filter(Boolean);
    list.hidden = list.children.length === 0;
    if (jobs.length) send(jobs);
  }

  // Room is held for what is sent, and given back once when it does not arrive.
  function hold(job, size) {
    room += (job.held ?? 0) - size;
    job.held = size;
  }

  async function send(jobs) {
    tell(form.dataset.started);
    noting += 1;
    await note(form, jobs.map((job) => job.noted));
    noting -= 1;
    jobs.filter((job) => job.row.isConnected).forEach((job) => { // those that were not stopped meanwhile
      waiting.push(job);
      lookAt(job, next);
    });
    next();
  }

  // The server judges the same once more; this only saves sending in vain.
  function whyNot(file, place) {
    if (place >= Number(form.dataset.number)) return form.dataset.tooMany;
    if (file.size === 0) return form.dataset.empty;
    if (file.size > Number(form.dataset.limit)) return form.dataset.tooLarge;
    return file.size > room ? form.dataset.full : "";
  }

  function again(job) {
    job.tries = 0;
    say(job.row, "");
    waiting.push(job);
    next();
  }

  function stop(job) {
    const place = waiting.indexOf(job);
    if (place >= 0) waiting.splice(place, 1);
    clearTimeout(job.timer);
    resting.delete(job);
    job.row.remove();
    hold(job, 0);
    if (running?.job === job) running.request.abort();
    forget(form, job.noted);
    list.hidden = list.children.length === 0;
    inputs[0].focus();
  }

  function next() {
    if (running) return;
    const job = taken(waiting);
    if (!job) {
      if (afterwards && !isBusy()) goOn();
      return;
    }
    const body = new FormData();
    body.append("csrfmiddlewaretoken", form.querySelector('[name="csrfmiddlewaretoken"]').value);
    body.append("begun", job.noted);
    body.append("files", job.file, job.file.name);
    const request = new XMLHttpRequest();
    running = { job, request };
    request.open("POST", window.location.pathname);
    request.setRequestHeader("HX-Request", "true");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) progress(job.row, event.loaded / event.total, form);
    });
    request.addEventListener("load", () => done(job, request));
    request.addEventListener("error", () => failed(job));
    request.addEventListener("abort", () => ended());
    progress(job.row, 0, form);
    request.send(body);
  }

  function goOn() {
    const button = afterwards;
    afterwards = null;
    if (list.children.length === 0) form.requestSubmit(button); // a file that was not taken needs a look first
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
    if (request.status === 200 && answer.querySelector("#files")) {
      job.row.remove();
      arrived(job.file.name);
    }
    else if (request.status === 422 && refused) notTaken(job, refused.textContent);
    else if (request.status === 413) notTaken(job, form.dataset.tooLarge);
    else return failed(job, request.status);
    ended();
    showList();
  }

  // One look at a time, and none that the list began by itself meanwhile: its news would belong to a list that is gone.
  async function showList() {
    isStale = true;
    if (isLooking) return;
    isLooking = true;
    while (isStale) {
      isStale = false;
      const shown = document.getElementById("files");
      shown.addEventListener("htmx:beforeSwap", (event) => {
        const isOwn = event.detail.requestConfig.elt === shown;
        if (isOwn && (isLooking || !shown.isConnected)) event.preventDefault();
      });
      const look = window.htmx.ajax("GET", window.location.pathname, { target: "#files", swap: "outerHTML" });
      await look.catch(() => {}); // the line dropped: the list asks again by itself
    }
    isLooking = false;
  }

  function notTaken(job, text) {
    hold(job, 0);
    say(job.row, text);
    tell(text);
  }

  // Without a status the line dropped; with one the server has answered, and what is no fault of its own stays so.
  function failed(job, status = 0) {
    const wait = !status || status >= 500 ? AGAIN_AFTER[job.tries] : 0;
    const soon = status ? form.dataset.faultPasses : form.dataset.dropped;
    const lost = status ? form.dataset.fault : form.dataset.lost;
    job.tries += 1;
    if (wait) {
      say(job.row, soon);
      resting.add(job);
      job.timer = setTimeout(() => wake(job), wait * 1000);
    } else say(job.row, lost, { again: true });
    tell(`${job.file.name}: ${wait ? soon : lost}`);
    ended();
  }

  function wake(job) {
    clearTimeout(job.timer);
    if (!resting.delete(job)) return;
    waiting.push(job);
    next();
  }

  function ended() {
    running = null;
    list.hidden = list.children.length === 0;
    next();
  }
}
