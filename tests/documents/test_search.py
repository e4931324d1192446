"""Words looked for in the files of one case: what is found, by whom, and what nobody learns of it."""

import json
import logging

import pytest
from django.urls import reverse

from cases.case import actions as case_actions
from cases.documents import actions
from cases.documents.models import Document, PageImage
from cases.documents.search import case_search as search
from cases.documents.worker import machine_text
from portal.actors import Actor
from portal.history.models import Event
from tests import factories, page_pictures, people, plan_files
from tests.documents.files import added, read

pytestmark = pytest.mark.django_db


def letter(case, *lines, name="letter.pdf", by=None, pages=1):
    """A file that can be read, whose first page says these words."""
    content = plan_files.pdf(pages=pages) + f"\n% {name}\n".encode()
    version = read(case, name, content, by=by)
    say(version, *lines)
    return version


def say(version, *lines, number=1):
    page = version.page_images.get(number=number)
    page.text = json.dumps([[10, 20 * place, 300, 12, line] for place, line in enumerate(lines, 1)])
    page.save()


def look(client, case, words):
    return client.post(reverse("documents:search", args=[case.pk]), {"words": words})


def found(case, words, user=None):
    """[(name of the file, pages)]"""
    answer = search.in_case(case, user or case.patient, search.sought(words))
    return [(row.name, [place.page.number for place in row.places]) for row in answer.files]


@pytest.mark.parametrize(
    "words", ["tamoxifen", "TAMOXIFEN", "moxif", "tamoxifen daily", "daily  tamoxifen", "cafe", "CAFÉ", "cafe\u0301"]
)
def test_words_are_found_in_any_order_without_accents_and_capitals(case, words):
    letter(case, "Take Tamoxifen", "daily, after your café au lait")
    assert found(case, words) == [("letter.pdf", [1])]


@pytest.mark.parametrize("words", ["letrozole", "tamoxifen letrozole"])
def test_all_words_must_be_there(case, words):
    letter(case, "Take tamoxifen daily")
    assert found(case, words) == []


@pytest.mark.parametrize("words", ["治療", "الجراحة", "ПЛАН", "strasse", "ﬁbrin"])
def test_words_of_other_letters_are_found(case, words):
    letter(case, "治療計画書", "موعد الجراحة", "план лечения", "Straße", "fibrin")
    assert found(case, words) == [("letter.pdf", [1])]


def test_names_are_looked_through_too_and_complete_a_page(case):
    letter(case, "grade 2", name="Pathology march.pdf")
    assert found(case, "pathology") == [("Pathology march.pdf", [])]
    assert found(case, "pathology grade") == [("Pathology march.pdf", [1])]
    added(case, "waits for its check.pdf", plan_files.pdf(pages=2))
    assert found(case, "waits") == [("waits for its check.pdf", [])]


def test_words_read_by_machine_are_found_and_marked(case, rosa):
    read(case, "photo.jpg", page_pictures.photo())
    machine_text.keep(
        machine_text.claim(), {"lines": [[1, 2, 3, 4, "Take tamoxifen 20 mg", [2]]], "certainty": 90, "turn": 0}
    )
    html = look(rosa, case, "20 mg").content.decode()
    assert "<mark>20</mark>[?] <mark>mg</mark>" in html
    assert "Read by machine. Check the picture." in html


def test_pages_that_nobody_read_are_told(case, rosa):
    read(case, "photo.jpg", page_pictures.photo())
    html = look(rosa, case, "tamoxifen").content.decode()
    assert "Nothing found" in html
    assert "1 page is a picture without words to look through. Look at it yourself." in html


def test_place_leads_to_its_page_with_the_words_marked(case, rosa):
    version = letter(case, "nothing", pages=2)
    say(version, "Take Tamoxifen", "daily", number=2)
    html = look(rosa, case, "tamoxifen daily").content.decode()
    address = reverse("documents:find", args=[version.document_id])
    assert f'action="{address}#viewer"' in html
    for name, value in (("version", "1"), ("find", "tamoxifen daily"), ("page", "2")):
        assert f'name="{name}" value="{value}"' in html
    page = rosa.post(address, {"version": "1", "find": "tamoxifen daily", "page": "2"}).content.decode()
    assert "<mark>Tamoxifen daily</mark>" in page


def test_words_apart_lead_to_the_longest_of_them(case):
    letter(case, "Daily, at night, take tamoxifen")
    (row,) = search.in_case(case, case.patient, search.sought("tamoxifen daily")).files
    assert row.find == "tamoxifen"


def test_hostile_words_stay_words(case, rosa):
    letter(case, "<script>alert(1)</script> & {{ 7|add:7 }}", name='"><img src=x>.pdf')
    html = look(rosa, case, "<script>").content.decode()
    assert "<mark>&lt;script&gt;</mark>alert(1)" in html
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert look(rosa, case, "%' OR 1=1 --").status_code == 200
    assert look(rosa, case, "\v\x1b\u202e").status_code in (200, 422)


@pytest.mark.parametrize("words", ["", "   ", "x" * 101])
def test_nothing_to_look_for_is_told(case, rosa, words):
    answer = look(rosa, case, words)
    assert answer.status_code == 422


