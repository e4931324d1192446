"""Papers as they come in, for the tests of the tray."""

import io

import pikepdf
import pypdfium2
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from cases.desk.tray import adding, checking, filing, reading
from cases.desk.tray.adding import Came
from cases.desk.tray.filing import Filing
from cases.desk.tray.models import Incoming
from cases.desk.tray.states import About
from cases.documents.worker import checking as document_checking
from portal import clock
from portal.actors import Actor
from portal.pages.demo.plan_files import make_plan_pdf
from portal.vault import files
from tests import people, plan_files
from tests.documents.files import opened_once


def theo() -> Actor:
    return Actor.person(people.person("theo"))


def came(how="fax", sender="(555) 010-0177", **more) -> Came:
    return Came(how, more.pop("at", None) or clock.now(), sender, **more)


def added(content=None, name="fax.pdf", **more) -> Incoming:
    """A paper as it is right after it was put in, not yet checked."""
    content = plan_files.pdf() if content is None else content
    return adding.add_scan(SimpleUploadedFile(name, content), came(**more), by=theo())


def checked(content=None, name="fax.pdf", **more) -> Incoming:
    """A paper after the worker has looked at it in its sandbox, which opens the same bytes once for all tests."""
    paper = added(content, name, **more)
    with opened_once():
        checking.check(paper.pk)
    return fresh(paper)


def read(content=None, name="fax.pdf", **more) -> Incoming:
    """A paper that was checked, and read by whatever reads here."""
    paper = checked(content, name, **more)
    with opened_once():
        reading.read(paper.pk)
    return fresh(paper)


def call(words="Slides left this morning.", **more) -> Incoming:
    return adding.add_call(came("phone", words=words, **more), by=theo())


def filed_letter(case) -> Incoming:
    """A letter that came by post and is a file of the case by now, checked."""
    order = Filing(case=case, about=About.OTHER)
    paper = filing.file(checked(words("A letter"), "letter.pdf", how="post"), order, by=theo())
    with opened_once():
        document_checking.check(paper.document.versions.get().pk)
    return fresh(paper)


def fresh(paper: Incoming) -> Incoming:
    return Incoming.objects.select_related("key", "case__key", "case__patient", "file__key", "document").get(
        pk=paper.pk
    )


def strip(case, *lines, mark="B") -> bytes:
    """The answer strip of a letter about a case, filled in by an office: a page with words of its own."""
    said = lines or ["[X] We sent it on 11 / 17 by courier"]
    return words("ANSWER STRIP. FAX BACK OR CALL.", f"Reference {case.reference} · {mark}", *said)


def words(*lines) -> bytes:
    return make_plan_pdf("Fax", list(lines), clinic="Lakeside Pathology")


def tiff(pages=2, mode="1") -> bytes:
    """What a fax machine makes: pages of black and white dots in one file."""
    frames = [Image.new(mode, (1728, 2200), 1 if mode == "1" else 255) for _page in range(pages)]
    for number, frame in enumerate(frames, 1):
        frame.paste(0, (100, 100, 400, 100 + 150 * number))
    out = io.BytesIO()
    frames[0].save(out, "TIFF", save_all=True, append_images=frames[1:], compression="group4" if mode == "1" else None)
    return out.getvalue()


def joined(*pdfs) -> bytes:
    """Several papers sent in one fax."""
    out = io.BytesIO()
    with pikepdf.new() as whole:
        for content in pdfs:
            with pikepdf.open(io.BytesIO(content)) as some:
                whole.pages.extend(some.pages)
        whole.save(out)
    return out.getvalue()


def as_photo(pdf: bytes) -> bytes:
    """The first page as a machine sees it: a picture without words."""
    out = io.BytesIO()
    pypdfium2.PdfDocument(pdf)[0].render(scale=200 / 72, grayscale=True).to_pil().save(out, "JPEG")
    return out.getvalue()


def as_fax(pdf: bytes) -> bytes:
    """Every page as it comes out of a fax machine: black and white dots, no words."""
    pages = [page.render(scale=200 / 72, grayscale=True).to_pil() for page in pypdfium2.PdfDocument(pdf)]
    first, *others = [page.point(lambda shade: 255 if shade > 127 else 0).convert("1") for page in pages]
    out = io.BytesIO()
    first.save(out, "TIFF", save_all=True, append_images=others, compression="group4")
    return out.getvalue()


def text_of(paper: Incoming) -> bytes:
    """Every word of the copy that is kept."""
    pdf = pypdfium2.PdfDocument(files.read_bytes(paper.file))
    return "\n".join(page.get_textpage().get_text_bounded() for page in pdf).encode()
