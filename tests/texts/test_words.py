"""Versioned words and the organisation's facts."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.template import Context, Template
from django.test import RequestFactory

from portal import clock
from portal.once import OnceMiddleware
from portal.texts.models import Organisation, Text
from portal.texts.words import organisation, text

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", Text.Kind.values)
def test_every_kind_has_words_and_keeps_its_first_version(kind):
    assert text(kind).version == {"privacy_notice": 2, "helper_yes": 2}.get(kind, 1)
    assert Text.objects.filter(kind=kind, version=1, language="en").exists()


def test_what_is_read_out_promises_nothing_that_is_not_there():
    for kind in ("privacy_notice", "helper_yes"):
        for promise in ("close your page", "take out a copy", "all you can do"):
            assert promise not in text(kind).body


def test_newest_version_holds_from_its_time():
    soon = clock.now() + dt.timedelta(days=1)
    Text.objects.create(kind="scope_short", version=2, language="en", body="Coming.", from_at=soon)
    Text.objects.create(kind="scope_full", version=2, language="en", body="New.", from_at=clock.now())
    assert text("scope_short").version == 1
    assert text("scope_full").body == "New."


def test_reader_without_their_language_gets_english():
    assert text("scope_short", "qps").language == "en"


def test_same_version_twice_is_refused():
    with pytest.raises(IntegrityError, match="text_one_per_version"), transaction.atomic():
        Text.objects.create(kind="scope_short", version=1, language="en", body="x", from_at=clock.now())


def test_empty_fact_shows_in_brackets_and_a_filled_one_as_it_is():
    page = Template("{% load facts %}{% fact 'phone' %}")
    assert page.render(Context()) == '<span class="rs-fact">[our phone number]</span>'
    Organisation.objects.create(from_at=clock.now(), phone="<555-0100>")
    assert page.render(Context()) == '<span translate="no">&lt;555-0100&gt;</span>'


def test_newest_facts_hold():
    for hours in ("9 to 5", "8 to 4"):
        Organisation.objects.create(from_at=clock.now(), hours=hours)
    assert organisation().hours == "8 to 4"


def test_a_page_reads_its_words_and_those_of_its_foot_in_one_question(django_assert_num_queries):
    def page(_request):
        return [text(kind).kind for kind in ("consultant_tick", "scope_short", "consultant_tick")]

    with django_assert_num_queries(1):
        said = OnceMiddleware(page)(RequestFactory().get("/"))
    assert said == ["consultant_tick", "scope_short", "consultant_tick"]


def test_a_wording_that_is_not_there_is_missed():
    with pytest.raises(Text.DoesNotExist):
        text("nothing")
