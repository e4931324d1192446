"""The letter on paper: one page whatever is in it, read by machines after a fax, and the same each time."""

import datetime as dt
import io
import shutil
import subprocess
from dataclasses import replace

import pikepdf
import pypdfium2
import pytest
import zxingcpp

from cases.case.models import Office
from cases.desk.letters import actions, fitting, paper, words
from cases.desk.letters.states import LetterKind
from cases.desk.links import codes
from cases.desk.links.actions import link_for
from cases.records.days import legal_clock
from portal import clock
from portal.texts.models import Organisation
from tests.desk.letter_builders import letter, may_ask
from tests.pdf_letters import no_glyph_is_missing, words_of
from tests.records.builders import actor, on_november_5
from tests.records.release_builders import visit_to_sign_for

pytestmark = pytest.mark.django_db

FAX_DOTS = 200  # in an inch
LONG = "Kommunalkrankenhausverwaltungsgesellschaft für Nachsorge und Zweitmeinungen am Rande der Stadt "
ARABIC = "فاطمة الزهراء بنت محمد بن عبد الرحمن "
VIETNAMESE = "Nguyễn Thị Hường "
CHINESE = "歐陽慕容司馬上官皇甫諸葛東方尉遲公孫令狐"


@pytest.fixture(autouse=True)
def november_5(settings):
    settings.PORTAL_ORIGIN = "https://portal.remissionsupport.example"
    with on_november_5():
        Organisation.objects.create(
            from_at=clock.now(),
            phone="+15550100100",
            fax="+15550100101",
            address="14 Harbor Street, Suite 200, Pittsburgh, PA 15222",
            hours="Monday to Friday, 9 am to 5 pm Eastern Time",
        )
        yield


def black_and_white(content: bytes, page: int = 0):
    """The page as a fax machine sees it: 200 dots an inch, each of them black or white."""
    with pypdfium2.PdfDocument(content) as document:
        picture = document[page].render(scale=FAX_DOTS / 72).to_pil().convert("L")
    return picture.point(lambda shade: 255 if shade > 127 else 0)


def pages_of(content: bytes) -> int:
    with pypdfium2.PdfDocument(content) as document:
        return len(document)


def printed(made) -> bytes:
    return paper.pdf(actions.fresh(made))


def test_machines_read_qr_code_and_paper_code_after_a_fax():
    made = letter()
    link = link_for(made.visit, made.office, by=actor("theo"))
    found = {each.format: each.text for each in zxingcpp.read_barcodes(black_and_white(printed(made)))}
    assert found == {
        zxingcpp.BarcodeFormat.QRCode: f"https://portal.remissionsupport.example/o/#{paper.bare(made.reference)}",
        zxingcpp.BarcodeFormat.Code128: codes.paper_code(link).replace(" ", ""),
    }


def test_letter_for_a_referral_is_read_by_machines_after_a_fax_as_well():
    visit = visit_to_sign_for()
    may_ask(visit)
    content = printed(actions.make("refer", visit, by=actor("rosa")))
    assert len(zxingcpp.read_barcodes(black_and_white(content))) == 2
    assert min(sizes(content)) >= 11


@pytest.mark.full
def test_a_machine_reads_the_words_after_a_fax(tmp_path):
    picture = tmp_path / "fax.png"
    black_and_white(printed(letter())).save(picture, dpi=(FAX_DOTS, FAX_DOTS))
    program = shutil.which("tesseract")
    assert program, "make setup installs tesseract"
    answer = subprocess.run([program, picture, "-", "--psm", "6"], capture_output=True, check=True, text=True)
    read = " ".join(answer.stdout.split())
    for said in (
        "A patient asks for slides: Rosa Delgado",
        "born May 2, 1961",
        "Wednesday, November 18, 2026",
        "fax this page to (555) 010-0101",
        "We sent it on",
        "We cannot find it",
        "copy of ID",
        "Not your patient?",
    ):
        assert said in read


def test_nothing_on_the_page_is_gray():
    """Every color the page sets is black or white, so that no fax makes dots of it."""
    content = printed(letter())
    with pikepdf.open(io.BytesIO(content)) as document:
        for page in document.pages:
            for operands, operator in pikepdf.parse_content_stream(page):
                if str(operator) in {"g", "G", "sc", "SC", "scn", "SCN", "rg", "RG"}:
                    shades = {float(each) for each in operands if not isinstance(each, pikepdf.Name)}
                    assert shades <= {0.0, 1.0}


