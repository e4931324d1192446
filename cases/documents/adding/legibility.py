"""Is a photo of a page hard to read? One quick look at a small copy; photo_look.js does the same before sending.

Plain Python: the sandbox imports it. What counts is the print, not the picture: a letter on a dark table is not dark, a
page with three words is not blurred, and an X-ray, dark and soft by nature, holds no print that could be judged.
docs/photos.md says how often that is right, on photos made for it.
"""

from typing import Any

from PIL import Image

from cases.documents import verdicts

# Each bound with its reason. They reach the browser as they stand here, so that there is one truth.
BOUNDS = {
    "smallest": 900,  # pixels of the longest side: a letter page has 80 dots an inch then, its print 5 pixels of height
    "look": 1000,  # pixels of the longest side of the copy that is looked at: print of 10 points is 6 pixels high
    "span": 8,  # pixels in which the edge of a letter is looked for
    "contrast": 16,  # levels between letter and paper, at least: noise of a phone stays under it
    "share": 0.45,  # of the paper's level, at least: a letter is black on white, wood and skin are not
    "print": 0.002,  # of the picture that must be print before anything is said of its focus
    "text": 0.03,  # of the picture, before bright paper elsewhere makes dark print a matter of shadow: X-rays have less
    "paper": 80,  # level of paper under which print is in the dark
    "in_the_dark": 0.3,  # of the print: more is a dark photo, less is a shadow over a corner
    "black": 40,  # level that something in any picture reaches, were it an X-ray
    "steep": 0.275,  # of a letter's contrast within one pixel: in focus 0.4 and more, blurred by 1.5 points 0.25
    "one_way": 0.02,  # as many edges across as down, or the other way: the hand moved, and took these edges along
    "mush": 0.06,  # of the paper's level: bands that were lines of print; a blank page has less
}


def look(picture: Image.Image) -> list[str]:
    """Codes for what makes a photo hard to read; a poor photo is still kept."""
    notes = [verdicts.SMALL] if max(picture.size) < BOUNDS["smallest"] else []
    grey = picture if picture.mode == "L" else picture.convert("L")
    if max(grey.size) > BOUNDS["look"]:
        grey = grey.copy() if grey is picture else grey
        grey.thumbnail((BOUNDS["look"], BOUNDS["look"]), Image.Resampling.BOX, reducing_gap=None)
    return notes + _light_and_focus(grey)


def _light_and_focus(grey: Image.Image) -> list[str]:
    import numpy  # a process that opens a PDF need not load it

    levels = numpy.asarray(grey, dtype=numpy.int16)
    if min(levels.shape) <= 2 * BOUNDS["span"]:
        return []
    bright = numpy.percentile(levels, 95)
    if bright < BOUNDS["black"]:
        return [verdicts.DARK]
    across, down = _edges(numpy, levels), _edges(numpy, levels.T)
    found = [edges for edges in (across, down) if edges["count"] >= BOUNDS["print"] * levels.size]
    if not found:  # no print, or print so blurred that only grey bands are left of it
        is_paper = numpy.median(levels) > bright / 2
        contrast = max(across["contrast"], down["contrast"])
        return [verdicts.BLURRED] if is_paper and contrast > BOUNDS["mush"] * bright else []
    notes, most = [], max(edges["count"] for edges in found)
    is_text = bright < BOUNDS["paper"] or most >= BOUNDS["text"] * levels.size
    if is_text and max(edges["in_the_dark"] for edges in found) > BOUNDS["in_the_dark"]:
        notes.append(verdicts.DARK)
    has_moved = most >= BOUNDS["text"] * levels.size and min(across["count"], down["count"]) < BOUNDS["one_way"] * most
    if has_moved or min(edges["steep"] for edges in found) < BOUNDS["steep"]:
        notes.append(verdicts.BLURRED)
    return notes


def _edges(numpy: Any, levels: Any) -> dict[str, float]:
    """What stands at the edges along the rows: how many, how steep (middle one), how many of them on dark paper."""
    span = BOUNDS["span"]
    steps = numpy.abs(numpy.diff(levels, axis=1))
    wide = steps.shape[1] - span + 1
    high, low = levels[:, :wide].copy(), levels[:, :wide].copy()
    steepest = steps[:, :wide].copy()
    for place in range(1, span + 1):
        part = levels[:, place : place + wide]
        numpy.maximum(high, part, out=high)
        numpy.minimum(low, part, out=low)
        if place < span:
            numpy.maximum(steepest, steps[:, place : place + wide], out=steepest)
    contrast = high - low
    is_print = (contrast >= BOUNDS["contrast"]) & (contrast >= BOUNDS["share"] * high)
    count = int(is_print.sum())
    return {
        "count": count,
        "contrast": float(numpy.percentile(contrast, 99)),
        "steep": float(numpy.median(steepest[is_print] / contrast[is_print])) if count else 1.0,
        "in_the_dark": float((high[is_print] < BOUNDS["paper"]).mean()) if count else 0.0,
    }
