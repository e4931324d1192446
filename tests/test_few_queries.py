"""The pages that read the most ask few questions for everybody who opens them. `test_queries` walks all pages."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import time_machine
from django.urls import reverse

from bookings.models import Practice
from cases.case.actions import add_office, set_clinician
from cases.case.models import Case
from cases.desk.links.actions import link_for
from cases.documents.describing.actions import say_kind
from cases.documents.models import PageImage
from cases.records import actions as records
from cases.records.models import Visit
from cases.records.report import filing
from cases.records.report.which import SECOND_REPORT
from cases.reviews.models import Review
from portal import clock
from portal.actors import Actor
from tests import people, plan_files
from tests.documents import files as put_in
from tests.page_rows import SIGNED_IN
from tests.pages_table import PAGES
from tests.reviews import world as reading
from tests.test_queries import AT_MOST, questions_of

READ_MUCH = (
    "bookings:move", "desk:letter", "documents:add_plan", "documents:detail", "opinions:compare", "pages:today",
    "reviews:edit", "reviews:preview", "threads:thread",
)  # fmt: skip
TIMES_AT_MOST = CALENDAR_AT_MOST = 8
LATER = dt.timedelta(days=40)


@pytest.mark.parametrize("name", READ_MUCH)
def test_it_asks_few_questions_for_everybody(name, world):
    assert not asks_many(name, world)


def at_most_asked(world, person, address) -> int:
    """By a first look and the one after it."""
    client = world.client(person)
    client.get("/account/")  # the session begins before
    Case.objects.get(pk=world["case"]).diagnosis  # noqa: B018 - a process reads a case's key once
    return max(questions_of(client, address))


def asks_many(name, world) -> dict[str, int]:
    """By person, where it is more than it may be."""
    address = reverse(name, args=[world[key] for key in PAGES[name].args])
    with time_machine.travel(clock.now(), tick=False):
        asked = {person: at_most_asked(world, person, address) for person in PAGES[name].who & SIGNED_IN}
    assert max(asked.values()) > 0  # somebody has it open
    return {person: number for person, number in asked.items() if number > AT_MOST}


@pytest.mark.parametrize("whom", ["one", "anyone"])
def test_a_page_of_times_asks_eight_at_most(whom, world):
    with_whom = "anyone" if whom == "anyone" else Practice.objects.working().first().pk
    for service in ("plan", "first_talk"):
        address = f"{reverse('bookings:pick', args=[world['case']])}?service={service}&with={with_whom}"
        asked = {who: questions_of(world.client(who), address)[0] for who in PAGES["bookings:pick"].who & SIGNED_IN}
        assert asked["patient"] <= TIMES_AT_MOST
        assert max(asked.values()) <= TIMES_AT_MOST, asked


def test_a_consultants_calendar_asks_eight_at_most(world):
    assert 0 < questions_of(world.client("assigned"), reverse("bookings:calendar"))[0] <= CALENDAR_AT_MOST


@contextmanager
def the_day_after(visit: Visit) -> Iterator[None]:
    with time_machine.travel(dt.datetime.combine(visit.on_date, dt.time(15), dt.UTC) + dt.timedelta(days=1)):
        yield


@pytest.fixture
def two_reports(world):
    """Two visits took place; a report of each is here, which an office can save, and a file that may be of either; the
    plan is quoted from a page that a machine read.
    """
    case = Case.objects.select_related("patient", "key").get(pk=world["case"])
    by = Actor.person(case.patient)
    second = Visit.objects.live().get(case=case, round=2)
    with the_day_after(second):
        second = records.say_took_place(second, by=by)
        third = records.name_visit(case, doctor="Dr. Okafor", office_name="Riverbend", round=3, by=by)
        third = records.set_visit_date(third, on=clock.today(third.zone) + LATER, by=by)
    elm = add_office(case, name="Elm Street", by=by)
    set_clinician(case, "primary", name="Dr. Abara", office=elm, by=by)
    with the_day_after(third):
        third = records.say_took_place(third, by=by)
        link_for(second, elm, by=Actor.person(people.person("theo")))
        for visit in (None, third, second):
            version = put_in.read(case, "report.pdf", plan_files.pdf(pages=1, patient=f"of {visit}"))
            document = say_kind(version.document, SECOND_REPORT, by=by)
            if visit:
                filing.say_which(document, visit, by=by)
        world.things["document"] = document.pk
        review = Review.objects.get(case=case)
        reading.write(review, plain=reading.PLAIN + "\nIt says “grade 2”. (page 1)\nAnd “node”. (page 1)")
        PageImage.objects.filter(version=review.version).update(reading="read", certainty=90)
        yield world


@pytest.mark.parametrize("name", ["documents:detail", "opinions:compare", "reviews:edit", "reviews:preview"])
def test_a_second_report_and_a_third_visit_cost_no_more(name, two_reports):
    assert not asks_many(name, two_reports)
