"""The links of an office that turns out to be another one written twice."""

import pytest

from cases.case import directory
from cases.desk.links import codes
from cases.desk.links.actions import link_for
from cases.desk.links.rules import Ended
from cases.desk.models import OfficeLink
from tests.case.offices import checked, theo
from tests.records.builders import actor

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
    assert OfficeLink.objects.get(pk=twin.pk).tries == 1


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
