"""Erased at the patient's wish: what ends at once, fourteen days to take it back, the key gone, told, and for good."""

import datetime as dt
from email import message_from_bytes
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from bookings import availability
from bookings.company import actions as company
from bookings.models import Consultation, Service
from cases.case.actions import assign
from cases.case.erasure import notices
from cases.case.erasure.rules import SIGN_IN_KEPT, WAITS
from cases.case.helping import actions as helping
from cases.case.helping.models import Helper
from cases.case.models import Assignment, Case, ErasureWish, Farewell, ToDo
from cases.documents import asked_erasing
from portal import clock, retention, when
from portal.accounts import actions as accounts
from portal.accounts import drafts, forgetting
from portal.accounts.models import Draft, User
from portal.errors import Refused
from portal.history.models import Event
from portal.pages import closing_actions as closing
from portal.pages import erasing, erasing_again, farewell_actions
from portal.pages import erasing_actions as actions
from portal.reminders import sender
from portal.reminders.models import Reminder
from portal.vault import erasures
from portal.vault.models import DataKey
from tests import factories, people
from tests.at_once.rivals import at_once
from tests.documents.files import folder, read
from tests.records.builders import actor

__all__ = ["folder"]
pytestmark = pytest.mark.django_db
LATER = WAITS + dt.timedelta(minutes=1)


@pytest.fixture
def case(folder):
    """Rosa's, with a file, Joanne as its consultant and Inés as a helper."""
    case = factories.case_with_visit(days=42)
    read(case, "Biopsy of Rosa.pdf")
    assign(case, people.person("joanne"), why="taking", by=actor("joanne"))
    helping.agree(helping.ask(case, people.person("ines"), by=actor("rosa")), chosen="most", by=actor("rosa"))
    return case


def browser(key):
    return people.browser(people.person(key))


def address(case):
    return reverse("pages:erase", args=[case.pk])


def called_off(mail):
    """Who is told by it to take a call out of their calendar, or ""."""
    files = [part for part in message_from_bytes(mail.message().as_bytes()).walk() if part.get_filename() == "call.ics"]
    return mail.to[0] if [part.get_param("method") for part in files] == ["CANCEL"] else ""


def after(case):
    case.refresh_from_db()
    return case


def test_what_ends_is_said_and_done_at_once(case):
    page = browser("rosa").get(address(case)).content.decode()
    assert "can open nothing any more, and is told." in page
    assert "for six years" in page
    assert browser("rosa").post(address(case), {"do": "erase", "sure": "on"}).status_code == 302
    assert after(case).state == Case.State.CLOSED
    assert not Helper.objects.granted().filter(case=case).exists()
    assert not Assignment.objects.filter(case=case, ended_at=None).exists()
    wish = ErasureWish.objects.get()
    assert wish.due_at - wish.asked_at == WAITS == dt.timedelta(days=14)
    kinds = set(
        Reminder.objects.filter(about_id__in=[wish.pk, case.pk], settled_at=None).values_list("kind", flat=True)
    )
    assert kinds == {notices.ASKED, "case.closed_too"}
    assert "Take it back" in browser("rosa").get(address(case)).content.decode()


def test_a_booked_call_is_named_and_canceled():
    case = factories.open_case()
    call = factories.book(case)
    assert erasing.what_ends(case)[0].startswith(f"Your call with {call.consultant.first_name} on ")
    actions.ask(case, by=actor("rosa"))
    assert Consultation.objects.get(pk=call.pk).state == Consultation.State.CANCELLED


def test_whoever_has_the_call_in_a_calendar_is_told_that_it_is_off(mailoutbox):
    case = factories.open_case()
    call = factories.book(case)
    company.name(call, called="Ben Adu", email="ben@example.org", by=actor("rosa"))
    sender.run(clock.now())
    mailoutbox.clear()
    actions.ask(case, by=actor("rosa"))
    sender.run(clock.now())
    assert {to for to in map(called_off, mailoutbox) if to} == {"ben@example.org", case.patient.email}
    assert Reminder.objects.to_person(call.consultant).unsettled().filter(about_id=call.pk).exists()
    told = next(mail.body for mail in mailoutbox if mail.to == [case.patient.email])
    assert "book again" not in told


def test_a_companion_without_email_is_rung_that_it_is_off():
    case = factories.open_case()
    company.name(factories.book(case), called="Ben Adu", phone="+14165550118", by=actor("rosa"))
    actions.ask(case, by=actor("rosa"))
    assert ToDo.objects.open().get(kind=company.RING).case_id == case.pk


