"""What lies in the tray of the demo: a strip that a machine can read, a report, a signed form, a voicemail."""

import datetime as dt
import io
import json

import typst
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, ImageFont

from cases.case.models import Case
from cases.desk.tray import adding, checking, reading
from cases.desk.tray.adding import Came
from cases.desk.tray.states import How
from cases.records.models import RecordItem
from cases.records.states import ItemState
from portal import clock, when
from portal.actors import Actor

# Black on white, as a fax machine prints it. The words travel as JSON, so that no text can be taken for a command.
FAX = """
#let d = json(bytes(sys.inputs.words))
#set document(title: "Fax")
#set page(paper: "us-letter", margin: 2.2cm)
#set text(font: "DejaVu Sans Mono", size: 12pt, lang: "en")
#for page in d {
  grid(columns: (1fr, auto), page.at(0), page.at(1))
  line(length: 100%, stroke: 0.8pt)
  for words in page.slice(2) { v(0.4em); par(words) }
  if page != d.last() { pagebreak() }
}
"""
REPORT = (
    ["Northfield Medical Center", "Department of Oncology", "", "Second opinion", "", "Thank you for asking us."],
    ["We looked at the slides and the scans again.", "We agree with the plan.", "One more test may help."],
    ["Please call us with any question.", "", "P. Raman, MD"],
)


def put_in(now: dt.datetime, *, by: Actor) -> None:
    """Four papers of yesterday and today, checked and read by whatever reads here."""
    strip = RecordItem.objects.filter(state=ItemState.ASKED).select_related("visit__case", "holder")
    item = strip.order_by("visit__case__opened_at", "-kind__is_lent", "kind__place").first()
    other = Case.objects.open().exclude(pk=item.visit.case_id if item else None).order_by("-opened_at").first()
    with clock.lived_at(now - dt.timedelta(hours=26)):
        words = "Bay Oncology here. The scans went out on a disc this morning. Call us if they are not there by Friday."
        adding.add_call(Came(How.PHONE, clock.now(), "(555) 010-0171, Bay Oncology", words, 40), by=by)
    if other:
        with clock.lived_at(now - dt.timedelta(hours=25)):
            _add(How.POST, "", "letter.pdf", fax(_signed(other.reference)), by=by)
    with clock.lived_at(now - dt.timedelta(minutes=50)):
        _add(How.FAX, "(555) 010-0160", "fax-2.tif", scanned(REPORT), by=by)
    if item:
        with clock.lived_at(now - dt.timedelta(minutes=20)):
            _add(How.FAX, "(555) 010-0177", "fax-1.pdf", fax([_strip(item)]), by=by)
    checking.check_waiting()
    reading.read_waiting()


def _add(how: str, sender: str, name: str, content: bytes, *, by: Actor) -> None:
    adding.add_scan(SimpleUploadedFile(name, content), Came(how, clock.now(), sender), by=by)


def _strip(item: RecordItem) -> list[str]:
    now = clock.now()
    top = f"{when.local(now):%m/%d/%Y %H:%M} {item.holder.name if item.holder else ''}".upper()
    return [
        top,
        "P 1/1",
        "ANSWER STRIP. FAX BACK OR CALL.",
        f"Reference {item.visit.case.reference} · B",
        f"[X] We sent it on {when.local(now):%m / %d} by courier, tracking 7749 0215",
        "[ ] We cannot find it",
        "[ ] We need: ______________",
        "Name: D. Marsh, lab",
    ]


def _signed(reference: str) -> list[list[str]]:
    first = ["Asking for my records", "1/2", reference, "I let this team ask about my records and pass them on."]
    return [first, ["Asking for my records", "2/2", "Signed by hand, and dated."]]


def fax(pages: list[list[str]]) -> bytes:
    """Pages of words as PDF; the first two words of each stand at its top."""
    made: bytes = typst.compile(FAX.encode(), sys_inputs={"words": json.dumps(pages)})
    return made


def scanned(pages: tuple[list[str], ...]) -> bytes:
    """Pages as a fax machine keeps them: black and white dots in one TIFF."""
    frames = []
    for lines in pages:
        frame = Image.new("L", (1728, 2200), 255)
        font = ImageFont.load_default(44)
        for number, words in enumerate(lines):
            ImageDraw.Draw(frame).text((180, 220 + 80 * number), words, fill=0, font=font)
        frames.append(frame.convert("1"))
    out = io.BytesIO()
    frames[0].save(out, "TIFF", save_all=True, append_images=frames[1:], compression="group4")
    return out.getvalue()
