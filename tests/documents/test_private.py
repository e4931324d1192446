"""Files that came with a private message: kept from helpers, with the letter of which they are a page."""

import pytest

from cases.case.helping import actions as helping
from cases.case.helping.rules import Chosen
from cases.documents.joining import actions as joining
from cases.documents.models import Document, Version
from cases.documents.private import keep_private
from cases.documents.reading.readers import readers_of
from portal.history.models import Event
from tests import factories, people
from tests.documents.files import added, folder
from tests.documents.test_joining import photos
from tests.records.builders import actor

__all__ = ["folder"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    return factories.open_case(starter=people.person("ama"))


def let(case, chosen):
    helper = helping.ask(case, people.person("ama"), kin="friend", by=actor("ama"))
    return helping.agree(helper, chosen=chosen, by=actor("rosa"))


def hidden(case) -> Document:
    document = added(case).document
    for _press in range(2):
        keep_private([document], by=actor("rosa"))
    document.refresh_from_db()
    return document


@pytest.mark.parametrize(("chosen", "reads"), [(Chosen.DATES, 0), (Chosen.MOST, 0), (Chosen.ACTS, 1)])
def test_a_helper_reads_it_by_her_private_switch_alone(case, chosen, reads):
    document, ama = hidden(case), people.person("ama")
    let(case, chosen)
    assert Document.objects.visible_to(ama).count() == Version.objects.visible_to(ama).count() == reads
    assert (ama in {reader.user for reader in readers_of(document)}) == bool(reads)
    assert Document.objects.visible_to(people.person("theo")).count() == 1
    assert Event.objects.filter(verb="document.kept_private").count() == 1


def test_what_a_helper_put_in_herself_stays_hers_to_see(case):
    let(case, Chosen.MOST)
    document = added(case, by=people.person("ama")).document
    keep_private([document], by=actor("rosa"))
    assert Document.objects.visible_to(people.person("ama")).get() == document
    assert people.person("ama") in {reader.user for reader in readers_of(document)}


def test_a_letter_with_a_private_page_is_private_with_all_its_pages(case):
    first, second = photos(case, 2)
    keep_private([Document.objects.get(pk=first)], by=actor("rosa"))
    joined = joining.join(case, [first, second], by=actor("rosa"))
    assert set(Document.objects.filter(pk__in=[joined.pk, first, second]).values_list("is_private", flat=True)) == {
        True
    }
    keep_private([Document.objects.get(pk=second)], False, by=actor("rosa"))
    assert not Document.objects.filter(case=case, is_private=True).exists()