def test_only_what_a_person_may_read_is_found(case):
    joanne, theo = people.person("joanne"), people.person("theo")
    letter(case, "Take tamoxifen")
    for reader in (joanne, theo, case.patient):
        assert found(case, "tamoxifen", reader) == [("letter.pdf", [1])]
    actions.mark_only_me(Document.objects.get(), only_me=True, by=Actor.person(case.patient))
    for reader in (joanne, theo):
        assert found(case, "tamoxifen", reader) == []
    assert found(case, "tamoxifen") == [("letter.pdf", [1])]


def test_consultant_finds_nothing_without_the_patient_s_permission(case):
    joanne = people.person("joanne")
    letter(case, "Take tamoxifen")
    case_actions.withdraw_consent(case.consents.get(kind="read"), by=Actor.person(case.patient))
    html = look(people.browser(joanne), case, "tamoxifen").content.decode()
    assert "Nothing found" in html
    assert "letter.pdf" not in html


def test_other_case_s_files_are_not_found(case):
    letter(case, "Take tamoxifen")
    other = factories.open_case(people.person("grace"))
    assert found(other, "tamoxifen", other.patient) == []
    assert found(case, "tamoxifen", other.patient) == []
    assert look(people.browser(other.patient), case, "tamoxifen").status_code == 404


def test_file_that_was_taken_back_is_not_found(case):
    version = letter(case, "Take tamoxifen")
    actions.withdraw(version.document, by=Actor.person(case.patient))
    assert found(case, "tamoxifen") == []


def test_words_looked_for_are_in_no_address_log_or_history(case, rosa, caplog):
    caplog.set_level(logging.DEBUG)
    version = letter(case, "Take tamoxifen")
    answer = look(rosa, case, "tamoxifen")
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert "tamoxifen" not in answer.request["PATH_INFO"] + answer.request["QUERY_STRING"] + caplog.text
    lines = Event.objects.filter(verb__in=["document.searched", "document.opened"])
    assert {(line.verb, line.about_id) for line in lines} == {
        ("document.searched", str(case.pk)),
        ("document.opened", str(version.pk)),
    }
    look(rosa, case, "tamoxifen")
    assert lines.count() == 2  # one look
    assert not any("tamoxifen" in str(value) for line in Event.objects.values() for value in line.values())


def test_search_without_a_token_is_refused(case):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(case.patient)
    assert look(client, case, "tamoxifen").status_code == 403


def test_opening_the_page_looks_for_nothing(case, rosa):
    address = reverse("documents:search", args=[case.pk])
    assert rosa.get(address + "?words=tamoxifen").status_code == 200
    assert not Event.objects.filter(verb="document.searched").exists()


def test_box_stands_on_the_list(case, rosa):
    letter(case, "Take tamoxifen")
    action = f'action="{reverse("documents:search", args=[case.pk])}"'
    assert action in rosa.get(reverse("documents:list", args=[case.pk])).content.decode()


def test_places_are_told_with_the_words_around_them(case):
    long = "Before. " * 20 + "Take tamoxifen and tamoxifen again. " + "After. " * 40
    version = letter(case, long)
    place = search.on_page(version.page_images.get(), ["tamoxifen"])
    text = "".join(piece.words for piece in place.pieces)
    assert [piece.words for piece in place.pieces if piece.is_found] == ["tamoxifen", "tamoxifen"]
    assert text.startswith("… Before.")
    assert text.endswith(" …")
    assert len(text) < search.BEFORE + search.AFTER + 10


def test_letters_that_fold_to_several_are_shown_as_they_stand(case):
    version = letter(case, "Die Straße ﬁndet İzmir")
    for word, shown in (("strasse", "Straße"), ("find", "ﬁnd"), ("izmir", "İzmir")):
        place = search.on_page(version.page_images.get(), search.sought(word))
        assert [piece.words for piece in place.pieces if piece.is_found] == [shown]


def test_search_is_bounded_in_pages_and_in_time_and_says_so(case, rosa, monkeypatch):
    letter(case, "Take tamoxifen", pages=2)
    monkeypatch.setattr(search, "MOST_PAGES", 1)
    assert "There is more than we show here." in look(rosa, case, "tamoxifen").content.decode()
    monkeypatch.setattr(search, "MOST_PAGES", 5000)
    assert "There is more than we show here." not in look(rosa, case, "tamoxifen").content.decode()
    monkeypatch.setattr(search, "SECONDS", 0.0)
    assert "There is more than we show here." in look(rosa, case, "tamoxifen").content.decode()


@pytest.mark.full
def test_search_asks_the_same_number_of_queries_for_many_files(case, django_assert_max_num_queries):
    for number in range(4):
        letter(case, "Take tamoxifen", name=f"{number}.pdf")
    with django_assert_max_num_queries(12):
        assert len(found(case, "tamoxifen")) == 4


def test_more_pages_of_a_file_are_counted(case, rosa, monkeypatch):
    version = letter(case, "Take tamoxifen", pages=3)
    for number in (2, 3):
        say(version, "and tamoxifen", number=number)
    monkeypatch.setattr(search, "MOST_PLACES", 1)
    assert "And on 2 more pages." in look(rosa, case, "tamoxifen").content.decode()


def test_erased_words_find_nothing(case):
    from portal.vault import files

    letter(case, "Take tamoxifen")
    files.erase(case.key)
    assert found(case, "tamoxifen") == []
    assert PageImage.objects.exists()
