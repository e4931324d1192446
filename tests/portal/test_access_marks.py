"""The marks that views wear: one rule each, other roles' pages do not exist."""

from types import SimpleNamespace

import pytest
from django.http import Http404, HttpResponse

from cases.case.models import Case
from portal.access import PERSON, find_or_404, open_to, public


def page(request):
    return HttpResponse("here")


def asking(role="", has_second_factor=False):
    return SimpleNamespace(user=SimpleNamespace(role=role, has_second_factor=has_second_factor))


def test_public_page_needs_no_sign_in():
    assert public(page).login_required is False
    assert public(page).open_to == {"public"}


def test_page_for_people_opens_for_anyone_signed_in():
    assert open_to(PERSON)(page)(asking()).content == b"here"


@pytest.mark.parametrize("role", ["", "coordinator", "administrator"])
def test_page_of_another_role_does_not_exist(role):
    with pytest.raises(Http404):
        open_to("consultant")(page)(asking(role, True))


@pytest.mark.parametrize("roles", [("consultant",), (PERSON,)])
def test_staff_without_second_factor_are_sent_to_set_one_up(roles):
    answer = open_to(*roles)(page)(asking("consultant", has_second_factor=False))
    assert answer.status_code == 302
    assert answer.url == "/account/second-factor/"


@pytest.mark.parametrize("roles", [(), ("patient",), ("consultant", "boss")])
def test_unknown_roles_fail_when_the_view_is_written(roles):
    with pytest.raises(ValueError, match="open_to needs known roles"):
        open_to(*roles)


def test_find_or_404_refuses_a_bare_model():
    with pytest.raises(TypeError):
        find_or_404(Case, pk=1)
