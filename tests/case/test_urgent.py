"""An urgent look: who can ask, what opens and for how long, who is told, and every way it ends."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from cases.case import people as rule
from cases.case.actions import assign, withdraw_consent
from cases.case.models import Consent, UrgentLook
from cases.case.opening import who_opens
from cases.case.tasks import end_help
from cases.case.urgent import actions, notices
from cases.documents.actions import mark_only_me
from cases.documents.models import PageImage, Version
from cases.documents.reading import readers
from portal.errors import Refused
from portal.history.models import Event
from portal.reminders.models import Reminder
from tests import people
from tests.reviews import world
from tests.reviews.world import by

pytestmark = pytest.mark.django_db
WHY = "Joanne fell ill an hour before the call."


@pytest.fixture
def review():
    people.person("mara")
    return world.written()


@pytest.fixture
def case(review):
    return review.case


def begin(case, key="liv", why=WHY):
    return actions.begin(case, why, by=by(key))


def opens(review, key="liv") -> bool:
    """By the rule for one case, for all, for people, and for the pages themselves: always the same answer."""
    user, version = people.person(key), Version.objects.get(pk=review.version_id)
    answers = {
        rule.may("read_documents", review.case, user),
        rule.cases_where(user, "read_documents").filter(pk=review.case_id).exists(),
        user in [each for each, _words in rule.who_can_open(review.case)],
        user in [each.user for each in readers.readers_of(version.document)],
        Version.objects.visible_to(user).filter(pk=version.pk).exists(),
        PageImage.objects.visible_to(user).filter(version=version).exists(),
    }
    assert len(answers) == 1
    return answers.pop()


def refused(code, *args, **more):
    with pytest.raises(Refused) as no, transaction.atomic():
        begin(*args, **more)
    assert no.value.code == code


def test_it_opens_the_files_for_an_hour_and_ends_by_itself(review, case):
    assert not opens(review)
    look = begin(case)
    assert opens(review)
    with time_machine.travel(look.over_at + dt.timedelta(seconds=1)):
        assert not opens(review)
        end_help()
    assert UrgentLook.objects.get().ended_why == "time"
    assert Event.objects.filter(verb="urgent.ended", case_id=case.pk).count() == 1


def test_it_opens_nothing_but_its_page_and_the_files(case):
    begin(case)
    liv = people.person("liv")
    assert {verb for verb in rule.MAY if rule.may(verb, case, liv)} == {"look_urgently", "read_documents"}
    assert {verb for verb in rule.MAY if rule.cases_where(liv, verb).filter(pk=case.pk)} == {
        "look_urgently",
        "read_documents",
    }
    assert rule.role_in(case, liv) == "urgent_reader"


def test_files_stay_shut_where_the_patient_lets_none_of_us_read(review, case):
    begin(case)
    for given in Consent.objects.standing().filter(case=case, kind="read"):
        withdraw_consent(given, by=by("rosa"))
    assert not opens(review)
    assert rule.may("look_urgently", case, people.person("liv"))


def test_a_file_for_her_alone_stays_hers(review, case):
    begin(case)
    mark_only_me(Version.objects.get(pk=review.version_id).document, only_me=True, by=by("rosa"))
    assert not Version.objects.visible_to(people.person("liv")).exists()


def test_the_reason_is_sealed_and_needs_words(case):
    refused("why", case, why=" urgent ")
    refused("why", case, why="x" * 301)
    look = begin(case)
    with connection.cursor() as cursor:
        cursor.execute("SELECT why FROM case_urgentlook")
        assert b"Joanne" not in bytes(cursor.fetchone()[0])
    assert UrgentLook.objects.get(pk=look.pk).why == WHY


@pytest.mark.parametrize("key", ["theo", "mara", "rosa", "grace", "ines"])
def test_only_consultants_can(case, key):
    refused("role", case, key)


def test_who_is_part_of_the_case_needs_none(case):
    refused("reference", case, "joanne")


def test_asked_twice_is_one_look_with_its_first_reason_and_end(case):
    first = begin(case)
    again = begin(case, why="Another reason, later on.")
    assert (again.pk, again.over_at, again.why) == (first.pk, first.over_at, WHY)
    assert Event.objects.filter(verb="urgent.begun").count() == 1


def test_after_its_hour_it_can_be_asked_for_again(case):
    look = begin(case)
    with time_machine.travel(look.over_at + dt.timedelta(minutes=1)):
        assert begin(case).pk != look.pk
    look.refresh_from_db()
    assert look.ended_why == "time"


@pytest.mark.parametrize(("key", "why"), [("rosa", "patient"), ("liv", "reader"), ("mara", "admin")])
def test_these_end_it_at_once(review, case, key, why):
    look = begin(case)
    actions.end(look, by=by(key))
    actions.end(look, by=by(key))
    assert not opens(review)
    assert UrgentLook.objects.get().ended_why == why
    assert Event.objects.filter(verb="urgent.ended").count() == 1


@pytest.mark.parametrize("key", ["joanne", "theo", "grace", "amir"])
def test_nobody_else_ends_it(case, key):
    look = begin(case)
    with pytest.raises(Refused):
        actions.end(look, by=by(key))


def test_a_closed_case_opens_for_nobody(case):
    look = begin(case)
    case.state, case.closed_at, case.closed_why = "closed", look.begun_at, "asked"
    case.save()
    assert not rule.may("look_urgently", case, people.person("liv"))
    actions.end_all(case, by=by("theo"))
    assert UrgentLook.objects.get().ended_why == "closed"
    refused("reference", case, "amir")


def test_a_place_of_her_own_outlasts_it(case):
    look = begin(case)
    assign(case, people.person("liv"), why="booking", by=by("rosa"))
    actions.end(look, by=by("liv"))
    assert rule.role_in(case, people.person("liv")) == "consultant"


def test_the_patient_and_the_administrators_are_told_once(case):
    begin(case)
    begin(case)
    rows = Reminder.objects.filter(kind__startswith="urgent.").values_list("kind", "recipient_id", "message_class")
    assert set(rows) == {
        (notices.TOLD, str(people.person("rosa").pk), "notice"),
        (notices.WATCHED, "administrator", "answer"),
    }


def test_who_can_open_names_her(case):
    look = begin(case)
    found = [each for each in who_opens(case) if each.user.name == "Liv Sand"]
    assert [(each.role, each.verbs, each.urgent) for each in found] == [
        ("urgent_reader", frozenset({"read_documents"}), look)
    ]


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("urgent_says_why", {"why": b""}),
        ("urgent_lasts_an_hour_at_most", {"over_at": dt.datetime(2030, 1, 1, tzinfo=dt.UTC)}),
        ("urgent_lasts_an_hour_at_most", {"over_at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)}),
        ("urgent_ended_says_when_and_why", {"ended_why": "time"}),
        ("urgent_ended_says_when_and_why", {"ended_at": dt.datetime(2030, 1, 1, tzinfo=dt.UTC)}),
    ],
)
def test_the_database_refuses(case, constraint, fields):
    look = begin(case)
    column, value = next(iter(fields.items()))
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE case_urgentlook SET {column} = %s WHERE id = %s", [value, look.pk])  # noqa: S608


# The story by its pages: asked for, read, seen by the patient and the administrator, ended, over.


def test_the_whole_way_by_its_pages(review, case):
    liv, rosa, mara = (people.browser(people.person(key)) for key in ("liv", "rosa", "mara"))
    document = Version.objects.get(pk=review.version_id).document.get_absolute_url()
    assert liv.get(document).status_code == 404
    asked = {"reference": case.reference.replace(" ", "").lower(), "why": WHY}
    answer = liv.post(reverse("pages:urgent"), asked)
    page = liv.get(answer["Location"])
    assert case.patient.name in page.content.decode()
    assert document in page.content.decode()
    assert liv.get(document).status_code == 200
    assert liv.get(case.get_absolute_url()).status_code == 404

    privacy = rosa.get(reverse("pages:privacy", args=[case.pk])).content.decode()
    assert "Liv Sand" in privacy
    assert WHY in privacy
    assert "Can open: your name, your phone, what it is about, and your next dates. Your files, too." in privacy
    assert "Looked at your case, for an urgent reason" in privacy
    assert WHY in mara.get(reverse("pages:urgent_looks")).content.decode()

    look = UrgentLook.objects.get()
    assert rosa.post(reverse("pages:end_urgent", args=[look.pk])).status_code == 302
    assert liv.get(document).status_code == 404
    assert liv.get(answer["Location"]).status_code == 403


def test_a_reference_that_is_not_there_is_on_record(case):
    liv = people.browser(people.person("liv"))
    answer = liv.post(reverse("pages:urgent"), {"reference": "RS 000 000", "why": WHY})
    assert answer.status_code == 422
    assert Event.objects.filter(verb="urgent.not_found", actor_id=people.person("liv").pk).count() == 1