def test_what_was_signed_goes_behind_the_page():
    content = printed(letter())
    said = words_of(content)
    assert pages_of(content) == 3
    for words_there in ("Page 1 of 3", "Page 3 of 3", "Permission to send records", "Asking for my records"):
        assert words_there in said


def test_printed_again_it_is_the_same():
    made = letter()
    first = printed(made)
    Office.objects.filter(pk=made.office_id).update(name="Another name", fax="+15550100999")
    assert printed(made) == first


def test_the_code_is_kept_nowhere():
    made = letter()
    code = codes.paper_code(paper.link_of(made))
    assert code in words_of(printed(made))
    assert code not in made.said


def facts(name: str, count: int, kind: str = LetterKind.RECORDS) -> words.Facts:
    """Everything as long as its column or its form allows."""
    return words.Facts(
        kind=kind,
        patient=name[:120],
        born_on=dt.date(1961, 9, 27),
        today=dt.date(2026, 11, 25),
        to=[name[:160], name[:120], "Fax (555) 010-0176"],
        us="Remission Support",
        our_phone="(555) 010-0100",
        our_fax="(555) 010-0101",
        our_hours="Monday to Friday, 9 am to 5 pm Eastern Time",
        speak_to=name[:120],
        items=[words.Asked(name[:120], dt.date(2026, 9, 23), dt.date(2026, 12, 23)) for _each in range(count)],
        former_name=name[:120],
        record_number="W" * 40,
        accession="W" * 60 if kind == LetterKind.SLIDES else "",
        stain="Unstained slides, fresh cuts" if kind == LetterKind.SLIDES else "",
        dates="September 23, 2025 to November 30, 2026",
        straight_to=[
            words.Place(
                [name[:120], name[:160], name[:120], name[:200]], "phone (555) 010-0178, fax (555) 010-0176", each
            )
            for each in ("a, d, g", "b, e, h", "c, f")
        ],
        needed_by=dt.date(2026, 12, 23),
        back_on=dt.date(2027, 9, 29) if kind == LetterKind.SLIDES else None,
        signed="By the patient on November 25, 2026.",
        with_it=["the permission to send records", "the words by which we may ask", "your own form"],
        law=legal_clock.UNCONFIRMED,
        visit_on=dt.date(2026, 12, 30),
        first=name[:120],
        treatment_on=dt.date(2026, 12, 30),
    )


@pytest.mark.parametrize(
    "name", [LONG * 5, ARABIC * 12, CHINESE * 21, VIETNAMESE * 25], ids=["long", "Arabic", "Chinese", "Vietnamese"]
)
@pytest.mark.parametrize(
    "kind",
    [
        *(pytest.param(kind, marks=pytest.mark.full) for kind in (LetterKind.RECORDS, LetterKind.PASS_ON)),
        *(LetterKind.AGAIN, LetterKind.REFER),
    ],
)
def test_eight_records_with_the_longest_names_keep_to_one_page(name, kind):
    link = link_for(visit_to_sign_for(), Office.objects.get(name="Lakeside"), by=actor("theo"))
    code, now = paper.coded(link, "RS 4T7 29K · AA", kind), clock.now()
    kept, said = fitting.fit(range(8), lambda things: facts(name, len(things), kind), code, now)
    content = paper.one_page(said, "RS 4T7 29K · AA", code, now)
    assert (len(kept), pages_of(content)) == (8, 1)
    assert no_glyph_is_missing(content)
    assert min(sizes(content)) >= 11
    read = {each.text for each in zxingcpp.read_barcodes(black_and_white(content))}
    assert len(read) == 2
    read = words_of(content)
    assert all(whole in read for whole in ("1961", "0178", "2026"))  # nothing of ours is cut


def sizes(content: bytes) -> set[float]:
    """The sizes of type on the pages, in points."""
    with pikepdf.open(io.BytesIO(content)) as document:
        return {
            float(operands[1])
            for page in document.pages
            for operands, operator in pikepdf.parse_content_stream(page)
            if str(operator) == "Tf"
        }


@pytest.mark.full
def test_what_does_not_fit_is_left_for_a_second_letter():
    """Nothing gets smaller: with a page that holds three, three are asked for."""
    link = link_for(visit_to_sign_for(), Office.objects.get(name="Lakeside"), by=actor("theo"))
    many = [words.Place(["Northfield Medical Center"])] * 24
    kept, _said = fitting.fit(
        range(4),
        lambda things: replace(facts(CHINESE * 21, len(things)), straight_to=many),
        paper.coded(link, "RS 4T7 29K · A", LetterKind.RECORDS),
        clock.now(),
    )
    assert 0 < len(kept) < 4
