// Small manners of every page: focus on the summary of errors, print buttons, dialogs, the account menu, htmx's token.

function focusOn(root) {
  const target = root.querySelector("[data-focus]");
  if (target) target.focus();
}

function wake(root) {
  root.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
  });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-print], [data-dialog]");
  if (button?.hasAttribute("data-print")) window.print();
  if (button?.dataset.dialog) {
    const dialog = document.getElementById(button.dataset.dialog);
    if (dialog) {
      event.preventDefault();
      dialog.showModal();
    }
  }
  document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
    menu.open = false;
    menu.querySelector("summary").focus();
  });
});

// At sign-out nothing that was typed stays in the tab, sealed or not; also what a page writes while it goes.
document.addEventListener("submit", (event) => {
  if (!/\/logout\/$/.test(new URL(event.target.action, location.href).pathname)) return;
  sessionStorage.clear();
  window.addEventListener("pagehide", () => sessionStorage.clear());
});

document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector('meta[name="csrf-token"]');
  if (token) event.detail.headers["X-CSRFToken"] = token.content;
});

document.addEventListener("htmx:afterSwap", (event) => {
  wake(event.target);
  focusOn(event.target);
});

// A person without a saved zone is offered the browser's guess; it is theirs to change.
document.querySelectorAll("select[data-zone-guess]").forEach((select) => {
  const guess = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!select.dataset.chosen && [...select.options].some((option) => option.value === guess)) select.value = guess;
});

// In a zone where clocks differ from the account's now (the server names those that agree): the page asks.
document.querySelectorAll("[data-zone-now]").forEach((strip) => {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!here || strip.dataset.zoneNow.split(" ").includes(here)) return;
  strip.querySelector("[name=zone]").value = here;
  strip.querySelector("[data-zone-city]").textContent = here.split("/").pop().replaceAll("_", " ");
  strip.hidden = false;
});

wake(document);
focusOn(document);
