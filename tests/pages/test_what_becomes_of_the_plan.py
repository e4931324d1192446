"""By clicking alone, from home to the page of the summary, before there is one: whoever may open it."""

import pytest
from django.urls import reverse

from cases.case.models import Case
from cases.reviews import actions
from cases.reviews.models import Review
from tests import factories, people
from tests.pages.test_helper_home import agreed
from tests.reviews import world
from tests.reviews.world import by

pytestmark = pytest.mark.django_db


def way(case: Case, key: str = "rosa") -> str:
    """The words beside the link to the summary on this person's home; "" without the link."""
    page = people.browser(people.person(key)).get(case.get_absolute_url())
    is_led = reverse("reviews:summary", args=[case.pk]) in page.text
    return page.context["summary"]["text"] if is_led else ""


def test_without_a_plan_no_link_leads_there():
    assert way(factories.open_case()) == ""


def test_a_plan_that_nobody_reads_leads_to_asking_for_it_in_writing():
    case = factories.open_case()
    world.plan(case)
    assert "or without one" in way(case)
    rosa = people.browser(people.person("rosa"))
    assert reverse("reviews:ask", args=[case.pk]) in rosa.get(reverse("reviews:summary", args=[case.pk])).text
    rosa.post(reverse("reviews:ask", args=[case.pk]))
    assert Review.objects.get(case=case).is_written_reading
    assert "by when" in way(case)


def test_a_version_that_was_taken_back_leads_to_the_reason():
    summary = world.shared()
    assert "shared it on" in way(summary.review.case)
    actions.withdraw(summary, reason="The pages were mixed up.", by=by("joanne"))
    assert "taken back" in way(summary.review.case)
    page = people.browser(people.person("rosa")).get(reverse("reviews:summary", args=[summary.review.case_id]))
    assert "The pages were mixed up." in page.text


def test_a_coordinator_is_led_there_on_her_page_too():
    assert "by when" in way(world.taken().case, "theo")


@pytest.mark.parametrize(("chosen", "is_led"), [("most", True), ("dates", False)])
def test_a_helper_is_led_there_who_may_open_it(chosen, is_led):
    case = world.taken().case
    agreed(case, chosen=chosen)
    address = reverse("reviews:summary", args=[case.pk])
    ama = people.browser(people.person("ama"))
    assert (ama.get(address).status_code == 200) == is_led
    assert (address in ama.get(case.get_absolute_url()).text) == is_led


def test_a_helper_is_led_to_a_summary_that_stands():
    summary = world.shared()
    agreed(summary.review.case, chosen="most")
    assert way(summary.review.case, "ama") == "It is there to be read."
