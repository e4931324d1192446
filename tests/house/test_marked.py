"""Marked people: what they wrote is on their pages, and in no log, address, mail, header, row or file."""

import datetime as dt
import html
import io
import json
import logging
import os
import re
import uuid
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.core import mail
from structlog.stdlib import ProcessorFormatter

from cases.case import calls, worry_actions
from cases.case.corrections import actions as corrections
from cases.case.models import CallLog, Case
from cases.desk import answers
from cases.desk.answers import Wants
from cases.desk.models import OfficeLink
from cases.desk.receiving import actions as receiving
from cases.documents.adding import sending
from cases.documents.describing import actions as describing
from cases.documents.models import Document
from cases.opinions.deciding import actions as deciding
from cases.records.items import telling
from cases.records.models import RecordItem
from cases.records.referral import letter_actions
from portal import clock
from portal.accounts import drafts
from portal.actors import Actor
from portal.backup import proving, rows
from portal.management.commands.demo import FIRST_PLAIN
from portal.pages.demo import marking, plain
from portal.reminders import sender
from tests import people
from tests.backup.conftest import KEY
from tests.house.test_at_rest import content_of
from tests.pages_table import PAGES
from tests.programs import wait_until
from tests.stores import said
from tests.test_access import ask
from tests.world import MORNING

pytestmark = [pytest.mark.full, pytest.mark.timeout(600)]

# Of rows that this world has none of, or forms that are empty in it.
NOT_IN_THIS_WORLD = {
    "case.farewell.why",  # whose case would be closed
    "desk.incoming.calls",
    "records.release.signature",
    "reviews.doctornote.sent_to",
    "reviews.optionline.text",
    "reviews.outcome.follow_words",
    "reviews.outcome.notes",
    "reviews.quotelook.words",
}
# Files of the database outlive a module's rows: marks of this one are of no other.
FIRST_MARK = 0x100000
MARK_AS_BYTES = re.compile(marking.MARK.pattern.encode())
# A name is plain in the row of its person, and where a row keeps it for the time after that person.
NAMES_STAND_IN = {"accounts_user"}


@pytest.fixture(scope="module")
def marks(request, built, django_db_blocker) -> dict[str, str]:
    with django_db_blocker.unblock():
        say_more(built)
        return marking.mark_everything(request.module.FIRST_MARK) | plain.mark(FIRST_PLAIN)


def say_more(world) -> None:
    """What the world of the page table leaves out: a draft, an author, a worry that was settled, a decision, a call, a
    letter in her own words, a fee, a word of an office about what came, a file that is on its way.
    """
    rosa, theo = Actor.person(people.person("rosa")), Actor.person(people.person("theo"))
    case = Case.objects.get(pk=world["case"])
    drafts.keep(people.person("rosa"), "questions", case, {"first": "Will it hurt?"})
    document = Document.objects.get(pk=world["document"])
    describing.describe(document, kind="plan", title="The plan", author="Dr. Raman", dated_on=None, by=rosa)
    worry_actions.raise_worry(case, "She sounded very low.", by=theo)
    worry_actions.clear_worries(case, "Rang her twice.", seen=1, by=theo)
    deciding.decide(case, choice="own", words="I wait until spring.", by=rosa)
    asked = corrections.ask(case, about="call", words="I never said that.", by=rosa)
    corrections.answer(asked, outcome="kept", words="It was said by phone.", by=theo)
    case.answers = json.dumps({"why": "gut"})
    case.save(update_fields=["answers"])
    call = {"whom": CallLog.Whom.PATIENT, "came_of": CallLog.CameOf.REACHED, "follows": CallLog.Follows.DONE}
    calls.log_call(case, press=uuid.uuid4(), **call, words="She asked about her hair.", by=theo)
    letter_actions.change_letter(case, "refer", "Please refer me.", seen_at=None, by=rosa)
    slides = telling.tell(RecordItem.objects.get(visit=world["visit"], kind="slides"), "asked", by=theo)
    answers.answer(slides, answers.NEEDS, needs=(Wants.FEE,), fee="$15 by check", told="office_fax", by=theo)
    receiving.confirm_all(OfficeLink.objects.get(pk=world["second_link"]), set(), said_by="Pat, the desk", by=theo)
    sending.begin(case, ["Scan of May.pdf"], by=rosa)


@pytest.fixture
def marked(marks, world):
    return marks


@pytest.fixture
def lines():
    """What was written to the log since."""
    console = next(each for each in logging.getLogger().handlers if isinstance(each.formatter, ProcessorFormatter))
    written = io.StringIO()
    before = console.setStream(written)
    yield written.getvalue
    console.setStream(before)


def is_plain(where: str) -> bool:
    """Whether it is the mark of a text that stands unsealed in its own row."""
    return where.split()[0] in {name for name, _model, _field in plain.fields()}


