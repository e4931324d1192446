"""Two versions of a file beside each other, page by page, without any script."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.documents import actions, versions
from cases.documents.models import Document, Version
from cases.documents.worker import checking
from portal.actors import Actor
from portal.history.models import Event
from tests import factories, plan_files
from tests.documents.files import folder as folder
from tests.documents.files import read, upload
from tests.people import browser, person

pytestmark = pytest.mark.django_db


def by(key):
    return Actor.person(person(key))


@pytest.fixture
def document(folder) -> Document:
    """A plan of one page, and its newer version of two."""
    first = read(factories.open_case(), content=plan_files.pdf(1))
    newer = actions.add_version(first.document, upload("newer.pdf", plan_files.pdf(2)), by=by("rosa"))
    checking.check(newer.pk)
    return first.document


def page(document, key="rosa", **asked):
    return browser(person(key)).get(reverse("documents:beside", args=[document.pk]), asked)


def pictures(answer) -> list[str]:
    return re.findall(r'src="/page-images/([0-9a-f-]+)/"', answer.text)


def numbers(answer) -> list[tuple[int, int]]:
    known = {str(pk): (version, number) for pk, version, number in
             Version.objects.values_list("page_images", "number", "page_images__number")}  # fmt: skip
    return [known[pk] for pk in pictures(answer)]


def test_the_newest_two_stand_side_by_side_at_the_same_page(document):
    assert numbers(page(document)) == [(1, 1), (2, 1)]
    assert 'rel="next"' in page(document).text
    assert page(document).text.count("surgery is held") >= 2


def test_where_one_ends_before_that_page_it_says_so(document):
    answer = page(document, page=2)
    assert numbers(answer) == [(2, 2)]
    assert "This version ends with page 1." in answer.text
    assert 'rel="next"' not in answer.text
    assert "left=1&amp;right=2&amp;page=1#pages" in answer.text


@pytest.mark.parametrize("asked", [{"page": "x"}, {"page": "-4"}, {"left": "99", "right": "nonsense"}, {"left": "²"}])
def test_what_nobody_has_shows_what_there_is(document, asked):
    answer = page(document, **asked)
    assert answer.status_code == 200
    assert numbers(answer) == [(1, 1), (2, 1)]


def test_a_page_far_behind_the_end_leads_back(document):
    answer = page(document, page="999")
    assert answer.status_code == 200
    assert pictures(answer) == []
    assert "page=2#pages" in answer.text


def test_the_sides_can_be_chosen_and_each_look_is_on_record(document):
    answer = page(document, "rosa", left=2, right=1)
    assert numbers(answer) == [(2, 1), (1, 1)]
    assert Event.objects.filter(verb="document.opened").count() == 2
    page(document, "rosa", page=2)
    assert Event.objects.filter(verb="document.opened").count() == 2


def test_the_page_of_the_file_leads_there_only_with_two_that_open(document):
    address = reverse("documents:beside", args=[document.pk])
    rosa = browser(person("rosa"))
    assert address in rosa.get(document.get_absolute_url()).text
    versions.take_back(document.versions.get(number=2), by=by("rosa"))
    assert address not in rosa.get(document.get_absolute_url()).text
    assert "no two versions" in page(document).text
    assert pictures(page(document)) == []


def test_a_file_taken_back_or_hidden_shows_no_page(document):
    actions.mark_only_me(document, only_me=True, by=by("rosa"))
    assert page(document, "theo").status_code == 404
    actions.withdraw(Document.objects.get(pk=document.pk), by=by("rosa"))
    assert pictures(page(document)) == []


def test_it_asks_few_questions(document):
    rosa, address = browser(person("rosa")), reverse("documents:beside", args=[document.pk])
    rosa.get(address)
    with CaptureQueriesContext(connection) as asked:
        rosa.get(address)
    assert len(asked) <= 15
