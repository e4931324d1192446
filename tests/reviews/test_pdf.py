"""The summary on paper: tagged, its words inert, its letters whole."""

import io
from datetime import UTC, datetime

import pikepdf
import pypdfium2
import pytest
from django.utils import translation

from cases.reviews.frozen import compose, on_paper
from cases.reviews.pdf import summary_pdf
from portal.paper import MissingLetters
from tests.pdf_letters import NAMES, no_glyph_is_missing, words_of

AT = datetime(2026, 11, 13, 15, tzinfo=UTC)
HOSTILE = 'Hello #read("/etc/passwd") *bold* $x^2$ #panic("x") \\ <label> @ref // c /* d */ `e` [f] {g} ~ -- "h"'


def body(**texts):
    return compose(
        texts={"plain": "A daily tablet: For five years. (page 2)", **texts},
        answers=[("Why so long?", "It lowers the chance that it comes back. (page 2)")],
        missing=[("cost", "Nothing found", "")],
        plan={"title": "", "dated_on": "", "pages": 2},
        reader="Joanne Pike",
    )


def made(*, lead="Version 1", scope="We don’t replace a doctor’s second opinion.", notice="", **texts):
    paper = on_paper(body(**texts), title="Your plan in plain words", lead=lead, scope=scope, notice=notice)
    return summary_pdf(paper, author="Remission Support", made_at=AT)


def test_it_is_tagged_and_names_itself_and_its_language():
    file = pikepdf.open(io.BytesIO(made()))
    assert file.Root.MarkInfo.Marked
    assert "/StructTreeRoot" in file.Root
    assert str(file.Root.Lang) == "en"
    assert str(file.docinfo.Title) == "Your plan in plain words"
    with file.open_metadata() as about:
        assert about["pdfuaid:part"] == "1"


def test_it_says_every_part():
    said = words_of(
        made(
            questions="Can it be tested first?",
            options="A whole operation: Four weeks of rest. (page 1)",
            words="Mastectomy: An operation to remove the breast.",
            notice="This is about an earlier plan.",
        )
    )
    for part in (
        "This is about an earlier plan.",
        "Why so long?",
        "For five years. (Page 2)",
        "What it will cost",
        "Can it be tested first?",
        "What will I have to pay",
        "Four weeks of rest. (Page 1)",
        "An operation to remove the breast.",
        "We don’t replace",
    ):
        assert part in said


@pytest.mark.parametrize("place", ["plain", "questions", "options"])
def test_hostile_words_stay_words(place):
    said = words_of(made(**{place: HOSTILE}))
    for part in ('#read("/etc/passwd")', "*bold*", "$x^2$", "<label>", "// c", "/* d */", "[f]", "{g}"):
        assert part in said
    assert "root:" not in said


@pytest.mark.parametrize("lead", NAMES)
def test_names_keep_their_letters(lead):
    content = made(lead=lead)
    assert lead in words_of(content)
    assert no_glyph_is_missing(content)


def test_arabic_names_are_set():
    assert no_glyph_is_missing(made(lead="سارة قاسم"))


@pytest.mark.parametrize("lead", ["ಠ_ಠ", "🩺"])
def test_letters_no_font_has_stop_the_pdf_in_words(lead):
    with pytest.raises(MissingLetters, match="Print this page instead") as refused:
        made(lead=lead)
    assert lead not in str(refused.value)


def test_it_follows_the_readers_language():
    with translation.override("fr"):
        assert str(pikepdf.open(io.BytesIO(made())).Root.Lang) == "fr"


def test_the_same_words_give_the_same_bytes():
    assert made() == made()


def test_a_long_summary_takes_several_pages():
    long = "\n".join(f"Step {number}: Words enough for a line of its own. (page 1)" for number in range(60))
    assert len(pypdfium2.PdfDocument(made(plain=long))) > 2
