"""The same question once while a page is shown; anew for whoever changes something, and for the next page."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from cases.case.helping import actions as helping
from cases.case.people import may
from portal.actors import Actor
from portal.once import OnceMiddleware, once
from tests import factories, people


def asked_twice(method: str) -> list[int]:
    """What a view hears that asks the same twice, of a source that counts how often it was asked."""
    asked: list[int] = []
    heard: list[int] = []

    def view(request):
        heard.extend(once("how often", lambda: asked.append(1) or len(asked)) for _time in range(2))
        return HttpResponse()

    middleware = OnceMiddleware(view)
    for _page in range(2):
        middleware(RequestFactory().generic(method, "/"))
    return heard


@pytest.mark.parametrize(("method", "heard"), [("GET", [1, 1, 2, 2]), ("HEAD", [1, 1, 2, 2]), ("POST", [1, 2, 3, 4])])
def test_a_page_asks_once_and_a_form_each_time(method, heard):
    assert asked_twice(method) == heard


def test_outside_of_pages_each_question_is_asked():
    asked: list[int] = []
    assert [once("how often", lambda: asked.append(1) or len(asked)) for _time in range(2)] == [1, 2]


def test_a_page_that_breaks_leaves_nothing_behind():
    def view(request):
        once("what", lambda: "old")
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        OnceMiddleware(view)(RequestFactory().get("/"))
    assert once("what", lambda: "new") == "new"


@pytest.mark.django_db
def test_a_form_that_ends_a_grant_sees_it_ended():
    """Inside of one POST: what was true before the change is not true after it."""
    case, ines = factories.open_case(), people.person("ines")
    by = Actor.person(case.patient)
    helper = helping.agree(helping.ask(case, ines, by=by), chosen="most", by=by)
    heard: list[bool] = []

    def view(request):
        heard.append(may("see_records", case, ines))
        helping.end(helper, by=by)
        heard.append(may("see_records", case, ines))
        return HttpResponse()

    OnceMiddleware(view)(RequestFactory().post("/"))
    assert heard == [True, False]
