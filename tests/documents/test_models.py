"""The database refuses rows that cannot be; who may read is one rule, for one row and for many."""

import uuid

import pytest
from django.db import IntegrityError, transaction

from cases.case import actions as case_actions
from cases.case.people import may
from cases.documents.models import Document, PageImage, Version
from portal import clock
from portal.actors import Actor
from portal.vault import files as vault
from tests import factories, people, plan_files
from tests.documents.files import added, read

pytestmark = pytest.mark.django_db


def refuses(row, constraint, **changes):
    """The one row cannot be changed so, and the constraint named is the reason."""
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        type(row)._default_manager.filter(pk=row.pk).update(**changes)
    assert constraint in str(error.value)


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("version_state_is_known", {"state": "lost"}),
        ("version_number_counts_from_1", {"number": 0}),
        ("version_is_not_empty", {"size": 0}),
        ("version_ready_can_be_read", {"state": "ready"}),
        ("version_refused_says_why", {"state": "refused", "reason": "unsafe"}),
        ("version_refused_says_why", {"reason": "unsafe"}),
        ("version_refused_says_why", {"original": None}),
        ("version_claimed_while_checking", {"state": "checking"}),
        ("version_claimed_while_checking", {"claimed_at": clock.now()}),
        ("version_withdrawn_at_and_by_together", {"withdrawn_at": clock.now()}),
    ],
)
def test_version_that_cannot_be_is_refused(case, constraint, changes):
    refuses(added(case), constraint, **changes)


def test_refused_version_needs_a_reason(case):
    refuses(added(case), "version_refused_says_why", state="refused", original=None)


def test_number_of_a_version_is_there_once(case):
    first, second = added(case, "a.pdf"), added(case, "b.pdf", plan_files.pdf(2))
    refuses(second, "version_one_per_number", document=first.document)


def test_same_bytes_are_there_once_in_a_case(case):
    first, second = added(case, "a.pdf"), added(case, "b.pdf", plan_files.pdf(2))
    refuses(second, "version_same_bytes_once_per_case", digest=first.digest)


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("document_kind_is_named", {"kind": ""}),
        ("document_withdrawn_at_and_by_together", {"withdrawn_at": clock.now()}),
    ],
)
def test_document_that_cannot_be_is_refused(case, constraint, changes):
    refuses(added(case).document, constraint, **changes)


@pytest.mark.parametrize("changes", [{"width": 0}, {"height": 0}, {"number": 0}])
def test_page_without_a_size_is_refused(case, changes):
    refuses(read(case).page_images.get(), "pageimage_has_a_size", **changes)


def test_page_number_is_there_once(case):
    page = read(case).page_images.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        PageImage.objects.create(version=page.version, number=1, file=page.file, width=1, height=1)


def test_stored_file_that_is_in_use_cannot_be_deleted(case):
    version = added(case)
    with pytest.raises(IntegrityError), transaction.atomic():
        vault.remove(version.original)


def test_names_and_words_stay_out_of_what_is_printed(case):
    version = read(case, "biopsy of Rosa.pdf")
    for thing in (version, version.document, version.page_images.get()):
        assert "biopsy" not in f"{thing} {thing!r}"


def sees(user, version):
    """Whether each of the three doors is open to this person; they must agree."""
    document = Document.objects.visible_to(user).filter(pk=version.document_id).exists()
    assert Version.objects.visible_to(user).filter(pk=version.pk).exists() == document
    assert PageImage.objects.visible_to(user).filter(version=version).exists() == document
    return document


def test_many_rows_are_judged_by_the_same_rule_as_one(case):
    version = read(case)
    for key in people.CAST:
        person = people.person(key)
        assert sees(person, version) == may("read_documents", case, person), key


def test_rules_agree_after_consent_and_assignment_ended(case):
    version, joanne = read(case), people.person("joanne")
    assert sees(joanne, version)
    case_actions.withdraw_consent(case.consents.get(kind="read"), by=Actor.person(case.patient))
    assert not sees(joanne, version)
    assert not may("read_documents", case, joanne)
    factories.assign(case, joanne)
    assert sees(joanne, version)
    case_actions.end_assignment(case, joanne, by=Actor.person(joanne))
    assert not sees(joanne, version)


def test_disabled_person_sees_nothing(case):
    version, theo = read(case), people.person("theo")
    theo.can_sign_in = False
    theo.save(update_fields=["can_sign_in"])
    assert not sees(theo, version)


def test_row_that_does_not_exist_is_nobodys(case):
    assert not Version.objects.visible_to(case.patient).filter(pk=uuid.uuid4()).exists()
