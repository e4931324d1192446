"""Pages as pictures, made while the tests run: photographed, scanned, dark, lying, empty."""

import io
from functools import cache

import pypdfium2
from PIL import Image, ImageEnhance

from portal.pages.demo.plan_files import make_plan_pdf

LINES = (
    "The tumor board met on Tuesday and read the whole file.",
    "Surgery is planned for December 15 at Lakeside Cancer Clinic.",
    "Take tamoxifen 20 mg every day with a glass of water.",
    "Call the nurse line when fever is above 38 degrees.",
)


@cache
def page(*lines, turned=0, is_dark=False, dpi=200):
    """One page of print as a grey picture; `turned` degrees clockwise from upright."""
    pdf = pypdfium2.PdfDocument(make_plan_pdf("Treatment plan", list(lines or LINES), clinic="Lakeside Cancer Clinic"))
    picture = pdf[0].render(scale=dpi / 72, grayscale=True).to_pil()
    if is_dark:
        picture = ImageEnhance.Brightness(picture).enhance(0.25)
    return picture.rotate(-turned, expand=True)


@cache
def photo(*lines, kind="JPEG", **also):
    """The same as the bytes of a photo."""
    return saved(page(*lines, **also), kind)


def saved(picture, kind="JPEG"):
    out = io.BytesIO()
    picture.save(out, kind)
    return out.getvalue()


def empty(kind="JPEG"):
    return saved(Image.new("L", (1200, 1600), 250), kind)


@cache
def scanned_pdf(*pages, **also):
    """A PDF of pictures of pages; each of `pages` is one line of print."""
    first, *others = [page(words, **also) for words in pages or LINES[:1]]
    out = io.BytesIO()
    first.save(out, "PDF", resolution=200, save_all=True, append_images=others)
    return out.getvalue()
