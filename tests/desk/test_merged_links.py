"""The links of an office that turns out to be another one written twice."""

import datetime as dt

import pytest

from cases.case import directory
from cases.desk.links import actions, codes
from cases.desk.links.actions import link_for
from cases.desk.links.rules import Ended
from cases.desk.models import OfficeLink
from tests.case.offices import checked, theo
from tests.records.builders import actor

DAY = dt.timedelta(days=1)
CLINIC = {"name": "Lakeside Clinic", "phone": "555 0101"}


@pytest.fixture
def twin(visit):
    """The same clinic once more, with a link of its own to the same visit."""
    return link_for(visit, checked(**CLINIC), by=actor("theo"))


def test_the_code_of_a_merged_link_opens_the_one_that_stands(client, link, twin, paper):
    token = codes.mailed_token(link)
    directory.merge(link.office, twin.office, by=theo())
    merged = OfficeLink.objects.get(pk=link.pk)
    assert (merged.ended_why, merged.office_id) == (Ended.MERGED, twin.office_id)
    assert client.post("/o/", paper)["Location"].startswith(f"/o/page/{twin.pk}/")
    answer = client.post(f"/o/{token}/", {"code": paper["code"], "born": "5 2 1961"})
    assert answer["Location"].startswith(f"/o/page/{twin.pk}/")


def test_an_open_page_of_a_merged_link_asks_for_its_code_again(client, link, twin, paper):
    client.post("/o/", paper)
    directory.merge(link.office, twin.office, by=theo())
    assert client.get(f"/o/page/{link.pk}/").status_code == 410
    client.post("/o/", paper)
    assert client.get(f"/o/page/{twin.pk}/").status_code == 200


def test_wrong_tries_on_a_merged_code_count_on_the_one_that_stands(client, link, twin, paper):
    directory.merge(link.office, twin.office, by=theo())
    client.post("/o/", paper | {"born": "5 3 1961"})
    assert OfficeLink.objects.get(pk=twin.pk).birth_date_tries == 1


def test_a_merge_without_a_twin_leaves_the_page_open(client, link, paper):
    client.post("/o/", paper)
    directory.merge(link.office, checked(**CLINIC), by=theo())
    answer = client.get(f"/o/page/{link.pk}/")
    assert answer.status_code == 200
    assert "Lakeside Clinic" in answer.content.decode()


def test_taken_apart_each_code_opens_its_own(client, link, twin, paper):
    source = link.office
    directory.merge(source, twin.office, by=theo())
    directory.undo_merge(source, why="by_mistake", by=theo())
    assert client.post("/o/", paper)["Location"].startswith(f"/o/page/{link.pk}/")


def whole(link):
    return OfficeLink.objects.select_related("visit__case", "office").get(pk=link.pk)


END = {
    "a new code": lambda link, clock: actions.make_new_code(whole(link), by=actor("theo")),
    "slept and woke": lambda link, clock: (clock.shift(14 * DAY), actions.wake(whole(link), by=actor("theo"))),
    "closed, then begun anew": lambda link, clock: (
        actions.close(whole(link), by=actor("theo")),
        link_for(link.visit, whole(link).office, by=actor("theo")),
    ),
}


@pytest.mark.parametrize("end", END)
def test_what_ends_the_codes_of_the_one_that_stands_ends_those_that_led_to_it(
    client, november_5, link, twin, paper, end
):
    token = codes.mailed_token(link)
    directory.merge(link.office, twin.office, by=theo())
    END[end](twin, november_5)
    for answer in (client.post("/o/", paper), client.post(f"/o/{token}/", {"born": "5 2 1961"})):
        assert answer.status_code == 403
        assert "newer code" in answer.content.decode()


def test_they_stay_void_when_the_two_are_taken_apart(client, link, twin, paper):
    source = link.office
    directory.merge(source, twin.office, by=theo())
    actions.make_new_code(whole(twin), by=actor("theo"))
    directory.undo_merge(source, why="by_mistake", by=theo())
    assert client.post("/o/", paper).status_code == 403
    assert client.post("/o/", paper | {"code": codes.paper_code(whole(link))}).status_code == 302
