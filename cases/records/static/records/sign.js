// Draw a signature with finger, pen or mouse. The typed name does the same by keyboard, so nothing hangs on this.

const MOST = 150000; // letters of the picture

document.querySelectorAll("[data-sign]").forEach((place) => {
  const form = place.closest("form");
  const canvas = place.querySelector("canvas");
  const field = form.querySelector("[data-drawn]");
  const open = form.querySelector("[data-sign-open]");
  const pen = canvas.getContext("2d");
  let last = null;

  open.hidden = false;
  open.addEventListener("click", () => {
    place.hidden = !place.hidden;
    open.setAttribute("aria-expanded", String(!place.hidden));
    if (!place.hidden) place.scrollIntoView({ block: "nearest" });
  });

  function at(event) {
    const box = canvas.getBoundingClientRect();
    return [
      ((event.clientX - box.left) * canvas.width) / box.width,
      ((event.clientY - box.top) * canvas.height) / box.height,
    ];
  }

  function keep() {
    const picture = canvas.toDataURL("image/png");
    field.value = picture.length > MOST ? "" : picture;
  }

  canvas.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    last = at(event);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!last) return;
    const next = at(event);
    pen.lineWidth = 4;
    pen.lineCap = "round";
    pen.strokeStyle = "#000";
    pen.beginPath();
    pen.moveTo(...last);
    pen.lineTo(...next);
    pen.stroke();
    last = next;
  });
  for (const name of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(name, () => {
      if (last) keep();
      last = null;
    });
  }
  place.querySelector("[data-sign-clear]").addEventListener("click", () => {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    field.value = "";
  });
});
