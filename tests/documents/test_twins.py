"""The same bytes twice: said to those who may see the first, given away to nobody else."""

import pytest

from cases.documents import actions, versions
from cases.documents.models import Document, Version
from portal.actors import Actor
from portal.errors import Refused
from tests import factories, people, plan_files
from tests.documents.files import added, upload
from tests.documents.test_joining import joined_of, photo

pytestmark = pytest.mark.django_db
PDF = plan_files.pdf(pages=2)


def by(key="rosa"):
    return Actor.person(people.person(key))


def hidden(case, name="report.pdf"):
    version = added(case, name, PDF)
    actions.mark_only_me(version.document, by=by())
    return version


def test_coordinator_files_a_paper_that_the_patient_keeps_to_herself(case):
    hers = hidden(case)
    theo = people.person("theo")
    theirs = added(case, "fax.pdf", PDF, by=theo)
    assert theirs.digest != hers.digest
    assert list(Document.objects.visible_to(theo).filter(case=case)) == [theirs.document]
    with pytest.raises(Refused, match=r"as “fax\.pdf”"):
        added(case, "fax again.pdf", PDF, by=theo)
    with pytest.raises(Refused, match=r"as “report\.pdf”"):
        added(case, "mine.pdf", PDF)


def test_helper_does_not_learn_what_the_patient_has():
    case = factories.open_case(people.person("grace"), starter=people.person("ama"))
    added(case, "report.pdf", PDF)
    theirs = added(case, "from me.pdf", PDF, by=people.person("ama"))
    assert Version.objects.live().count() == 2
    actions.mark_only_me(theirs.document, by=by("grace"))
    added(case, "from me again.pdf", PDF, by=people.person("ama"))
    assert Version.objects.live().count() == 3


@pytest.mark.parametrize("alone", [False, True])
def test_putting_back_gives_away_no_hidden_file(case, alone):
    theo = people.person("theo")
    if alone:
        document = added(case, "plan.pdf", by=theo).document
        theirs = actions.add_version(document, upload("fax.pdf", PDF), by=by("theo"))
        versions.take_back(theirs, by=by("theo"))
    else:
        theirs = added(case, "fax.pdf", PDF, by=theo)
        actions.withdraw(theirs.document, by=by("theo"))
    hidden(case)
    if alone:
        versions.put_back(theirs, by=by("theo"))
    else:
        actions.restore(theirs.document, by=by("theo"))
    theirs.refresh_from_db()
    assert theirs.withdrawn_at is None


@pytest.mark.full
def test_photo_that_is_a_page_is_named_by_its_letter(case):
    joined_of(case)
    with pytest.raises(Refused, match=r"as a page of “3 photos, joined\.pdf”"):
        added(case, "again.jpg", photo(1))


@pytest.mark.parametrize("alone", [False, True])
def test_putting_back_keeps_the_limit_of_the_case(case, settings, alone):
    settings.CASE_LIMIT_MB = 1
    big = b"%PDF-1.4\n" + b"x" * 700_000
    if alone:
        document = added(case, "small.pdf", PDF).document
        first = actions.add_version(document, upload("a.pdf", big), by=by())
        versions.take_back(first, by=by())
    else:
        first = added(case, "a.pdf", big)
        actions.withdraw(first.document, by=by())
    added(case, "b.pdf", big + b"y")
    with pytest.raises(Refused, match="no room left"):
        versions.put_back(first, by=by()) if alone else actions.restore(first.document, by=by())
    first.refresh_from_db()
    assert first.withdrawn_at is not None
