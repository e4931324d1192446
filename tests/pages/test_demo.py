"""The demo: told through the real actions, once; every page of its people opens."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from bookings.company.models import Companion
from bookings.models import Consultation
from cases.case.helping.models import Helper
from cases.case.helping.rules import Chosen, Ended
from cases.case.models import Case, Correction, Departure, ErasureWish, Office, ToDo
from cases.documents.models import PageImage, Version
from cases.opinions.questions.models import Question
from cases.records.days.editing import change_lead_time
from cases.records.days.lead_times import Lead
from cases.records.models import RecordItem, RecordKind, Referral, ReportLoop, Visit, Want
from cases.reviews.doctor_note.models import DoctorNote
from cases.reviews.models import Review, Sentence, Summary
from cases.reviews.sentences.rules import Part
from cases.threads.models import Message
from portal import clock
from portal.accounts.models import User
from portal.actors import Actor
from portal.history.models import Event
from portal.management.commands import demo
from portal.pages import backstage
from portal.pages.demo import plain
from portal.pages.demo.people import PEOPLE
from portal.pages.demo.stories import STORIES
from portal.reminders.models import Delivery, Mute, Pause
from tests import database, people

pytestmark = pytest.mark.django_db


def missing(model, name: str, wanted: set[str]) -> set[str]:
    """Which of the wanted states no row of the demo is in."""
    return wanted - set(model.objects.values_list(name, flat=True))


@pytest.mark.timeout(300)
@pytest.mark.full
def test_the_demo_is_whole(tmp_path, settings, capsys):
    settings.DOCUMENTS_FOLDER = tmp_path / "documents"
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "portal.mail.FolderBackend", tmp_path / "mail"
    call_command("demo")
    assert Case.objects.count() == len(STORIES)
    every_step_that_exists()
    nobody_stands_before_a_closed_door()
    count = User.objects.count()
    call_command("demo")
    assert User.objects.count() == count
    assert "message_not_made" not in capsys.readouterr().err


@pytest.mark.timeout(600)
@pytest.mark.full
def test_a_marked_demo_has_what_the_stories_do_not_tell(tmp_path, settings):
    settings.DOCUMENTS_FOLDER, settings.PORTAL_VAR = tmp_path / "documents", tmp_path
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "portal.mail.FolderBackend", tmp_path / "mail"
    call_command("demo", "--marked")
    for model in (Correction, Companion, DoctorNote, Departure, ErasureWish):
        assert model.objects.count() == 1, model.__name__
    marked = (tmp_path / "marks.txt").read_text()
    assert "case.correction.words" in marked
    assert "reviews.doctornote.words" in marked
    there = {line.split()[1] for line in marked.splitlines()}
    for role in ("", "consultant", "coordinator", "administrator"):
        assert User.objects.filter(role=role, can_sign_in=True).count() >= 2, role
    assert [name for name, _model, _field in plain.fields() if name not in there] == []
    two_helpers_of_every_kind_and_state()
    for role in ("consultant", "coordinator", "administrator"):
        assert User.objects.filter(role=role, can_sign_in=False).count() >= 2, role


def two_helpers_of_every_kind_and_state():
    for chosen in Chosen.values:
        assert Helper.objects.granted().filter(chosen=chosen).count() >= 2, chosen
    states = {"asked": Helper.objects.asked(), "declined": Helper.objects.filter(ended_why=Ended.DECLINED)}
    states["ended"] = Helper.objects.filter(ended_why=Ended.PATIENT)
    assert {state: found.count() >= 2 for state, found in states.items()} == dict.fromkeys(states, True)


def test_no_text_is_left_unmarked_without_a_reason():
    """What is named as unmarked is there, is text, and is named once; all other text gets its mark."""
    unmarked = [*plain.CODES, *plain.NUMBERS, *plain.OTHERWISE]
    known = {name for name, _model, _field in plain.text_fields()}
    assert sorted(set(unmarked) - known) == []
    assert len(unmarked) == len(set(unmarked))
    assert {"bookings.companion.name", "bookings.companion.email", "case.invite.name"} < known - set(unmarked)


def test_a_mark_leaves_plain_text_what_it_is():
    name, email = (Companion._meta.get_field(each) for each in ("name", "email"))
    assert plain.with_mark("Ben Adu", "mark000001zq", name) == "Ben Adu mark000001zq"
    assert plain.with_mark("", "mark000001zq", name) == "mark000001zq"
    assert len(plain.with_mark("B" * 120, "mark000001zq", name)) <= 120
    assert plain.with_mark("ben@example.org", "mark000001zq", email) == "mark000001zq.ben@example.org"


@pytest.mark.django_db(transaction=True)
def test_an_emptied_house_keeps_its_kinds_of_record(tmp_path, settings):
    settings.DOCUMENTS_FOLDER, settings.EMAIL_FILE_PATH = tmp_path, tmp_path
    kind = RecordKind.objects.get(pk="slides")
    lead = Lead(11, 16, 3)
    change_lead_time(kind, lead, source="Heard so.", seen_at=None, by=Actor.person(people.person("mara")))
    before = RecordKind.objects.count()
    with database.django_as_owner():
        demo.empty_the_house()
    assert User.objects.count() == 0
    assert RecordKind.objects.count() == before
    assert RecordKind.objects.get(pk="slides").lead == lead


def every_step_that_exists():
    assert missing(Visit, "state", {"planned", "booked", "happened"}) == set()
    assert missing(Referral, "state", {"needed", "asked", "agreed", "refused", "not_needed", "sent"}) <= {"needed"}
    items = {"needed", "needs_you", "asked", "held", "sent", "arrived", "opens_fine", "not_located"}
    assert missing(RecordItem, "state", items) == set()
    assert missing(ReportLoop, "state", {"announced", "confirmed"}) == set()
    assert missing(Visit, "round", {2, 3}) == set()
    assert RecordItem.objects.to_give_back().count() == 2
    assert set(Want.objects.open().values_list("what", flat=True)) == {"id", "fee"}
    assert len({delivery.sent_at.date() for delivery in Delivery.objects.exclude(sent_at=None)}) >= 5
    assert missing(Consultation, "state", {"booked", "cancelled", "completed"}) == set()
    assert missing(Sentence, "part", set(Part.values)) == set()
    assert missing(Review, "state", {"open", "drafting", "completed"}) == set()
    assert missing(Version, "state", {"ready", "locked"}) == set()
    assert missing(ToDo, "kind", {"call_helper", "visit_soon", "pass_on_report", "read_message"}) == set()
    somebody_runs_by_phone_and_post()
    assert missing(Helper, "chosen", {"dates", "most"}) == set()
    assert missing(Version, "kind", {"pdf", "jpeg", "docx"}) == set()
    assert Office.objects.filter(checked_at=None).count() == 2
    assert Summary.objects.count() >= 3
    assert PageImage.objects.count() >= 10
    assert Delivery.objects.exclude(sent_at=None).count() >= 5
    assert Delivery.objects.failed().exists()
    assert Delivery.objects.by_hand().filter(channel="letter").exists()
    assert Pause.objects.at(clock.now()).count() == Mute.objects.at(clock.now()).count() == 1
    zones = set(User.objects.filter(role="consultant").values_list("time_zone", flat=True))
    assert len(zones) >= 3


def somebody_runs_by_phone_and_post():
    edith = User.objects.get(name="Edith Lind")
    assert (edith.can_sign_in, edith.channel, edith.privacy_version) == (False, "call", 2)
    for words in (Message, Question):
        assert words.objects.exclude(written_by=None).get(case__patient=edith).written_by.name == "Theo Lindqvist"
    assert Event.objects.filter(for_patient=edith.pk, verb="visit.named").exists()
    assert Helper.objects.granted().get(patient=edith).chosen == "dates"


def nobody_stands_before_a_closed_door():
    users = backstage.demo_users()
    assert set(users) == {person.key for person in PEOPLE}
    for key, user in users.items():
        if not user.can_sign_in:
            continue
        page = people.browser(user).get(reverse("pages:home"), follow=True)
        assert page.status_code == 200, key
    theo = people.browser(users["theo"])
    for case in Case.objects.all():
        assert theo.get(reverse("pages:case_file", args=[case.pk])).status_code == 200
