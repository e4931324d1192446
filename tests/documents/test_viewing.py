"""The viewer's page as the server makes it: which page, how large, turned how, found where; few queries, small."""

import json
import re

import pytest
from django.urls import reverse

from cases.documents.models import PageImage
from portal.history.models import Event
from tests import people, plan_files
from tests.documents.files import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(case):
    return read(case, content=plan_files.pdf(pages=3))


@pytest.fixture
def show(rosa, version):
    return lambda query="": rosa.get(version.document.get_absolute_url() + query).content.decode()


@pytest.fixture
def look_for(rosa, version):
    def look_for(words, **more):
        return rosa.post(reverse("documents:find", args=[version.document_id]), {"find": words, **more})

    return look_for


def links(page):
    """The addresses of the bar's controls."""
    return {name: to for to, name in re.findall(r'href="/documents/[^/]*/([^"]*)"[^>]*? data-go="(\w+)"', page)}


def test_page_asked_for_stands_with_its_words_and_the_ways_on(show):
    page = show("?page=2")
    assert "Page 2 of 3" in page
    assert re.search(r"<text [^>]*textLength=[^>]*>[^<]*Page 2: surgery", page)
    assert links(page) == {
        "before": "?version=1&amp;page=1#page-1",
        "after": "?version=1&amp;page=3#page-3",
        "smaller": "?version=1&amp;page=2&amp;size=75#page-2",
        "larger": "?version=1&amp;page=2&amp;size=125#page-2",
        "fitting": "?version=1&amp;page=2#page-2",
        "turned": "?version=1&amp;page=2&amp;turn=90#page-2",
    }
    assert page.count('class="rs-rail__page"') == 3
    assert 'data-sheets="1020x1320*3"' in page
    assert " style=" not in page


def test_line_from_the_right_starts_at_its_other_end(show, version):
    page = version.page_images.get(number=1)
    page.text = json.dumps([[100, 200, 300, 24, "הניתוח נקבע ל 15 בדצמבר"], [100, 240, 300, 24, "on December 15"]])
    page.save()
    assert '<text x="400.0" y="200" font-size="24" textLength="300"' in (shown := show())
    assert shown.count('direction="rtl"') == 1


def test_size_and_turn_stay_while_leafing_and_end_where_they_began(show):
    page = show("?page=1&size=400&turn=270")
    assert 'data-size="400" data-turn="270"' in page
    assert links(page)["after"] == "?version=1&amp;page=2&amp;size=400&amp;turn=270#page-2"
    assert links(page)["larger"] == "?version=1&amp;page=1&amp;size=400&amp;turn=270#page-1"
    assert links(page)["turned"] == "?version=1&amp;page=1&amp;size=400#page-1"
    assert 'viewBox="0 0 1320 1020"' in page


@pytest.mark.parametrize("query", ["?page=0", "?page=99", "?page=-1", "?page=x&size=x&turn=x", "?size=99999&turn=45"])
def test_what_does_not_exist_is_answered_by_the_nearest(show, query):
    page = show(query)
    assert "of 3" in page
    assert re.search(r'data-size="(100|400)" data-turn="0"', page)


def test_one_page_alone_is_small_and_belongs_to_the_same_look(show, version):
    show()
    part = show("?page=3&part=page")
    assert "<html" not in part
    assert "Page 3 of 3" in part
    assert PageImage.objects.get(version=version, number=3).get_absolute_url() in part
    assert Event.objects.filter(verb="document.opened").count() == 1


def test_places_are_listed_with_their_page_and_marked(look_for):
    answer = look_for("  page 3: SURGERY ")
    page = answer.content.decode()
    assert "1 place<" in page
    assert "<mark>Page 3: surgery</mark>" in page
    assert "Page 3 of 3" in page
    assert page.count('class="rs-scan__hit"') == 1


@pytest.mark.parametrize(("words", "said"), [("xylophone", "Nothing found"), ("a", "Nothing found"), ("", "Find")])
def test_words_that_are_nowhere_are_said_to_be_nowhere(look_for, words, said):
    page = look_for(words).content.decode()
    assert said in page
    assert "Page 1 of 3" in page
    assert "rs-scan__hit" not in page


def test_places_that_a_machine_read_say_so_and_pages_without_words_are_counted(look_for, version):
    PageImage.objects.filter(version=version, number=1).update(reading="read", certainty=80)
    PageImage.objects.filter(version=version, number=3).update(reading="empty")
    page = look_for("surgery", part="found").content.decode()
    assert page.count("Read by machine. Check the picture.") == 1
    assert "1 page is a picture without words to look through." in page
    PageImage.objects.filter(version=version).update(reading="own", certainty=None)
    page = look_for("xylophone", part="found").content.decode()
    assert "Nothing found." in page
    assert "picture" not in page


def test_words_looked_for_are_shown_as_words(look_for):
    page = look_for('"><script>x</script>', version="1").content.decode()
    assert "<script>x" not in page


def test_finding_is_a_look_and_a_stranger_finds_nothing(look_for, version):
    look_for("surgery", part="page", page="2")
    assert Event.objects.get(verb="document.opened").why == "own"
    stranger = people.browser(people.person("amir"))
    answer = stranger.post(reverse("documents:find", args=[version.document_id]), {"find": "surgery"})
    assert answer.status_code == 404
    assert Event.objects.filter(verb="document.denied").count() == 1


def test_words_looked_for_are_kept_nowhere(look_for, caplog):
    look_for("surgery")
    assert "surgery" not in caplog.text
    assert not [event for event in Event.objects.values_list() if "surgery" in str(event)]


@pytest.mark.full
def test_file_of_300_pages_opens_like_one_of_three(case, rosa, version, django_assert_max_num_queries):
    long = read(case, "long.pdf", plan_files.pdf(pages=3, patient="long"))
    first = long.page_images.first()
    made = [
        PageImage(version=long, number=number, file=first.file, small=first.small, width=1020, height=1320)
        for number in range(4, 301)
    ]
    PageImage.objects.bulk_create(made)
    sizes = {}
    for each in (version, long):
        # One of them locks the version, so that a look is one line; two ask the desk for whom it went to, how it came.
        with django_assert_max_num_queries(27):
            answer = rosa.get(each.get_absolute_url() + "?page=2")
        sizes[each.pk] = len(answer.content)
    assert "Page 2 of 300" in answer.content.decode()
    assert sizes[long.pk] < sizes[version.pk] + 8_000
