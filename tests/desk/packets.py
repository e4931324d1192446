"""Visits with documents, for the tests of the packet: files as people put them in, through the real checks."""

import io
import zipfile

import pikepdf

from cases.case.authority_actions import sign_authority
from cases.case.signatures import Signature, SignedHow
from cases.desk.packet import contents, made
from cases.documents import actions as documents
from cases.documents.describing.actions import say_kind
from cases.documents.models import Document, Version
from cases.records import actions
from cases.records.models import Visit
from portal import clock
from portal.actors import Actor
from tests import factories, people, plan_files
from tests.documents.files import checked, read, upload
from tests.kept import kept
from tests.records.builders import VISIT_ON, actor, booked_visit, item


@kept
def signed_visit() -> Visit:
    """A visit whose patient signed that we may pass records on."""
    return sign(booked_visit())


def sign(visit: Visit) -> Visit:
    patient = visit.case.patient
    name = Signature(SignedHow.TYPED, patient.name)
    sign_authority(visit.case, name, version=1, by=Actor.person(patient))
    return fresh(visit)


def fresh(visit: Visit) -> Visit:
    together = ("case__patient", "case__starter", "case__key", "office", "clinician")
    return Visit.objects.select_related(*together).get(pk=visit.pk)


def file_of(visit: Visit, kind: str = "plan", name: str = "plan.pdf", content=None, by=None) -> Version:
    """A checked file of the case that is this kind of record."""
    pages = Document.objects.filter(case=visit.case).count() + 1  # other bytes each time: we keep one of a kind
    look = checked if name.endswith((".dcm", ".zip")) else read  # scans are drawn with their case's words
    version = look(visit.case, name, content or plan_files.pdf(pages=pages), by=by)
    if kind != "plan":
        say_kind(version.document, kind, by=Actor.person(visit.case.patient))
    version.refresh_from_db()
    return version


def visit_of_grace() -> Visit:
    """Another patient's visit, at the same office by name."""
    grace = people.person("grace")
    case, by = factories.open_case(grace), Actor.person(grace)
    visit = actions.name_visit(case, doctor="Dr. Priya Raman", office_name="Northfield Medical Center", by=by)
    return fresh(actions.set_visit_date(visit, on=VISIT_ON, by=by))


def through_us(visit: Visit, kind: str, **more) -> Version:
    """A file that goes through us as this record."""
    actions.set_route(item(visit, kind), "through_us", by=actor("rosa"))
    return file_of(visit, kind, **more)


def packet(visit: Visit) -> contents.Packet:
    return contents.for_office(fresh(visit), clock.today(visit.zone))


def headings(visit: Visit) -> list[str]:
    return [part.heading for part in packet(visit).parts]


def opened(found: contents.Packet) -> pikepdf.Pdf:
    with made.one_pdf(found, clock.now()) as out:
        return pikepdf.open(io.BytesIO(out.read()))


def bookmarks(pdf: pikepdf.Pdf) -> list:
    """[(title, page from 1, [(title, page), …]), …]."""
    places = {page.obj.objgen: number for number, page in enumerate(pdf.pages, 1)}

    def page_of(bookmark) -> int:
        return places[bookmark.destination[0].objgen]

    with pdf.open_outline() as outline:
        return [
            (str(each.title), page_of(each), [(str(below.title), page_of(below)) for below in each.children])
            for each in outline.root
        ]


def unzipped(found: contents.Packet) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(made.zipped(found, clock.now()))))


def text_of(pdf: pikepdf.Pdf, page: int = 0) -> str:
    import pypdfium2

    out = io.BytesIO()
    pdf.save(out)
    with pypdfium2.PdfDocument(out.getvalue()) as document:
        return " ".join(document[page].get_textpage().get_text_bounded().split())


def newer(version: Version, content: bytes) -> Version:
    """A newer file in its place, not yet checked."""
    return documents.add_version(version.document, upload("newer.pdf", content), by=actor("rosa"))