def test_without_the_tick_nothing_happens(case):
    assert browser("rosa").post(address(case), {"do": "erase"}).status_code == 422
    assert not ErasureWish.objects.exists()
    assert after(case).state == Case.State.OPEN


def test_asked_twice_it_is_asked_once(case):
    assert actions.ask(case, by=actor("rosa")) == actions.ask(case, by=actor("rosa"))
    assert Event.objects.filter(verb="erasure.asked").count() == 1


def test_nothing_is_erased_before_its_time_or_when_taken_back(case):
    actions.ask(case, by=actor("rosa"))
    assert asked_erasing.erase_due(clock.now() + WAITS - dt.timedelta(minutes=1)) == 0
    assert browser("rosa").post(address(case), {"do": "take_back"}).status_code == 302
    assert after(case).state == Case.State.OPEN
    assert asked_erasing.erase_due(clock.now() + LATER) == 0
    assert ErasureWish.objects.get().taken_back_by == case.patient
    assert after(case).key.destroyed_at is None


def test_opening_it_again_takes_the_wish_back_and_only_its_patient_can(case):
    actions.ask(case, by=actor("rosa"))
    with pytest.raises(Refused, match="Only they"):
        closing.reopen_case(case, by=actor("theo"))
    closing.reopen_case(case, by=actor("rosa"))
    assert not ErasureWish.objects.open().exists()


def test_the_night_destroys_the_key_and_tells(case, settings):
    drafts.keep(case.patient, "questions", case, {"first": "Will it hurt?"})
    actions.ask(case, by=actor("rosa"))
    with clock.lived_at(clock.now() + LATER):
        retention.night(clock.now())
        assert Case.objects.get(pk=case.pk).key.destroyed_at
        wish = ErasureWish.objects.get()
        assert wish.done_at
        assert not Draft.objects.exists()
        assert Reminder.objects.filter(kind=notices.DONE, about_id=wish.pk).count() == 1
        assert case.key_id in erasures.listed()
        retention.night(clock.now())
        assert Event.objects.filter(verb="erasure.done").count() == 1
        page = browser("rosa").get(address(case)).content.decode()
        assert "This page is erased" in page
        with pytest.raises(Refused, match="too late"):
            actions.take_back(case, by=actor("rosa"))


def before_the_wish(case):
    """What an archive from before the wish holds, put back over what is here: it gives the function that does so."""
    kept = {
        model: list(model.objects.filter(**{where: case.pk}).values())
        for model, where in ((Case, "pk"), (Helper, "case"), (Assignment, "case"), (Consultation, "case"))
    }
    kept[Draft] = list(Draft.objects.values())
    kept[Farewell] = list(Farewell.objects.values())
    kept[DataKey] = list(DataKey.objects.filter(pk=case.key_id).values())

    def bring_back():
        ErasureWish.objects.all().delete()
        for model, rows in kept.items():
            for row in rows:
                model.objects.update_or_create(pk=row.pop("id"), defaults=row)

    return bring_back


def test_what_an_older_archive_brings_back_is_erased_again_with_all_that_went_with_it(case):
    practice, plan = factories.open_hours(), Service.objects.get(code="plan")
    last = availability.free_starts(case, practice, plan, clock.now(), moving=None)[-1]
    call = factories.book(case, starts_at=last)
    drafts.keep(case.patient, "questions", case, {"first": "Will it hurt?"})
    bring_back = before_the_wish(case)
    actions.ask(case, by=actor("rosa"))
    with clock.lived_at(clock.now() + LATER):
        retention.night(clock.now())
        bring_back()
        assert after(case).state == Case.State.OPEN
        assert Draft.objects.exists()
        told = Reminder.objects.filter(recipient_id=str(case.patient_id)).count()

        assert erasing_again.run()[0] == 1
        assert erasing_again.run() == (0, 0)

        assert DataKey.objects.get(pk=case.key_id).destroyed_at
        assert after(case).state == Case.State.CLOSED
        assert not Draft.objects.exists()
        assert not Helper.objects.granted().filter(case=case).exists()
        assert not Assignment.objects.filter(case=case, ended_at=None).exists()
        assert Consultation.objects.get(pk=call.pk).state != Consultation.State.BOOKED
        assert Reminder.objects.filter(recipient_id=str(case.patient_id)).count() == told


