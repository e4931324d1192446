"""A copy of everything: whole, readable by people and machines, for the patient alone, on record."""

import csv
import io
import json
import tracemalloc
import zipfile
from urllib.parse import quote

import pytest
from django.urls import reverse
from icalendar import Calendar

from cases.case import worry_actions
from cases.case.corrections import actions as corrections
from cases.documents.actions import mark_only_me, withdraw
from cases.documents.models import Version
from cases.opinions.comparing import actions as comparing
from cases.opinions.questions import actions as questions
from portal import clock
from portal.history.models import Event
from portal.pages.archive import writing
from portal.vault import files
from tests import factories, people
from tests.documents.files import folder, read
from tests.records.builders import actor
from tests.threads.builders import ANSWER, QUESTION, note, write

__all__ = ["folder"]
pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script> & “quotes”"


@pytest.fixture
def case(folder):
    made = factories.case_with_visit(days=30)
    made.diagnosis = HOSTILE
    made.save(update_fields=["diagnosis"])
    return made


def address(case) -> str:
    return reverse("pages:archive", args=[case.pk])


def taken(case) -> zipfile.ZipFile:
    answer = people.browser(people.person("rosa")).get(address(case))
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store, private"
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def test_it_holds_all_that_is_hers_and_nothing_of_the_team(case):
    write(case)
    write(case, "theo", ANSWER)
    write(case, text="For us two alone.", is_private=True)
    note(case, text="A note of the team.")
    questions.add(case, text="Can I wait?", is_private=True, by=actor("rosa"))
    worry_actions.raise_worry(case, "She sounded very low.", by=actor("theo"))
    worry_actions.clear_worries(case, "Rang her twice.", seen=1, by=actor("theo"))
    corrections.ask(case, about="me", words="My name has an accent.", by=actor("rosa"))
    comparing.add(case, topic="why", text="It grows slowly.", pages={"second": (2, 3)}, by=actor("theo"))
    copy = taken(case)
    assert copy.testzip() is None
    page = copy.read("index.html").decode()
    data = json.loads(copy.read("data.json"))
    of_the_team = "She sounded very low."  # part of the record, where she asks for it
    said = (
        QUESTION,
        ANSWER,
        "For us two alone.",
        "Can I wait?",
        "Dr. Raman",
        "My name has an accent.",
        "It grows slowly.",
    )
    for words in (*said, of_the_team):
        assert words in page
    assert [line["text"] for line in data["messages"]] == [QUESTION, ANSWER, "For us two alone."]
    assert "A note of the team." not in page + json.dumps(data)
    assert data["reference"] == case.reference
    assert [line["lead"] for line in data["opinions"]] == ["Why. Dr. Raman, pages 2-3"]


def test_hostile_words_run_nowhere(case):
    page = taken(case).read("index.html").decode()
    assert "&lt;script&gt;" in page
    assert "<script" not in page


def test_files_lie_in_it_as_she_may_open_them(case):
    version = read(case, "plan.pdf")
    mark_only_me(version.document, by=actor("rosa"))
    copy = taken(case)
    [name] = [name for name in copy.namelist() if name.startswith("documents/")]
    assert copy.read(name).startswith(b"%PDF")
    assert quote(name) in copy.read("index.html").decode()
    withdraw(version.document, by=actor("rosa"))
    assert not [name for name in taken(case).namelist() if name.startswith("documents/")]


def test_calendar_and_list_can_be_read_by_machines(case):
    copy = taken(case)
    events = Calendar.from_ical(copy.read("calendar.ics")).walk("VEVENT")
    assert [str(event["summary"]) for event in events] == ["Visit"]
    rows = list(csv.reader(io.StringIO(copy.read("list.csv").decode("utf-8-sig"))))
    assert "Saved a copy of everything" in [row[2] for row in rows]
    assert Event.objects.filter(verb="privacy.copy_taken", patient=case.patient_id).count() == 1


@pytest.mark.parametrize("key", ["ama", "grace", "joanne", "theo", "mara"])
def test_nobody_else_takes_it(case, key):
    assert people.browser(people.person(key)).get(address(case)).status_code == 404
    assert not Event.objects.filter(verb="privacy.copy_taken").exists()


def test_asking_what_would_come_takes_nothing(case):
    assert people.browser(people.person("rosa")).head(address(case)).status_code == 200
    assert not Event.objects.filter(verb="privacy.copy_taken").exists()


@pytest.mark.full
def test_a_large_file_is_never_held_whole(case):
    piece, many = b"x" * 2**20, 48
    large = files.put((piece for _number in range(many)), key=case.key)
    Version.objects.filter(pk=read(case, "plan.pdf").pk).update(file=large)
    pieces = writing.zipped(case, [], clock.now())
    tracemalloc.start()
    total = sum(len(each) for each in pieces)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert total > many * len(piece)
    assert peak < 16 * 2**20
