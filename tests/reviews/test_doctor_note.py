"""A note to the primary doctor: written after a call, read by the patient first, gone only by their choice."""

import datetime as dt

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse

from cases.case.actions import set_clinician
from cases.case.models import ToDo
from cases.case.offices import add_office
from cases.reviews.doctor_note import actions
from cases.reviews.doctor_note.actions import ASK_NOTE, SEND_NOTE, WRITTEN
from cases.reviews.models import DoctorNote
from portal import clock
from portal.accounts.models import User
from portal.errors import Refused
from portal.history.models import Event
from portal.reminders.models import Reminder
from tests import factories, people
from tests.reviews import world
from tests.reviews.world import by

pytestmark = pytest.mark.django_db
WORDS = "Rosa asks whether the second area can be sampled first."
DAY = dt.timedelta(days=1)


@pytest.fixture
def call(time_machine):
    """A call of yesterday's; the primary doctor and the office are known."""
    case = factories.open_case()
    booked = world.talk(case, people.person("joanne"), days=1)
    office = add_office(case, name="Elm Street", fax="+14165550199", by=by("rosa"))
    set_clinician(case, "primary", name="Dr. Abara", office=office, by=by("rosa"))
    time_machine.move_to(clock.now() + 2 * DAY, tick=False)
    return booked


def written(call, words=WORDS, seen=0):
    return actions.write(call, words, seen=seen, by=by("joanne"))


def client(key):
    return people.browser(people.person(key))


def todos(kind):
    return ToDo.objects.open().filter(kind=kind).count()


def fresh(note):
    return DoctorNote.objects.select_related("call__case__patient", "call__case__key").get(pk=note.pk)


def told(verb):
    return Event.objects.filter(verb=verb).count()


def test_she_hears_of_it_without_a_word_of_it_and_nothing_goes(call):
    note = written(call)
    row = Reminder.objects.get(kind=WRITTEN)
    assert (row.recipient_id, row.about_id) == (str(call.patient_id), note.pk)
    assert todos(SEND_NOTE) == 0
    assert not any("sampled" in str(line) for line in Event.objects.values_list())
    assert mail.outbox == []
    page = client("rosa").get(note.get_absolute_url()).text
    assert WORDS in page
    assert "Dr. Abara, Elm Street" in page
    assert note.get_absolute_url() in client("rosa").get(call.get_absolute_url()).text


def test_her_yes_puts_it_on_the_board_and_a_person_says_that_it_went(call):
    note = written(call)
    rosa, theo = client("rosa"), client("theo")
    pdf = reverse("reviews:doctor_note_pdf", args=[note.pk])
    assert theo.get(pdf).status_code == 404
    assert rosa.get(pdf).status_code == 200
    for _twice in range(2):
        rosa.post(note.get_absolute_url(), {"choice": "send", "seen": "1"})
    assert (fresh(note).choice, todos(SEND_NOTE), told("doctor_note.chosen")) == ("send", 1, 1)
    assert not Reminder.objects.filter(kind=WRITTEN, settled_at=None).exists()
    assert theo.get(pdf).content.startswith(b"%PDF")
    assert "Open the note" in theo.get(reverse("pages:caseload")).text
    for how in ("fax", "mail"):
        theo.post(note.get_absolute_url(), {"how": how, "seen": "1"})
    note = fresh(note)
    assert (note.sent_how, note.sent_to, todos(SEND_NOTE)) == ("fax", "Dr. Abara, Elm Street", 0)
    assert "It went to Dr. Abara, Elm Street" in rosa.get(note.get_absolute_url()).text
    assert rosa.post(note.get_absolute_url(), {"choice": "keep", "seen": "1"}).status_code == 409


def test_her_no_keeps_it_here_also_after_a_yes(call):
    note = written(call)
    for choice in ("send", "keep", "keep"):
        actions.choose(note, choice, seen=1, by=by("rosa"))
    assert (fresh(note).choice, todos(SEND_NOTE), told("doctor_note.kept")) == ("keep", 0, 1)
    with pytest.raises(Refused, match="has not said that this goes"):
        actions.say_sent(note, "fax", seen=1, by=by("theo"))
    assert client("theo").get(reverse("reviews:doctor_note_pdf", args=[note.pk])).status_code == 404


def test_other_words_ask_her_anew(call):
    note = actions.choose(written(call), "send", seen=1, by=by("rosa"))
    assert written(call, seen=1).version == 1  # the same words
    note = written(call, "Other words.", seen=1)
    assert (note.version, note.choice, todos(SEND_NOTE)) == (2, "", 0)
    with pytest.raises(Refused, match="changed meanwhile"):
        actions.choose(note, "send", seen=1, by=by("rosa"))
    with pytest.raises(Refused, match="has not said"):
        actions.say_sent(note, "fax", seen=2, by=by("theo"))
    with pytest.raises(Refused, match="since you opened it"):
        written(call, "From an older page.", seen=1)
    actions.choose(note, "send", seen=2, by=by("rosa"))
    with pytest.raises(Refused, match="has not said"):
        actions.say_sent(note, "fax", seen=1, by=by("theo"))  # a page printed before


