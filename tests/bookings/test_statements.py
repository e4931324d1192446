"""How many statements booking, moving and canceling cost, and that what is read together decides as one by one."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings import actions, availability
from bookings.models import Consultation, Hold, Service
from bookings.rules import JustTaken
from bookings.slots import Why
from cases.case.consenting import give_consent, give_consents
from cases.case.models import Assignment, Consent
from portal import clock
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.history.models import Event
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]
NOT_COUNTED = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")


def statements(work):
    with CaptureQueriesContext(connection) as asked:
        work()
    return [query["sql"] for query in asked.captured_queries if not query["sql"].startswith(NOT_COUNTED)]


def as_a_page_finds_it(kept):
    return Hold.objects.select_related("case__patient", "case__key", "consultant", "service").get(pk=kept.pk)


@pytest.mark.parametrize("service", ["first_talk", "plan"])
def test_booking_costs_at_most_12_statements(case, service):
    kept = as_a_page_finds_it(factories.hold(case, service=service))
    by = Actor.person(case.patient)
    said = statements(lambda: actions.book(hold=kept, accepts_scope=True, may_read=True, by=by))
    assert len(said) <= 12, "\n".join(said)
    assert Assignment.objects.filter(case=case, ended_at=None).count() == 1
    assert set(Consent.objects.filter(case=case).values_list("kind", flat=True)) == {"read", "scope"}
    verbs = Event.objects.filter(case_id=case.pk).order_by("pk").values_list("verb", flat=True)
    assert list(verbs)[-4:] == ["consent.given", "consent.given", "case.assigned", "consultation.booked"]


def test_booking_costs_12_with_the_look_behind_its_commit(case, django_capture_on_commit_callbacks):
    kept = as_a_page_finds_it(factories.hold(case, service="first_talk"))

    def book_and_commit():
        with django_capture_on_commit_callbacks(execute=True):
            actions.book(hold=kept, accepts_scope=True, may_read=True, by=Actor.person(case.patient))

    said = [sql for sql in statements(book_and_commit) if "portal_cache" not in sql]
    assert len(said) <= 12, "\n".join(said)


def test_booking_again_costs_no_more(case):
    factories.book(case)
    kept = as_a_page_finds_it(factories.hold(case))
    assert len(statements(lambda: actions.book(hold=kept, by=Actor.person(case.patient)))) <= 12
    assert Assignment.objects.filter(case=case).count() == 1
    assert Consent.objects.filter(case=case).count() == 2


def test_moving_and_canceling_cost_few(case, practice):
    call = factories.book(case)
    later = availability.free_starts(case, practice, call.service, clock.now(), moving=call)[-1]
    kept = as_a_page_finds_it(factories.hold(case, moving=call, starts_at=later))
    by = Actor.person(case.patient)
    assert len(statements(lambda: actions.move(hold=kept, by=by))) <= 20
    assert len(statements(lambda: actions.cancel(call, by=by))) <= 20


def test_what_is_refused_leaves_no_line_of_history(case):
    kept = factories.hold(case)
    before = Event.objects.count()
    with pytest.raises(Refused):
        actions.book(hold=kept, by=Actor.person(case.patient))
    assert (Event.objects.count(), Consultation.objects.count()) == (before, 0)
    assert Hold.objects.filter(pk=kept.pk).exists()


def test_several_consents_of_which_one_stands_are_given_once_each(case, joanne):
    whose = {"person": case.patient, "case": case, "by": Actor.person(case.patient)}
    scope = give_consent("scope", **whose)
    given = give_consents({"read": joanne, "scope": None}, **whose)
    assert given["scope"] == scope
    assert sorted(Consent.objects.values_list("kind", flat=True)) == ["read", "scope"]
    assert Event.objects.filter(verb="consent.given").count() == 2


def test_who_comes_too_late_is_told_after_one_statement(case, practice):
    theirs = factories.hold(case, service="first_talk")
    late = factories.open_case(User.objects.create_user(name="Late", time_zone="America/Toronto"))
    wish = {"case": late, "consultant": practice.consultant, "service": theirs.service, "how": "phone"}
    with CaptureQueriesContext(connection) as asked, pytest.raises(JustTaken) as told:
        actions.hold(**wish, starts_at=theirs.starts_at, by=Actor.person(late.patient))
    assert (told.value.code, len(asked)) == (Why.TAKEN, 1)


def test_a_time_whose_hold_is_over_is_not_taken(case, practice, monday):
    service = Service.objects.get(code="first_talk")
    last = availability.free_starts(case, practice, service, clock.now())[-1]
    theirs = factories.hold(case, service="first_talk", starts_at=last)
    late = factories.open_case(User.objects.create_user(name="Late", time_zone="America/Toronto"))
    monday.shift(timedelta(minutes=31))
    assert factories.hold(late, service="first_talk", starts_at=theirs.starts_at).patient == late.patient
