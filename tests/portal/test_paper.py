"""Paper: letters that hold people's names, inert words, a file that tells nothing by its name."""

import json

import pytest
import typst
from django.utils import translation

from portal import clock, paper
from portal.onepage import TEMPLATE
from tests.pdf_letters import NAMES, no_glyph_is_missing, words_of


def words(name, *sections):
    page = {"title": name, "lead": "Today", "reference": "RS 4T7 29K", "sections": sections, "foot": ""}
    return {"title": "Sheet", "pages": [page], "is_large": False, "numbered": ""}


def made(name, *sections):
    return paper.pdf(TEMPLATE, words(name, *sections), author="RS", made_at=clock.now())


def section(name):
    rows, ticks = [{"label": name, "value": name}], [{"title": name, "hint": name, "href": ""}]
    return {"heading": name, "rows": rows, "ticks": ticks, "said": [], "lines": [name], "blank": 1}


@pytest.mark.parametrize("name", NAMES)
def test_names_keep_their_letters_in_plain_and_in_bold(name):
    content = made(name, section(name))

    assert words_of(content).count(name) == 7
    assert no_glyph_is_missing(content)


@pytest.mark.parametrize("name", ["سارة قاسم", "محمّد بن عبد الله", "홍길동", "さくら 山田"])
def test_names_in_scripts_that_join_or_turn_are_set(name):
    assert no_glyph_is_missing(made(name))


@pytest.mark.parametrize("name", ["ಠ_ಠ", "🩺"])
def test_a_letter_that_no_font_has_stops_the_pdf_in_words(name):
    with pytest.raises(paper.MissingLetters, match="Print this page instead") as refused:
        made(name)
    assert name not in str(refused.value)


def test_the_test_of_letters_sees_an_empty_box():
    poor = {**words("王小明"), "lang": "en", "rtl": False, "author": "", "fonts": ["Noto Sans"]}

    holes = typst.compile(
        TEMPLATE,
        sys_inputs={"sheet": json.dumps(poor)},
        font_paths=paper.FOLDERS,
        ignore_system_fonts=True,
        timestamp=0,
    )

    assert not no_glyph_is_missing(holes)


def test_paper_turns_for_languages_from_right_to_left():
    with translation.override("ar"):
        assert no_glyph_is_missing(made("سارة قاسم"))


def test_a_download_has_a_quiet_name_and_is_not_kept_by_anyone():
    answer = paper.download(b"%PDF", "Sheet 2026-11-09 王")

    assert answer["Content-Disposition"] == 'attachment; filename="Sheet 2026-11-09 .pdf"'
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
