// Signed in: typing, reading and scrolling count as being here. Two minutes before the end a dialog asks, in words,
// and one button stays. The server decides; this only tells it and asks it.

const meta = document.querySelector('meta[name="stay"]');
const dialog = document.getElementById("idle");
const token = document.querySelector('meta[name="csrf-token"]');
const WARN = 120;
const TELL = 120;

if (meta && dialog && meta.dataset.left) {
  let told = performance.now();
  let moved = false;
  let end = told + Number(meta.dataset.left) * 1000;

  async function tell() {
    told = performance.now();
    moved = false;
    try {
      const answer = await fetch(meta.content, {
        method: "POST", credentials: "same-origin", redirect: "manual",
        headers: { "X-CSRFToken": token.content, "X-Requested-With": "fetch" },
      });
      if (answer.status === 200) end = performance.now() + Number(await answer.text()) * 1000;
      else leave();
    } catch {
      // The line is down: the page stays, and the next try may reach the server.
    }
  }

  function leave() {
    document.dispatchEvent(new CustomEvent("portal:leaving"));
    setTimeout(() => window.location.reload(), 1500);
  }

  for (const kind of ["keydown", "pointerdown", "scroll", "input"]) {
    document.addEventListener(kind, () => { moved = true; }, { passive: true, capture: true });
  }

  dialog.addEventListener("close", () => tell());

  setInterval(() => {
    const now = performance.now();
    if (now >= end) {
      leave();
    } else if (dialog.open) {
      // Moving the mouse over an open question is not an answer to it.
    } else if (moved && now - told > TELL * 1000) {
      tell();
    } else if (end - now <= WARN * 1000) {
      if (moved) tell();
      else {
        document.dispatchEvent(new CustomEvent("portal:leaving"));
        dialog.showModal();
      }
    }
  }, 5000);
}
