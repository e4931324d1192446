// A photo is looked at before it is sent: too dark, blurred or small can be said at once, also on a slow line.
// The same look as in legibility.py, by the same bounds, which the page hands over. A photo that this browser cannot
// open (HEIC, mostly) is sent as it is; then the worker's word counts.

const asked = document.querySelector("template[data-poor]");
const bounds = asked ? JSON.parse(asked.dataset.bounds) : null;

let before = Promise.resolve(); // one photo after the other: each takes much memory while it is open

// Looks at a job's photo; `goOn` is called when it may be sent. A poor one is asked about in its row first.
export function lookAt(job, goOn) {
  if (!bounds || !/^image\/(jpeg|png)$/.test(job.file.type)) return;
  job.isLookedAt = true;
  before = before.then(async () => {
    const notes = await notesOf(job.file).catch(() => []); // what does not open is not ours to judge
    job.isLookedAt = false;
    if (notes.length && !job.isKept) ask(job, notes, goOn);
    goOn();
  });
}

// Takes the first job that may be sent out of the list. While one is looked at, those behind it wait: order is kept.
export function taken(waiting) {
  const first = waiting.find((job) => !job.isAskedAbout);
  if (!first || first.isLookedAt) return undefined;
  waiting.splice(waiting.indexOf(first), 1);
  return first;
}

// "Save and continue" answers for all that were or would be asked about: they are kept.
export function keepAll(waiting) {
  waiting.forEach((job) => {
    job.isKept = true;
    settle(job);
  });
}

function ask(job, notes, goOn) {
  const question = asked.content.firstElementChild.cloneNode(true);
  const said = JSON.parse(asked.dataset.said);
  question.querySelector("[data-why]").textContent = notes.map((note) => said[note]).join(" ");
  question.querySelectorAll("[data-name]").forEach((part) => { part.textContent = ` ${job.file.name}`; });
  question.querySelector("[data-keep]").addEventListener("click", () => {
    settle(job);
    goOn();
  });
  question.querySelector("[data-retake]").addEventListener("click", () => retake(job, goOn));
  job.row.querySelector(".rs-file__state").append(question);
  job.isAskedAbout = true;
  const status = document.querySelector("#files-said");
  if (status) status.textContent = `${job.file.name}: ${asked.dataset.asked}`;
}

function settle(job) {
  job.isAskedAbout = false;
  job.row.querySelector("[data-question]")?.remove();
}

// The camera, or the choice of a file: the newer photo takes the place of the poor one.
function retake(job, goOn) {
  const input = document.createElement("input");
  input.type = "file";
  input.accept = "image/*";
  input.setAttribute("capture", "environment");
  input.addEventListener("change", () => {
    if (!input.files.length) return;
    settle(job);
    [job.file] = input.files;
    job.row.querySelectorAll("[data-name]").forEach((part, number) => {
      part.textContent = number ? ` ${job.file.name}` : job.file.name;
    });
    lookAt(job, goOn);
  });
  input.click();
}

export async function notesOf(file) {
  const picture = await createImageBitmap(file);
  const longest = Math.max(picture.width, picture.height);
  const notes = longest < bounds.smallest ? ["small"] : [];
  const { levels, width, height } = smallCopy(picture, Math.min(1, bounds.look / longest));
  picture.close();
  return notes.concat(lightAndFocus(levels, width, height));
}

// Halved until nearly small enough: each level is the mean of the pixels that it stands for.
function smallCopy(picture, scale) {
  const width = Math.max(1, Math.round(picture.width * scale));
  const height = Math.max(1, Math.round(picture.height * scale));
  let from = picture;
  let [wide, high] = [picture.width, picture.height];
  while (wide > width) {
    [wide, high] = [Math.max(width, Math.ceil(wide / 2)), Math.max(height, Math.ceil(high / 2))];
    from = drawn(from, wide, high);
  }
  const canvas = from === picture ? drawn(picture, width, height) : from;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  const levels = new Uint8Array(width * height);
  for (let at = 0; at < levels.length; at += 1) {
    levels[at] = (299 * data[4 * at] + 587 * data[4 * at + 1] + 114 * data[4 * at + 2]) / 1000;
  }
  return { levels, width, height };
}

function drawn(picture, width, height) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.fillStyle = "white"; // under what is transparent
  context.fillRect(0, 0, width, height);
  context.drawImage(picture, 0, 0, width, height);
  return canvas;
}

function lightAndFocus(levels, width, height) {
  if (Math.min(width, height) <= 2 * bounds.span) return [];
  const bright = percentile(counted(levels), 0.95);
  if (bright < bounds.black) return ["dark"];
  const size = levels.length;
  const across = edges(levels, width, height, 1, width);
  const down = edges(levels, height, width, width, 1);
  const found = [across, down].filter((each) => each.count >= bounds.print * size);
  if (!found.length) {
    const isPaper = percentile(counted(levels), 0.5) > bright / 2;
    return isPaper && Math.max(across.contrast, down.contrast) > bounds.mush * bright ? ["blurred"] : [];
  }
  const notes = [];
  const most = Math.max(...found.map((each) => each.count));
  const isText = bright < bounds.paper || most >= bounds.text * size;
  if (isText && Math.max(...found.map((each) => each.inTheDark)) > bounds.in_the_dark) notes.push("dark");
  const hasMoved = most >= bounds.text * size && Math.min(across.count, down.count) < bounds.one_way * most;
  if (hasMoved || Math.min(...found.map((each) => each.steep)) < bounds.steep) notes.push("blurred");
  return notes;
}

// Along each line: how many edges of letters, how steep (middle one), how many of them on dark paper.
function edges(levels, length, lines, step, jump) {
  const { span } = bounds;
  const contrasts = new Uint32Array(256);
  const steeps = new Uint32Array(1001);
  let count = 0;
  let dark = 0;
  for (let line = 0; line < lines; line += 1) {
    for (let place = 0; place < length - span; place += 1) {
      let at = line * jump + place * step;
      let last = levels[at];
      let [high, low, steepest] = [last, last, 0];
      for (let further = 0; further < span; further += 1) {
        at += step;
        const level = levels[at];
        if (level > high) high = level;
        if (level < low) low = level;
        const change = level > last ? level - last : last - level;
        if (change > steepest) steepest = change;
        last = level;
      }
      const contrast = high - low;
      contrasts[contrast] += 1;
      if (contrast < bounds.contrast || contrast < bounds.share * high) continue;
      count += 1;
      steeps[Math.round((1000 * steepest) / contrast)] += 1;
      if (high < bounds.paper) dark += 1;
    }
  }
  return {
    count,
    contrast: percentile(contrasts, 0.99),
    steep: count ? percentile(steeps, 0.5) / 1000 : 1,
    inTheDark: count ? dark / count : 0,
  };
}

function counted(levels) {
  const counts = new Uint32Array(256);
  levels.forEach((level) => { counts[level] += 1; });
  return counts;
}

function percentile(counts, share) {
  const wanted = share * counts.reduce((sum, count) => sum + count, 0);
  let sum = 0;
  for (let value = 0; value < counts.length; value += 1) {
    sum += counts[value];
    if (sum >= wanted && sum) return value;
  }
  return counts.length - 1;
}
