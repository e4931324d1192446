"""Files that were on their way when a page went away are named to their sender, and to nobody else."""

import pytest
from django.db import connection
from django.urls import reverse

from cases.documents import rules
from cases.documents.adding import sending
from cases.documents.models import Sending, Version
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from tests import factories, people, plan_files
from tests.documents.files import upload

pytestmark = pytest.mark.django_db


def noted(case):
    return reverse("documents:note_sending", args=[case.pk])


def page(case):
    return reverse("documents:add", args=[case.pk])


def missing(client, case):
    return "Not here yet" in client.get(page(case)).content.decode()


def test_a_file_that_was_begun_and_never_came_is_named_on_the_next_page(rosa, case):
    assert rosa.post(noted(case), {"begun": ["IMG_2292.jpg", "plan.pdf"]}).status_code == 204
    rosa.post(page(case), {"files": upload("plan.pdf"), "begun": "plan.pdf"}, headers={"HX-Request": "true"})
    seen = rosa.get(page(case)).content.decode()
    assert 'data-missing="IMG_2292.jpg"' in seen
    assert 'data-missing="plan.pdf"' not in seen


def test_it_is_gone_once_it_was_added_also_by_the_plain_form(rosa, case):
    rosa.post(noted(case), {"begun": "plan.pdf"})
    rosa.post(page(case), {"files": upload("plan.pdf")})
    assert not missing(rosa, case)


def test_it_is_gone_once_it_was_refused_in_words(rosa, case):
    rosa.post(noted(case), {"begun": "page.html"})
    rosa.post(page(case), {"files": upload("page.html", b"<html>"), "begun": "page.html"})
    assert not missing(rosa, case)


def test_a_photo_taken_again_answers_for_the_name_that_was_noted(rosa, case):
    rosa.post(noted(case), {"begun": "dark.jpg"})
    rosa.post(page(case), {"files": upload("better.jpg", plan_files.photo()), "begun": "dark.jpg"})
    assert not missing(rosa, case)


def test_two_files_of_one_name_are_two(rosa, case):
    rosa.post(noted(case), {"begun": ["image.jpg", "image.jpg"]})
    rosa.post(page(case), {"files": upload("image.jpg", plan_files.photo()), "begun": "image.jpg"})
    assert Sending.objects.count() == 1


def test_left_out_without_script(rosa, case):
    rosa.post(noted(case), {"begun": "plan.pdf"})
    answer = rosa.post(noted(case), {"given_up": "plan.pdf", "back": "add"})
    assert answer.headers["Location"] == page(case)
    assert not missing(rosa, case)


def test_each_person_reads_their_own_alone(case, rosa):
    rosa.post(noted(case), {"begun": "mine.pdf"})
    theo = people.browser(people.person("theo"))
    assert not missing(theo, case)
    theo.post(noted(case), {"given_up": "mine.pdf"})
    assert missing(rosa, case)
    assert Sending.objects.visible_to(people.person("theo")).count() == 0
    assert Sending.objects.visible_to(case.patient).count() == 1


@pytest.mark.parametrize("key", ["grace", "amir", "joanne", "mara"])
def test_others_note_nothing(case, key):
    assert people.browser(people.person(key)).post(noted(case), {"begun": "a.pdf"}).status_code == 404
    with pytest.raises(Refused):
        sending.begin(case, ["a.pdf"], by=Actor.person(people.person(key)))
    assert Sending.objects.count() == 0


def test_names_are_sealed_cleaned_and_few(case, rosa):
    rosa.post(noted(case), {"begun": ["../../Lump\u202efdp.exe", "", "\v"]})
    assert sending.not_arrived(case, Actor.person(case.patient))[0].name == "Lumpfdp.exe"
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM documents_sending")
        assert b"Lump" not in bytes(cursor.fetchone()[0])
    rosa.post(noted(case), {"begun": [f"{number}.pdf" for number in range(sending.MOST + 50)]})
    assert Sending.objects.count() == sending.MOST


def test_a_day_later_nobody_asks_and_the_night_deletes_it(case, rosa):
    rosa.post(noted(case), {"begun": "plan.pdf"})
    with clock.lived_at(clock.now() + rules.LATELY * 2):
        assert not missing(rosa, case)
        assert sending.delete_old(clock.now()) == 1


def test_what_was_noted_is_no_file(case, rosa):
    rosa.post(noted(case), {"begun": "plan.pdf"})
    assert Version.objects.count() == 0
    assert "plan.pdf" not in rosa.get(reverse("documents:list", args=[case.pk])).content.decode()


def test_helper_may_note_her_own():
    case = factories.open_case(people.person("rosa"), starter=people.person("ama"))
    ama = people.browser(people.person("ama"))
    ama.post(noted(case), {"begun": "hers.pdf"})
    assert missing(ama, case)