def test_she_chooses_a_way_that_the_office_has_and_it_goes_no_other(call):
    note, rosa, theo = written(call), client("rosa"), client("theo")
    office = actions.primary_of(call.case).clinician.office
    page = rosa.get(note.get_absolute_url()).text
    assert ("Send it by fax" in page, "Send it by mail" in page) == (True, False)
    assert rosa.post(note.get_absolute_url(), {"choice": "mail", "seen": "1"}).status_code == 422
    type(office).objects.filter(pk=office.pk).update(place="2 Elm Street, Toronto")
    assert "Send it by mail" in rosa.get(note.get_absolute_url()).text
    assert rosa.post(note.get_absolute_url(), {"choice": "send", "seen": "1"}).status_code == 422  # which of the two?
    for way in ("fax", "mail", "mail"):
        rosa.post(note.get_absolute_url(), {"choice": way, "seen": "1"})
    assert (fresh(note).way, todos(SEND_NOTE), told("doctor_note.chosen")) == ("mail", 1, 2)
    page = theo.get(note.get_absolute_url()).text
    assert "2 Elm Street, Toronto" in page
    assert "Nobody of us has called this office yet." in page
    assert 'name="how" value="fax"' not in page
    assert theo.post(note.get_absolute_url(), {"how": "fax", "seen": "1"}).status_code == 409
    theo.post(note.get_absolute_url(), {"how": "mail", "seen": "1"})
    assert fresh(note).sent_how == "mail"


def test_her_no_and_other_words_take_the_way_back(call):
    note = actions.choose(written(call), "send", way="fax", seen=1, by=by("rosa"))
    assert "use our machine" in client("theo").get(note.get_absolute_url()).text
    assert actions.choose(note, "keep", seen=1, by=by("rosa")).way == ""
    actions.choose(note, "send", way="fax", seen=1, by=by("rosa"))
    assert written(call, "Other words.", seen=1).way == ""


@pytest.mark.parametrize("key", ["joanne", "theo", "mara", "amir"])
def test_nobody_else_chooses(call, key):
    note = written(call)
    with pytest.raises(Refused, match="Only the patient"):
        actions.choose(note, "send", seen=1, by=by(key))
    answer = client(key).post(note.get_absolute_url(), {"choice": "send", "seen": "1"})
    assert (answer.status_code, fresh(note).choice) == (404, "")


@pytest.mark.parametrize("key", ["rosa", "theo", "amir"])
def test_only_the_consultant_of_the_case_writes(call, key):
    with pytest.raises(Refused, match="Only the consultant"):
        actions.write(call, WORDS, by=by(key))


def test_nothing_is_written_before_the_call_or_of_one_that_was_none(call, time_machine):
    time_machine.move_to(call.starts_at - DAY)
    with pytest.raises(Refused, match="not begun"):
        written(call)
    time_machine.move_to(call.ends_at + DAY)
    type(call).objects.filter(pk=call.pk).update(state="no_show")
    with pytest.raises(Refused, match="did not take place"):
        written(call)


@pytest.mark.parametrize("words", ["  ", "x" * 4001])
def test_empty_and_endless_words_are_refused(call, words):
    with pytest.raises(Refused):
        written(call, words)


def test_without_a_known_office_it_cannot_be_sent(call):
    note = written(call)
    call.case.clinicians.filter(role="primary").delete()
    page = client("rosa").get(note.get_absolute_url()).text
    assert "Name the doctors" in page
    answer = client("rosa").post(note.get_absolute_url(), {"choice": "send", "seen": "1"})
    assert (answer.status_code, fresh(note).choice) == (409, "")


def test_for_a_patient_who_signs_in_nowhere_one_of_us_asks(call):
    User.objects.filter(pk=call.patient_id).update(email=None, can_sign_in=False, phone="+14165550123")
    call.case.patient.refresh_from_db()
    note = written(call)
    assert (todos(ASK_NOTE), Reminder.objects.filter(kind=WRITTEN).count()) == (1, 0)
    client("theo").post(note.get_absolute_url(), {"choice": "send", "seen": "1"})
    assert (fresh(note).choice, todos(ASK_NOTE), todos(SEND_NOTE)) == ("send", 0, 1)
    assert Event.objects.get(verb="doctor_note.chosen").for_patient == call.patient_id


def test_the_page_of_the_consultant_saves_and_keeps_what_is_typed(call):
    joanne, address = client("joanne"), reverse("reviews:write_doctor_note", args=[call.pk])
    assert address in joanne.get(call.get_absolute_url()).text
    assert joanne.post(address, {"words": "", "seen": "0"}).status_code == 422
    assert joanne.post(address, {"words": f"<b>{WORDS}</b>", "seen": "0"}, follow=True).status_code == 200
    assert f"&lt;b&gt;{WORDS}" in client("rosa").get(DoctorNote.objects.get().get_absolute_url()).text
    older = joanne.post(address, {"words": "From an older page.", "seen": "0"})
    assert older.status_code == 409
    assert "From an older page." in older.text


WRONG = {
    "doctornote_choice_has_its_time_and_person": {"choice": "send"},
    "doctornote_goes_only_by_choice": {"sent_how": "fax"},
    "doctornote_way_is_of_a_yes": {"way": "fax"},
    "doctornote_versions_count_from_1": {"version": 0},
    "doctornote_says_something": {"words": b""},
}


@pytest.mark.parametrize(("name", "wrong"), WRONG.items(), ids=WRONG)
def test_the_database_refuses(call, name, wrong):
    note = written(call)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        DoctorNote.objects.filter(pk=note.pk).update(**wrong)


def test_a_note_that_was_kept_is_never_sent_by_the_database_either(call):
    note = actions.choose(written(call), "keep", seen=1, by=by("rosa"))
    sent = {"sent_how": "fax", "sent_at": clock.now() + DAY, "sent_by": people.person("theo"), "sent_to": b"x"}
    with pytest.raises(IntegrityError, match="goes_only_by_choice"), transaction.atomic():
        DoctorNote.objects.filter(pk=note.pk).update(**sent)
