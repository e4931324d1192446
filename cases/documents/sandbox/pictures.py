"""Pictures: opened for real, turned upright, saved anew without place, time and camera. Runs in the sandbox."""

from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from cases.documents import kinds, verdicts
from cases.documents.adding import legibility
from cases.documents.verdicts import Refusal

Image.MAX_IMAGE_PIXELS = verdicts.MAX_PIXELS

FORMATS = {kinds.JPEG: "JPEG", kinds.PNG: "PNG", kinds.HEIC: "HEIF", kinds.TIFF: "TIFF"}

# What broken or hostile picture files raise out of Pillow and libheif.
BROKEN = (OSError, ValueError, SyntaxError, EOFError, KeyError, IndexError, TypeError, RuntimeError)


def open_picture(source: Path, kind: kinds.Kind) -> Image.Image:
    """The picture, not yet decoded. Raises Refusal when it is not of that kind, or too large to decode."""
    if kind == kinds.HEIC:
        import pillow_heif

        pillow_heif.register_heif_opener(thumbnails=False)
    try:
        picture = Image.open(source, formats=[FORMATS[kind]])
    except Image.DecompressionBombError as error:
        raise Refusal(verdicts.TOO_COMPLEX) from error
    except UnidentifiedImageError as error:
        raise Refusal(verdicts.DAMAGED) from error
    except BROKEN as error:
        raise Refusal(verdicts.DAMAGED) from error
    return picture


def clean_picture(source: Path, clean: Path, kind: kinds.Kind) -> tuple[kinds.Kind, int, list[str]]:
    """(kind of the copy, pages, notes); the copy is a PNG for a PNG, a PDF for a TIFF of several pages, else a JPEG."""
    picture = open_picture(source, kind)
    frames = getattr(picture, "n_frames", 1) if kind == kinds.TIFF else 1
    if frames > verdicts.MAX_FRAMES:
        raise Refusal(verdicts.TOO_LONG)
    if frames > 1:
        return kinds.PDF, frames, _frames_as_pdf(picture, frames, clean)
    upright = decoded(picture)
    notes = legibility.look(upright)
    if kind == kinds.PNG:
        upright.save(clean, "PNG", optimize=False)
        return kinds.PNG, 1, notes
    upright.save(clean, "JPEG", quality=90)
    return kinds.JPEG, 1, notes


def decoded(picture: Image.Image) -> Image.Image:
    """Every pixel read, turned upright, without alpha, profile or notes."""
    if picture.width * picture.height > verdicts.MAX_PIXELS:
        raise Refusal(verdicts.TOO_COMPLEX)
    try:
        picture.load()
        ImageOps.exif_transpose(picture, in_place=True)
        return _plain(picture)
    except Image.DecompressionBombError as error:
        raise Refusal(verdicts.TOO_COMPLEX) from error
    except BROKEN as error:
        raise Refusal(verdicts.DAMAGED) from error


def _plain(picture: Image.Image) -> Image.Image:
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        clear = picture.convert("RGBA")
        picture = Image.new("RGB", clear.size, "white")
        picture.paste(clear, mask=clear.getchannel("A"))
    elif picture.mode.startswith("I;16") or picture.mode in {"I", "F"}:
        low, high = picture.getextrema()
        scale = 255 / ((high - low) or 1)
        picture = picture.convert("F").point(lambda level: (level - low) * scale).convert("L")
    elif picture.mode not in {"RGB", "L"}:
        picture = picture.convert("RGB")
    picture.info = {}
    picture.getexif().clear()
    return picture


def _frames_as_pdf(picture: Image.Image, frames: int, clean: Path) -> list[str]:
    import pikepdf

    notes: set[str] = set()
    pdf = pikepdf.new()
    for number in range(frames):
        try:
            picture.seek(number)
        except BROKEN as error:
            raise Refusal(verdicts.DAMAGED) from error
        frame = decoded(picture.copy())
        notes.update(legibility.look(frame))
        saved = clean.with_suffix(".frame")
        frame.save(saved, "JPEG", quality=90)
        add_page(pdf, saved.read_bytes(), frame)
        saved.unlink()
    pdf.save(clean)
    return sorted(notes)


def add_page(pdf, jpeg: bytes, frame: Image.Image, width: int = 612) -> None:
    """A page of so many points that is this picture and nothing else."""
    import pikepdf

    height = max(1, round(width * frame.height / frame.width))
    page = pdf.add_blank_page(page_size=(width, min(height, 14000)))
    image = pikepdf.Stream(pdf, jpeg)
    image.update(
        pikepdf.Dictionary(
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=frame.width,
            Height=frame.height,
            BitsPerComponent=8,
            ColorSpace=pikepdf.Name.DeviceGray if frame.mode == "L" else pikepdf.Name.DeviceRGB,
            Filter=pikepdf.Name.DCTDecode,
        )
    )
    page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Scan=pdf.make_indirect(image)))
    page.obj.Contents = pdf.make_stream(f"{width} 0 0 {height} 0 0 cm /Scan Do".encode())
