"""Administrators change how long a kind takes, with its source; open visits are planned by the new days."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from cases.records import actions
from cases.records.days import editing
from cases.records.days.lead_times import Lead
from cases.records.models import RecordKind
from cases.records.standing import standing
from portal import clock
from portal.errors import Refused
from portal.history.models import Event
from portal.reminders.models import Reminder
from tests import people
from tests.records.builders import actor, booked_visit, item, on_november_5

pytestmark = pytest.mark.django_db

SOURCE = "Twelve requests of ours in October."


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5() as traveller:
        yield traveller


def kind(code="imaging_reports"):
    return RecordKind.objects.get(pk=code)


def change(lead, source=SOURCE, *, seen_at=None, by="mara", code="imaging_reports"):
    return editing.change_lead_time(kind(code), lead, source=source, seen_at=seen_at, by=actor(by))


def asked_by(visit):
    return Reminder.objects.get(about_id=item(visit, "imaging_reports").pk, settled_at=None).due_at.date()


def text(answer):
    return " ".join(answer.content.decode().split())


def test_it_is_saved_with_its_source_and_on_record():
    changed = change(Lead(3, 8, 1))
    assert (changed.lead, changed.source, changed.changed_by) == (Lead(3, 8, 1), SOURCE, people.person("mara"))
    assert Event.objects.filter(verb="kind.changed", about_id="imaging_reports").count() == 1


@pytest.mark.parametrize("who", ["rosa", "theo", "joanne"])
def test_only_an_administrator_changes_it(who):
    with pytest.raises(Refused, match="Only an administrator"):
        change(Lead(3, 8), by=who)


@pytest.mark.parametrize(
    ("lead", "source"),
    [(Lead(9, 8), SOURCE), (Lead(-1, 8), SOURCE), (Lead(2, 91), SOURCE), (Lead(2, 8, 91), SOURCE), (Lead(2, 8), "  ")],
)
def test_days_that_cannot_be_and_a_missing_source_are_refused(lead, source):
    with pytest.raises(Refused):
        change(lead, source)
    assert kind().changed_at is None


def test_the_database_refuses_safe_days_below_the_usual_ones():
    with pytest.raises(IntegrityError, match="recordkind_safe_is_not_sooner"), transaction.atomic():
        RecordKind.objects.filter(pk="slides").update(expected=20, safe=5)
    with pytest.raises(IntegrityError, match="recordkind_changed_at_and_by_together"), transaction.atomic():
        RecordKind.objects.filter(pk="slides").update(changed_at=clock.now())


def test_the_same_again_changes_nothing():
    first = change(Lead(3, 8))
    assert change(Lead(3, 8), seen_at=first.changed_at).changed_at == first.changed_at
    assert Event.objects.filter(verb="kind.changed").count() == 1


def test_two_administrators_do_not_overwrite_each_other_unseen():
    change(Lead(3, 8))
    with pytest.raises(Refused, match="Somebody else changed this"):
        change(Lead(4, 9))
    assert kind().lead == Lead(3, 8)


def test_open_visits_are_planned_by_the_new_days():
    visit = booked_visit()
    assert asked_by(visit) == date(2026, 11, 16)
    change(Lead(2, 8))
    assert editing.replan_changed() == 1
    assert asked_by(visit) == date(2026, 11, 10)
    assert standing(visit, clock.now()).verdict.safe_on == date(2026, 11, 20)
    assert editing.replan_changed() == 0


def test_a_run_that_was_stopped_half_way_begins_again():
    booked_visit()
    changed = change(Lead(2, 8))
    RecordKind.objects.filter(pk=changed.pk).update(replanned_at=changed.changed_at - timedelta(hours=1))
    assert editing.replan_changed() == 1


def test_what_is_there_or_over_is_left_alone(november_5):
    visit = booked_visit()
    actions.tell(item(visit, "imaging_reports"), "arrived", by=actor("rosa"))
    change(Lead(2, 8))
    assert editing.replan_changed() == 0
    actions.cancel_visit(visit, by=actor("rosa"))
    change(Lead(3, 12), code="pathology_report")
    assert editing.replan_changed() == 0


# --- pages


def address(code="imaging_reports"):
    return reverse("records:change_lead_time", args=[code])


def filled(**more):
    return {"expected": "3", "safe": "8", "reading": "0", "source": SOURCE, "seen_at": ""} | more


@pytest.fixture
def mara():
    return people.browser(people.person("mara"))


def test_saving_leads_back_to_the_list_and_the_public_list_shows_it(mara):
    shown = text(mara.post(address(), filled(), follow=True))
    assert "Mara" in shown
    assert SOURCE in text(people.browser().get(reverse("records:kinds")))


def test_a_change_that_somebody_made_meanwhile_is_shown_as_such(mara):
    mara.get(address())
    change(Lead(4, 9))
    answer = mara.post(address(), filled())
    assert answer.status_code == 409
    assert "Somebody else changed this since you opened the page." in text(answer)


def test_the_page_carries_what_was_seen(mara):
    change(Lead(4, 9))
    seen = mara.get(address()).context["form"].initial["seen_at"]
    assert mara.post(address(), filled(seen_at=seen)).status_code == 302
    assert kind().lead == Lead(3, 8)


@pytest.mark.parametrize("wrong", [{"safe": "2"}, {"source": ""}, {"expected": "-1"}, {"reading": "many"}])
def test_what_cannot_be_is_said_beside_its_field(mara, wrong):
    answer = mara.post(address(), filled(**wrong))
    assert answer.status_code == 422
    assert answer.context["form"].errors
    assert kind().changed_at is None


def test_a_kind_that_does_not_exist_is_a_missing_page(mara):
    assert mara.get(address("horoscope")).status_code == 404
