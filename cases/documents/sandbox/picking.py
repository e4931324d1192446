"""Some pages of a clean copy as a copy of their own, turned where asked. Runs in the sandbox; plain Python."""

from pathlib import Path

from PIL import Image

from cases.documents import kinds
from cases.documents.sandbox.sheets import TURNS

SAVED_AS = {kinds.JPEG: "JPEG", kinds.PNG: "PNG"}


def pick(folder: Path, kind: kinds.Kind, pages: list[list[int]]) -> None:
    """Make folder/clean what holds these [page, degrees clockwise], in this order, and nothing of the others."""
    clean, picked = folder / "clean", folder / "picked"
    if kind.is_picture:
        turn = pages[0][1]
        with Image.open(clean, formats=[SAVED_AS[kind]]) as picture:
            turned = picture.transpose(TURNS[turn]) if turn else picture.copy()
        turned.save(picked, SAVED_AS[kind], **({"quality": 95} if kind == kinds.JPEG else {}))
    else:
        _pick_of_pdf(clean, picked, pages)
    picked.replace(clean)


def _pick_of_pdf(clean: Path, picked: Path, pages: list[list[int]]) -> None:
    import pikepdf

    with pikepdf.open(clean) as whole, pikepdf.new() as some:
        for number, turn in pages:
            some.pages.append(whole.pages[number - 1])
            if turn:
                some.pages[-1].rotate(turn, relative=True)
        some.remove_unreferenced_resources()
        some.save(picked)
