"""The words of a page that is a picture, read by tesseract, and where they stand. Runs in the sandbox; plain Python."""

import os
import statistics
import subprocess
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageOps

from cases.documents import kinds
from cases.documents.reading import machine_words
from cases.documents.verdicts import Refusal

DPI = 240
LONGEST = 3000  # pixels of the picture that is read
MOST_OUTPUT = 4 * 2**20  # bytes of the program's answer that are looked at
MOST_LETTERS = 60_000  # of one page
SURE_TURN = 5.0  # from here on the program's guess at which way is up is right on our pages
TURNS = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}
UNREAD = "unread"


def read(folder: Path, kind: kinds.Kind, number: int, size: tuple[int, int], engine: dict) -> dict:
    """Lines of page `number` of folder/clean in pixels of its picture of `size`, certainty, and how it should turn.

    `engine` is the program, its languages and the seconds it has. Raises Refusal when the program fails.
    """
    picture = page_picture(folder / "clean", kind, number)
    turn = _turn(picture, folder, engine)
    upright = picture.transpose(TURNS[turn]) if turn else picture
    across = size[1] if turn in (90, 270) else size[0]  # of the page's picture, were it turned
    words = list(_words(_run(upright, folder, engine, ["--psm", "3", "-l", engine["languages"]], "tsv")))
    sure = [word for word in words if machine_words.is_sure(word["text"], word["certainty"])]
    if not words or len(sure) < len(words) * machine_words.FEWEST_SURE:
        return {"lines": [], "certainty": 0, "turn": turn}
    certainty = round(statistics.mean(word["certainty"] for word in words))
    return {"lines": list(_lines(words, across / upright.width)), "certainty": certainty, "turn": turn}


def page_picture(clean: Path, kind: kinds.Kind, number: int) -> Image.Image:
    """The page in grey, large enough to be read."""
    if kind.is_picture:
        from cases.documents.sandbox import pictures

        picture = pictures.open_picture(clean, kind)
        picture.draft("L", (LONGEST, LONGEST))
    else:
        import pypdfium2

        page = pypdfium2.PdfDocument(clean)[number - 1]
        scale = min(DPI / 72, LONGEST / max(*page.get_size(), 1))
        picture = page.render(scale=scale, grayscale=True).to_pil()
    picture = picture if picture.mode == "L" else picture.convert("L")
    picture.thumbnail((LONGEST, LONGEST))
    return ImageOps.autocontrast(picture)  # a dark scan is read as well as a light one


def _turn(picture: Image.Image, folder: Path, engine: dict) -> int:
    """Degrees clockwise that make it upright; 0 when the program cannot tell, as of a page with few letters."""
    try:
        told = _run(picture, folder, engine, ["--psm", "0", "-l", "osd"])
    except Refusal:
        return 0
    facts = dict(line.split(": ", 1) for line in told.splitlines() if ": " in line)
    try:
        turn, certainty = int(facts["Rotate"]), float(facts["Orientation confidence"])
    except (KeyError, ValueError):
        return 0
    return turn if turn in TURNS and certainty >= SURE_TURN else 0


def _run(picture: Image.Image, folder: Path, engine: dict, how: list[str], *what: str) -> str:
    """What the program writes. It has the limits of this process, and so many seconds."""
    page, answer = folder / "read.pgm", folder / "read.txt"
    picture.save(page)
    with answer.open("wb") as out:
        try:
            subprocess.run(
                [engine["program"], str(page), "-", "--dpi", str(DPI), *how, *what],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.DEVNULL,
                env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", "OMP_THREAD_LIMIT": "1"},
                timeout=engine["seconds"],
                check=True,
            )
        except (subprocess.SubprocessError, OSError) as error:
            raise Refusal(UNREAD) from error
    with answer.open("rb") as out:
        return out.read(MOST_OUTPUT).decode("utf-8", "replace")


def _words(answer: str) -> Iterator[dict]:
    """Each word with its line's number, its place and how certain the program is; anything else is passed over."""
    left = MOST_LETTERS
    for row in answer.splitlines():
        cells = row.split("\t")
        if len(cells) != 12 or cells[0] != "5":
            continue
        text = "".join(letter for letter in cells[11] if letter.isprintable()).strip()
        try:
            x, y, width, height = map(int, cells[6:10])
            certainty = float(cells[10])
        except ValueError:
            continue
        left -= len(text)
        if left < 0:
            return
        if text and " " not in text and width > 0 and height > 0 and min(x, y) >= 0:
            place = {"x": x, "y": y, "right": x + width, "foot": y + height}
            yield {"line": tuple(cells[2:5]), "text": text, "certainty": min(max(certainty, 0), 100), **place}


def _lines(words: list[dict], scale: float) -> Iterator[list]:
    """[x, baseline, length, height, words, places of words that are not sure] of each line, as pages.lines_of gives."""
    rows: dict[tuple, list[dict]] = {}
    for word in words:
        rows.setdefault(word["line"], []).append(word)
    for row in rows.values():
        text, unsure = machine_words.line_of([(word["text"], word["certainty"]) for word in row])
        if not text.replace(machine_words.GAP, "").strip():
            continue  # specks and the edges of drawings
        left, right = min(word["x"] for word in row), max(word["right"] for word in row)
        top, foot = min(word["y"] for word in row), max(word["foot"] for word in row)
        tall = (foot - top) * scale
        yield [
            round(left * scale, 1),
            round(foot * scale - tall * 0.2, 1),
            round((right - left) * scale, 1),
            round(tall, 1),
            text,
            unsure,
        ]
