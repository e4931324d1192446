"""The code and the birth date, each for itself: one does not show the other, nor make up for wrong ones of it."""

import pytest
from django.urls import reverse

from cases.case.models import ToDo
from cases.desk.links import actions, codes
from cases.desk.links.actions import link_for
from cases.desk.models import OfficeLink
from portal import tries
from tests.desk.letter_builders import letter, signed_visit
from tests.records.builders import actor

pytestmark = pytest.mark.django_db
RIGHT = "5 2 1961"
SHOWN = "May 2, 1961"


def fresh(link):
    return OfficeLink.objects.get(pk=link.pk)


def test_the_code_alone_shows_no_birth_date(client, second_link):
    address = f"/o/{codes.mailed_token(second_link)}/"
    html = client.post(address, {"code": codes.paper_code(second_link)}, follow=True).content.decode()
    assert "Rosa Delgado" in html
    assert SHOWN not in html
    assert "1961" not in html
    page = reverse("desk:page", args=[second_link.pk])
    assert client.post(f"{page}proof/", {"born": RIGHT}).status_code == 302
    assert SHOWN in client.get(page).content.decode()


@pytest.mark.parametrize("proof", ["code", "birth date"])
def test_forms_with_the_birth_date_are_for_those_who_know_it(client, november_5, proof):
    visit = signed_visit()
    made = letter(visit)
    link = link_for(visit, made.office, by=actor("theo"))
    typed = {"code": codes.paper_code(link)} if proof == "code" else {"born": RIGHT}
    html = client.post(f"/o/{codes.mailed_token(link)}/", typed, follow=True).content.decode()
    forms = [reverse("desk:authority", args=[link.pk]), reverse("desk:release", args=[link.pk, made.release_id])]
    answers = [client.get(form).status_code for form in forms]
    assert [form in html for form in forms] == ([False] * 2 if proof == "code" else [True] * 2)
    assert answers == ([302] * 2 if proof == "code" else [200] * 2)
    # The form for what is missing is there once.
    assert html.count(reverse("desk:add_proof", args=[link.pk])) == (1 if proof == "code" else 0)


def test_a_right_code_makes_up_for_no_wrong_birth_date(client, second_link):
    address, code = f"/o/{codes.mailed_token(second_link)}/", codes.paper_code(second_link)
    proof = reverse("desk:add_proof", args=[second_link.pk])
    answers = []
    for day in range(3, 8):
        client.post(address, {"code": code})
        answers.append(client.post(proof, {"born": f"5 {day} 1961"}).status_code)
    assert answers == [422] * 4 + [403]
    assert ToDo.objects.filter(kind=actions.LOCKED, about_id=str(second_link.pk)).count() == 1
    assert client.post(address, {"code": code}).status_code == 403


def test_a_right_birth_date_makes_up_for_no_wrong_code(client, link, address):
    for _try in range(4):
        client.post(address, {"code": "KRTM WHEQ PLUD"})
    client.post(address, {"born": RIGHT})
    assert (fresh(link).tries, fresh(link).birth_date_tries) == (4, 0)


def test_one_that_was_right_beside_a_wrong_one_sets_nothing_back(client, link, address):
    client.post(address, {"born": "5 3 1961"})
    client.post(address, {"born": RIGHT, "code": "KRTM WHEQ PLUD"})
    assert (fresh(link).tries, fresh(link).birth_date_tries) == (1, 1)


def test_a_code_that_was_replaced_is_told_so_and_is_no_made_up_one(client, link, address, paper):
    actions.make_new_code(link, by=actor("theo"))
    for _try in range(tries.ALLOWED + 1):
        assert client.post("/o/", paper).status_code == 403
        assert client.get(address).status_code == 403
    assert fresh(link).wrong_tries == 0
    assert client.post("/o/", {"do": "not_ours", "code": paper["code"]}).status_code == 403
    assert client.post(address, {"do": "not_ours"}).status_code == 403
    assert client.post(address, {"do": "fresh"}).status_code == 403
    assert (fresh(link).ended_at, fresh(link).generation) == (None, 2)


def test_a_replaced_code_of_a_closed_link_says_that_it_is_closed(client, link, paper):
    actions.make_new_code(link, by=actor("theo"))
    actions.close(link, by=actor("theo"))
    assert client.post("/o/", paper).status_code == 410