def test_words_about_a_death_are_forgotten_again(case):
    actions.ask(case, by=actor("rosa"))
    farewell_actions.say_died(case.patient, right="ends", why="Her sister rang.", by=actor("theo"))
    (said,), key = list(Farewell.objects.values()), DataKey.objects.filter(pk=case.key_id).values().get()
    with clock.lived_at(clock.now() + LATER):
        retention.night(clock.now())
        Farewell.objects.filter(pk=said.pop("id")).update(**said)
        DataKey.objects.filter(pk=key.pop("id")).update(**key)
        ErasureWish.objects.update(done_at=None)
        Reminder.objects.all().delete()
        erasing_again.run()
        assert Farewell.objects.get().why == ""
        assert ErasureWish.objects.get().done_at
        assert not Reminder.objects.filter(kind=notices.DONE).exists()  # told when it was done


def test_one_that_cannot_be_erased_again_keeps_no_other(case, monkeypatch):
    other = factories.open_case(patient=people.person("grace"))
    drafts.keep(case.patient, "questions", case, {"first": "Will it hurt?"})
    drafts.keep(other.patient, "questions", other, {"first": "Will it hurt?"})
    erasures.add([case.key_id, other.key_id])
    close, first = erasing_again.close_at_once, min([case, other], key=lambda each: each.pk)

    def refuses(each, why, *, by):
        if each == first:
            raise Refused("no")
        close(each, why, by=by)

    monkeypatch.setattr(erasing_again, "close_at_once", refuses)
    with pytest.raises(Refused):
        erasing_again.run()
    assert not DataKey.objects.filter(pk__in=[case.key_id, other.key_id], destroyed_at=None).exists()
    assert not Draft.objects.exists()
    assert [each.pk for each in Case.objects.filter(state=Case.State.CLOSED)] == [max(case.pk, other.pk)]


def erased(case):
    actions.ask(case, by=actor("rosa"))
    with clock.lived_at(clock.now() + LATER):
        retention.night(clock.now())


SOON = LATER + SIGN_IN_KEPT + dt.timedelta(minutes=1)


def test_sign_in_and_address_go_a_month_after_the_last_page(case):
    rosa, email = case.patient, case.patient.email
    rosa.phone, rosa.postal, rosa.birth_date = "+14165550100", "1 Main Street", dt.date(1960, 1, 1)
    rosa.save()
    client = browser("rosa")
    erased(case)
    with clock.lived_at(clock.now() + SOON - dt.timedelta(days=1)):
        retention.night(clock.now())
        assert User.objects.get(pk=rosa.pk).email == email
    with clock.lived_at(clock.now() + SOON):
        retention.night(clock.now())
        retention.night(clock.now())
    rosa = User.objects.get(pk=rosa.pk)
    assert (rosa.name, rosa.email, rosa.phone, rosa.postal, rosa.birth_date) == ("Rosa Delgado", None, "", "", None)
    assert not rosa.can_sign_in
    assert not rosa.has_usable_password()
    assert not EmailAddress.objects.filter(email__iexact=email).exists()
    assert client.get("/account/").status_code in {302, 404}
    assert Event.objects.filter(verb="account.erased", patient=rosa.pk).count() == 1
    User.objects.create_user(email=email, name="Somebody new")
    with pytest.raises(Refused, match="begin anew"):
        accounts.change_address(rosa, email="again@example.org", phone="", by=actor("theo"))


def test_the_last_mail_says_until_when(case):
    erased(case)
    wish = ErasureWish.objects.get()
    with clock.lived_at(clock.now() + LATER):
        sender.run()
    (told,) = [each for each in mail.outbox if each.subject == "Your page is erased"]
    with timezone.override(case.patient.zone):
        assert when.day(wish.done_at + SIGN_IN_KEPT) in told.body
    assert "take along the list" in told.body


@pytest.mark.parametrize("why", ["another page", "helps"])
def test_who_has_another_page_or_helps_stays(case, why):
    if why == "another page":
        factories.open_case(patient=case.patient)
    else:
        other = factories.open_case(patient=people.person("grace"))
        helping.agree(helping.ask(other, case.patient, by=actor("grace")), chosen="most", by=actor("grace"))
    erased(case)
    mail.outbox.clear()
    with clock.lived_at(clock.now() + LATER):
        sender.run()
    assert "take along the list" not in "".join(each.body for each in mail.outbox)
    with clock.lived_at(clock.now() + SOON):
        retention.night(clock.now())
    assert User.objects.get(pk=case.patient_id).email