def found_in(text: str, marks: dict[str, str]) -> list[str]:
    return sorted({marks.get(mark, mark) for mark in marking.MARK.findall(text)})


def test_every_sealed_field_has_its_mark(marked):
    there = {where.split()[0] for where in marked.values()}
    fields = {f"{model._meta.label_lower}.{field.attname}" for model, field in marking.sealed_fields()}
    there &= fields
    assert sorted(fields - there) == sorted(NOT_IN_THIS_WORLD)


def test_no_row_and_no_file_shows_a_mark(marked):
    wrong = {}
    for table, columns in rows.tables().items():
        data = b"".join(rows.out(table, columns)).decode()
        may = ("accounts.user.name", "accounts.user.called") if table in NAMES_STAND_IN else ("nothing",)
        inside = [where for where in found_in(data, marked) if not where.startswith(may) and not is_plain(where)]
        if inside:
            wrong[table] = inside[:3]
    assert wrong == {}
    place = Path(settings.DOCUMENTS_FOLDER)
    files = [path for path in place.rglob("*") if path.is_file()]
    assert files
    assert [path.name for path in files if MARK_AS_BYTES.search(path.read_bytes())] == []


def must_not_show(text: str, marks: dict[str, str]) -> list[str]:
    """Where those of these marks stand that only a name or an unsealed text may show."""
    inside = {marks[mark] for mark in marking.MARK.findall(text) if mark in marks}
    return sorted(where for where in inside if not where.startswith("accounts.user.") and not is_plain(where))


def test_an_opened_backup_shows_no_mark(marked, settings, tmp_path):
    settings.BACKUP_KEY, settings.BACKUP_TO = KEY, str(tmp_path)
    said("backup")
    (path,) = tmp_path.glob("*.backup")
    with proving.opened(str(path)) as found:
        inside = b"".join(data for entry in found for data in entry.data()).decode("latin-1")
    assert any(mark in inside for mark, where in marked.items() if where.startswith("accounts.user.name"))
    assert must_not_show(inside, marked) == []
    assert marking.MARK.search(path.read_bytes().decode("latin-1")) is None


def test_no_file_of_the_database_shows_a_mark(marked, database_files):
    """What the server writes at once, its log of changes among it; a text goes through there in its row's form."""
    names = [mark.encode() for mark, where in marked.items() if where.startswith("accounts.user.name")]

    def found() -> bytes:
        return b" ".join(b" ".join(MARK_AS_BYTES.findall(content_of(path))) for path in database_files.rglob("*"))

    wait_until(lambda: any(name in found() for name in names), 60, "a marked name in the database's files")
    assert must_not_show(found().decode(), marked) == []


def addresses_on(page: str) -> str:
    """Every address that a page leads to or loads."""
    found = re.findall(r"""\b(?:href|src|action|formaction|hx-[a-z]+)=["']([^"']*)["']""", page)
    return unquote(html.unescape(" ".join(found)))


def test_pages_show_marks_and_their_addresses_headers_and_logs_do_not(marked, world, lines):
    wrong, shown = [], set()
    for name, page in PAGES.items():
        for person in sorted(page.who - {"unverified", "disabled"})[:2]:
            response = ask(world.client(person), "get", name, world)
            wrong += [(name, person, response.status_code)] if response.status_code >= 500 else []
            body = "" if response.streaming else response.content.decode(errors="replace")
            shown |= set(found_in(body, marked))
            headers = {key: value for key, value in response.items() if key != "Content-Disposition"}
            for place, text in (("address", addresses_on(body)), ("header", unquote(str(headers)))):
                wrong += [(name, person, place, where) for where in found_in(text, marked)]
    assert wrong == []
    assert len(shown) > 30
    assert lines()
    assert found_in(lines(), marked) == []
    for table in ("portal_cache", "django_session", "history_event", "reminders_reminder"):
        data = b"".join(rows.out(table, rows.tables()[table])).decode()
        assert found_in(data, marked) == [], table


def test_mails_hold_no_mark_of_what_was_written(marked, world, lines):
    mail.outbox.clear()
    for days in range(1, 50):
        with clock.lived_at(MORNING + dt.timedelta(days=days, hours=23, minutes=10)):
            sender.run()
    assert len(mail.outbox) > 5
    wrong = []
    for message in mail.outbox:
        read = message_from_bytes(message.message().as_bytes(), policy=policy.default)
        texts = [part.get_content() for part in read.walk() if not part.is_multipart()]
        parts = [text if isinstance(text, str) else text.decode(errors="replace") for text in texts]
        where = found_in(" ".join(parts), marked)
        wrong += [(read["Subject"], each) for each in where if not each.startswith("accounts.user.")]
        heads = " ".join(str(value) for key, value in read.items() if key != "To")
        wrong += [(read["Subject"], "header", each) for each in found_in(heads, marked)]
    assert wrong == []
    assert found_in(lines(), marked) == []
    assert not found_in(" ".join(os.environ.values()), marked)
