"""Photos as sheets of one PDF, each turned as the person turned it. Runs in the sandbox; plain Python."""

from pathlib import Path

from PIL import Image

from cases.documents import kinds
from cases.documents.sandbox import pictures

AT_A_TIME = 5  # photos opened by one process, so that many never meet the process's time limit
LONGEST = 2600  # pixels of a sheet's longest side: the photos themselves are kept as they were sent
ON_PAPER = 1008  # points of a sheet's longest side, so that a page picture has all the pixels that pages.py gives one
TURNS = {
    90: Image.Transpose.ROTATE_270,  # Pillow turns against the clock
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}


def make_sheets(folder: Path, photos: list[list]) -> None:
    """Write sheet-N.jpg for each [number, kind, turn]; the photo lies in photo-N."""
    for number, kind, turn in photos:
        picture = pictures.open_picture(folder / f"photo-{number}", kinds.KINDS[kind])
        picture.draft("RGB", (LONGEST, LONGEST))
        sheet = pictures.decoded(picture)
        sheet.thumbnail((LONGEST, LONGEST))
        if turn:
            sheet = sheet.transpose(TURNS[turn])
        sheet.save(folder / f"sheet-{number}.jpg", "JPEG", quality=85)


def bind(folder: Path, pages: int) -> None:
    """Write folder/clean, a PDF of sheet-1.jpg and on."""
    import pikepdf

    pdf = pikepdf.new()
    for number in range(1, pages + 1):
        path = folder / f"sheet-{number}.jpg"
        with Image.open(path, formats=["JPEG"]) as sheet:
            width = max(1, round(ON_PAPER * sheet.width / max(sheet.size)))
            pictures.add_page(pdf, path.read_bytes(), sheet, width)
    pdf.save(folder / "clean")
