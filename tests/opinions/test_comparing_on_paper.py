"""Three doctors side by side on a phone, topic by topic, and on paper: every line with its doctor and its page."""

from itertools import pairwise

import pytest
from playwright.sync_api import expect

from cases.case import actions as case_actions
from cases.opinions.comparing import actions, rules
from cases.opinions.comparing.rules import Topic
from tests.journeys.conftest import come as come
from tests.pdf_letters import pages_of, words_of
from tests.records.builders import actor, booked_visit

pytestmark = [pytest.mark.browser, pytest.mark.full, pytest.mark.django_db(transaction=True)]
DOCTORS = {"first": "Dr. Keller", "second": "Dr. Priya Raman", "third": "Dr. Ann Okafor"}
FROM = {"first": 0, "second": 10, "third": 20}  # the first page of each one's lines
ROW = ".rs-compare__row:not(.rs-compare__head)"
# Of each row: its topic, and by cell the doctor above it and the lines in it, as they are seen, with their places.
ROWS = """rows => rows.map(row => ({
  topic: row.querySelector(".rs-compare__k").innerText,
  cells: [...row.querySelectorAll(".rs-compare__v")].map(cell => ({
    doctor: cell.querySelector(".rs-compare__who").innerText,
    isSeen: cell.querySelector(".rs-compare__who").getBoundingClientRect().width > 1,
    lines: cell.querySelector("ul").innerText,
    box: cell.getBoundingClientRect().toJSON(),
  })),
}))"""


@pytest.fixture
def case():
    """Two lines of each doctor on each topic, on pages of their own, and one where they agree and where they differ."""
    case = booked_visit().case
    case_actions.set_clinician(case, "third", name=DOCTORS["third"], by=actor("rosa"))
    for number, topic in enumerate(rules.OF_ONE, 1):
        for role, doctor in DOCTORS.items():
            for again in ("", " again"):
                pages = {role: (number + FROM[role], None)}
                actions.add(case, topic=topic, text=f"{doctor} says {topic}{again}.", pages=pages, by=actor("rosa"))
    both = {"first": (21, None), "second": (22, 23)}
    for topic in rules.OF_ALL:
        actions.add(case, topic=topic, text=f"Both: {topic}.", pages=both, by=actor("rosa"))
    return case


def page_of(role: str, number: int) -> str:
    return f"{DOCTORS[role]}, page {number + FROM[role]}"


def test_on_a_phone_it_goes_topic_by_topic_with_the_doctor_above_each(case, come, site, axe):
    page = come("rosa", width=390)
    page.goto(f"{site}/cases/{case.pk}/opinions/")
    expect(page.get_by_role("table")).to_be_visible()
    rows = page.locator(ROW).evaluate_all(ROWS)
    assert [row["topic"] for row in rows] == [str(Topic(topic).label) for topic in rules.OF_ONE]
    bottom = 0
    for number, row in enumerate(rows, 1):
        assert [cell["doctor"] for cell in row["cells"]] == list(DOCTORS.values())
        for role, cell in zip(DOCTORS, row["cells"], strict=True):
            assert cell["isSeen"]
            assert f"{DOCTORS[role]} says {rules.OF_ONE[number - 1]}." in cell["lines"]
            assert f"{DOCTORS[role]} says {rules.OF_ONE[number - 1]} again." in cell["lines"]
            assert cell["lines"].count(page_of(role, number)) == 2
            assert cell["box"]["top"] >= bottom  # below each other, none beside
            assert cell["box"]["right"] <= 390
            bottom = cell["box"]["bottom"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert axe(page) == []
    assert page.said == []


def test_on_paper_stands_every_line_with_its_doctor_and_page_and_nothing_to_press(case, come, site):
    page = come("rosa")
    page.goto(f"{site}/cases/{case.pk}/opinions/")
    page.emulate_media(media="print")
    for name in ("Change", "Take it away", "Add the line", "Print it"):
        assert not any(each.is_visible() for each in page.get_by_text(name, exact=False).all()), name
    read = " ".join(words_of(page.pdf(format="Letter")).split())
    for number, topic in enumerate(rules.OF_ONE, 1):
        for role, doctor in DOCTORS.items():
            for again in ("", " again"):
                assert f"{doctor} says {topic}{again}. {page_of(role, number)}" in read
    for topic in rules.OF_ALL:
        assert f"Both: {topic}. Dr. Keller, page 21. Dr. Priya Raman, pages 22-23" in read
    assert "Written by you" in read
    assert "Nothing here is a recommendation from us." in read


def test_on_paper_it_begins_on_the_first_page_and_nothing_is_torn(case, come, site):
    case_actions.set_clinician(case, "first", name="Dr. Other", by=actor("rosa"))
    page = come("rosa")
    page.goto(f"{site}/cases/{case.pk}/opinions/")
    sheets = [" ".join(sheet.split()) for sheet in pages_of(page.pdf(format="Letter"))]
    assert len(sheets) > 1
    assert "What they suggest" in sheets[0]
    for number, topic in enumerate(rules.OF_ONE, 1):
        for role, doctor in DOCTORS.items():
            for again in ("", " again"):
                line = f"{doctor} says {topic}{again}. {page_of(role, number)}"
                assert any(line in sheet for sheet in sheets), line
    labels = (*(str(Topic(topic).label) for topic in rules.OF_ONE), *DOCTORS.values(), "Dr. Other", "here before:")
    for sheet, _next in pairwise(sheets):
        assert not sheet.endswith(labels), sheet[-60:]  # a head stands over what it is the head of
