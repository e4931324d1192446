// Looks for new messages while somebody looks at the page: soon after one came, then ever more seldom. A look keeps
// no sign-in alive. Without script the page shows what is new when it is opened again.

const FIRST = 5000;
const LAST = 60000;
const SLOWER = 1.5;

const look = document.querySelector("[data-look]");

if (look) {
  let wait = FIRST;
  let timer = null;

  function plan() {
    clearTimeout(timer);
    if (document.visibilityState === "visible") timer = setTimeout(ask, wait);
  }

  function ask() {
    look.dispatchEvent(new Event("look"));
  }

  look.addEventListener("htmx:afterRequest", (event) => {
    const status = event.detail.xhr.status;
    if (status >= 400 && status < 500) return; // not theirs any more: the next page says so
    wait = status === 200 ? FIRST : Math.min(wait * SLOWER, LAST);
    plan();
  });

  document.addEventListener("visibilitychange", () => {
    wait = FIRST;
    if (document.visibilityState === "visible") ask();
    else clearTimeout(timer);
  });

  plan();
}
