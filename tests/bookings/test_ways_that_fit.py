"""What was asked of anyone holds for the ways on, too; whoever does not fit is named as such."""

from datetime import timedelta

import pytest
from django.urls import reverse

from bookings import anyone, availability
from portal import clock
from tests import factories, people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("practice")]
FRENCH = {"with": "anyone", "speaks": "French"}


@pytest.fixture
def soon(case, monkeypatch):
    """The visit is so soon that no plan could be read before it, and a first talk fits."""
    monkeypatch.setattr(availability, "visit_on", lambda case: (clock.now() + timedelta(days=3)).date())


def shown(case, service="plan", **wish):
    answer = people.browser(case.patient).get(reverse("bookings:pick", args=[case.pk]), {"service": service, **wish})
    return " ".join(answer.content.decode().split())


def is_away(practice):
    practice.time_off.create(from_on=clock.now().date(), until_on=clock.now().date() + timedelta(days=200))


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("wish", [FRENCH, {"with": "anyone", "knows": anyone.code_of("Lung cancer")}])
def test_a_first_talk_by_phone_is_with_who_fits(case, practice, amirs, wish):
    ama = factories.open_case(people.person("ama"))
    for _call in range(2):  # Amir has more calls to come, so that Joanne would come first
        factories.book(ama, amirs.consultant, service="first_talk")
    page = shown(case, **wish)
    assert "By phone: Amir calls you for a first talk" in page
    assert "By phone: Joanne" not in page
    assert "By phone: Joanne" in shown(case, **{"with": "anyone"})
    is_away(amirs)
    assert "By phone:" not in shown(case, **wish)


@pytest.mark.usefixtures("soon")
def test_who_is_free_and_does_not_fit_is_named_as_such(case, practice, amirs):
    is_away(amirs)
    page = shown(case, "first_talk", **FRENCH)
    assert "Nothing that fits what you chose (French) is free before your visit on" in page
    assert "Talk with Joanne Pike: " in page
    assert f'href="?service=first_talk&amp;with={practice.pk}"' in page
    assert "Joanne does not fit what you chose (French)." in page
    assert "None of us who fits what you chose (French) has a free time in the next months." in page
    assert '<a href="?service=first_talk&amp;with=anyone">See the times of all of us</a>' in page
    assert "Nobody has a free time" not in page


def test_where_nobody_at_all_is_free_it_says_nobody(case, practice, amirs):
    is_away(amirs), is_away(practice)
    page = shown(case, "first_talk", **{"with": "anyone"})
    assert "Nobody has a free time in the next months." in page
    assert "Nothing is free just now" in page
    assert "does not fit" not in page
    assert "Talk with" not in shown(case, "first_talk", **FRENCH)


@pytest.mark.usefixtures("soon")
def test_of_one_who_has_nothing_free_it_is_said_by_name_where_others_have(case, practice, amirs):
    is_away(practice)
    page = shown(case, "first_talk", **{"with": str(practice.pk)})
    assert "Joanne has nothing free before your visit on" in page
    assert "Talk with Amir Haddad: " in page
    assert "Nothing is free before your visit" not in page
    assert "does not fit" not in page


def test_a_call_that_moves_says_it_of_who_fits(case, practice, amirs):
    call = factories.book(case, practice.consultant, service="first_talk")
    is_away(amirs)
    answer = people.browser(case.patient).get(reverse("bookings:move", args=[call.pk]), FRENCH)
    page = " ".join(answer.content.decode().split())
    assert "None of us who fits what you chose has a free time in the next months." in page
    assert "Nobody has a free time" not in page