def test_who_was_forgotten_and_comes_back_by_an_archive_is_forgotten_again(case, django_capture_on_commit_callbacks):
    erased(case)
    before = User.objects.filter(pk=case.patient_id).values().get()
    with clock.lived_at(clock.now() + SOON), django_capture_on_commit_callbacks(execute=True):
        retention.night(clock.now())
    assert case.patient_id in erasures.listed()
    User.objects.filter(pk=before.pop("id")).update(**before)
    erasing_again.run()
    assert User.objects.get(pk=case.patient_id).forgotten_at


@pytest.mark.parametrize("change", ["can_sign_in = true", "email = 'a@example.org'", "birth_date = '1960-01-01'"])
def test_the_database_refuses_to_reach_who_is_forgotten(case, change):
    forgetting.forget(case.patient, by=actor("rosa"))
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE accounts_user SET {change} WHERE id = %s", [case.patient_id])  # noqa: S608 -- as above


def test_a_dry_run_lists_it_by_id_and_says_no_name(case):
    wish = actions.ask(case, by=actor("rosa"))
    out = StringIO()
    with clock.lived_at(clock.now() + LATER):
        call_command("retention", "--dry-run", stdout=out)
    assert str(wish.pk) in out.getvalue()
    assert "Rosa" not in out.getvalue()


def test_a_closed_case_can_be_asked_about_too(case):
    closing.close_case(case, "asked", by=actor("theo"))
    actions.ask(case, by=actor("rosa"))
    assert asked_erasing.erase_due(clock.now() + LATER) == 1


@pytest.mark.parametrize("key", ["grace", "ines", "joanne", "theo", "mara"])
def test_nobody_else_has_it_erased(case, key):
    client = browser(key)
    for typed in ({"do": "erase", "sure": "on"}, {"do": "take_back"}):
        assert client.post(address(case), typed).status_code == 404
    with pytest.raises(Refused):
        actions.ask(case, by=actor(key))
    assert not ErasureWish.objects.exists()


def test_a_coordinator_writes_it_down_for_one_without_an_address(case):
    rosa = case.patient
    EmailAddress.objects.filter(user=rosa).delete()
    rosa.email, rosa.can_sign_in = None, False
    rosa.save(update_fields=["email", "can_sign_in"])
    rosa.address_put_right_at = clock.now() - dt.timedelta(days=1)
    rosa.save(update_fields=["address_put_right_at"])
    with pytest.raises(Refused, match="7 days"):  # else whoever rings as her has it taken away, and then erased
        actions.ask(case, by=actor("theo"))
    rosa.address_put_right_at = None
    rosa.save(update_fields=["address_put_right_at"])
    theo = browser("theo")
    assert "birth date and reference" in theo.get(address(case)).content.decode()
    assert theo.post(address(case), {"do": "erase", "sure": "on"}).status_code == 302
    line = Event.objects.get(verb="erasure.asked")
    assert (line.actor_id, line.for_patient) == (people.person("theo").pk, rosa.pk)
    assert theo.post(address(case), {"do": "take_back"}).status_code == 302
    assert after(case).state == Case.State.OPEN


def test_who_died_meanwhile_is_erased_all_the_same(case):
    actions.ask(case, by=actor("rosa"))
    farewell_actions.say_died(case.patient, right="ends", why="Her sister rang.", by=actor("theo"))
    assert asked_erasing.erase_due(clock.now() + LATER) == 1
    assert Farewell.objects.get().why_forgotten_at


@pytest.mark.parametrize(
    "change",
    [
        "due_at = asked_at",
        "taken_back_at = asked_at",
        "done_at = asked_at",
        "done_at = due_at, taken_back_at = due_at, taken_back_by_id = asked_by_id",
    ],
)
def test_the_database_refuses_half_rows(case, change):
    actions.ask(case, by=actor("rosa"))
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE case_erasurewish SET {change}")  # noqa: S608 -- words of this file


@pytest.mark.django_db(transaction=True)
def test_taken_back_and_erased_at_the_same_moment_one_of_them_wins(case):
    actions.ask(case, by=actor("rosa"))
    now = clock.now() + LATER
    outcomes = at_once(lambda: asked_erasing.erase_due(now), lambda: actions.take_back(case, by=actor("rosa")))
    wish, key = ErasureWish.objects.get(), DataKey.objects.get(pk=case.key_id)
    assert outcomes[0].error is None
    assert bool(wish.done_at) == bool(key.destroyed_at) == (outcomes[1].error is not None)
    assert bool(wish.taken_back_at) == (outcomes[1].error is None)
