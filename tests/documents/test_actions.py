"""Putting files in, taking them back, hiding them, opening locked ones."""

import errno

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.documents import actions, plans
from cases.documents.models import Document, Version
from cases.documents.worker import checking
from portal.actors import Actor
from portal.errors import Refused
from portal.history.models import Event
from portal.vault import files as vault
from portal.vault.models import StoredFile
from tests import factories, people, plan_files
from tests.documents.files import added, read, stored, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    return factories.open_case()


def by(key):
    return Actor.person(people.person(key))


def events(verb):
    return Event.objects.filter(verb=verb).count()


def test_file_is_stored_encrypted_with_its_name_sealed(case, folder):
    content = plan_files.pdf()
    version = added(case, "Plan, Dr. Keller.pdf", content)
    assert version.state == Version.State.RECEIVED
    (path,) = stored(folder)
    assert b"%PDF" not in path.read_bytes()
    assert vault.read_bytes(version.original) == content
    row = Version.objects.values("name").get(pk=version.pk)
    assert b"Keller" not in bytes(row["name"])
    assert Version.objects.get().name == "Plan, Dr. Keller.pdf"
    assert events("document.added") == 1


@pytest.mark.parametrize(
    "name", ["خطة العلاج.pdf", "治療計画書.pdf", "plan 🩺👨‍👩‍👧.pdf", "a" * 196 + ".pdf", "“Plan” & <b>.pdf"]
)
def test_name_comes_back_as_written(case, name):
    added(case, name)
    assert Version.objects.get().name == name


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("plan.pdf", b"", "empty"),
        ("plan.pdf", b"<html>", "unsafe"),
        ("plan.exe", b"MZ", "unsafe"),
        ("plan.gif", b"GIF89a\0", "type"),
        ("plan.jpg", b"%PDF-1.7", "mismatch"),
    ],
)
def test_refused_file_leaves_no_row_and_no_file(case, folder, name, content, code):
    with pytest.raises(Refused) as refused:
        added(case, name, content)
    assert refused.value.code == code
    assert (Document.objects.count(), StoredFile.objects.count(), stored(folder)) == (0, 0, [])


def test_file_over_the_limit_is_refused_in_words(case, settings):
    settings.FILE_LIMIT_MB = 0.001
    with pytest.raises(Refused) as refused:
        added(case)
    assert refused.value.code == "size"


def test_case_that_is_full_takes_no_more(case, settings):
    settings.CASE_LIMIT_MB = 0.02
    added(case, "one.pdf", plan_files.pdf())
    with pytest.raises(Refused) as refused:
        added(case, "two.pdf", plan_files.pdf(pages=2))
    assert refused.value.code == "case_full"


def test_one_refused_file_of_a_send_takes_no_other_with_it(case):
    sent = [upload("plan.pdf"), upload("virus.exe", b"MZ"), upload("photo.jpg", plan_files.photo())]
    done = actions.add_files(case, sent, by=by("rosa"))
    assert [version.name for version in done.saved] == ["plan.pdf", "photo.jpg"]
    assert [name for name, _sentence in done.refused] == ["virus.exe"]


def test_files_past_the_number_of_a_send_are_named(case, settings):
    settings.FILES_PER_SEND = 1
    done = actions.add_files(case, [upload("a.pdf"), upload("b.pdf", plan_files.pdf(2))], by=by("rosa"))
    assert (len(done.saved), [name for name, _sentence in done.refused]) == (1, ["b.pdf"])


def test_same_bytes_twice_are_kept_once_and_said_so(case, folder):
    content = plan_files.pdf()
    added(case, "plan.pdf", content)
    with pytest.raises(Refused, match="already") as refused:
        added(case, "copy of plan.pdf", content)
    assert refused.value.code == "same"
    assert (Version.objects.count(), len(stored(folder))) == (1, 1)


def test_same_bytes_in_two_cases_cannot_be_told_from_the_table(case):
    other = factories.open_case(people.person("grace"))
    content = plan_files.pdf()
    assert added(case, "a.pdf", content).digest != added(other, "a.pdf", content).digest


def test_same_bytes_may_come_again_after_they_were_taken_back(case):
    content = plan_files.pdf()
    first = added(case, "plan.pdf", content)
    actions.withdraw(first.document, by=by("rosa"))
    assert added(case, "plan.pdf", content).state == Version.State.RECEIVED


def test_stranger_cannot_add(case):
    with pytest.raises(Refused):
        added(case, by=people.person("grace"))


def test_full_disk_is_told_in_words_and_leaves_no_half_file(case, folder, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(Refused) as refused:
        added(case)
    assert refused.value.code == "disk"
    assert (Document.objects.count(), stored(folder)) == (0, [])


def test_failure_after_storing_leaves_no_bytes(case, folder):
    rosa = people.person("rosa")
    broken = Actor("user", rosa.pk, address="no address", user=rosa)  # history refuses it, after the file is stored
    with pytest.raises(ValueError, match="no address"):
        actions.add_file(case, upload(), by=broken)
    assert (Document.objects.count(), stored(folder)) == (0, [])


def test_new_version_keeps_the_older_one(case):
    first = read(case)
    second = actions.add_version(first.document, upload("plan 2.pdf", plan_files.pdf(2)), by=by("rosa"))
    assert (second.number, second.document_id) == (2, first.document_id)
    assert plans.plan_ready(case) == first
    checking.check(second.pk)
    assert plans.plan_ready(case) == second
    assert plans.plan_files(case) == [second]


def test_withdrawn_file_is_gone_for_everyone_and_comes_back(case):
    version = read(case)
    actions.withdraw(version.document, by=by("rosa"))
    assert plans.plan_ready(case) is None
    actions.withdraw(version.document, by=by("rosa"))  # a second press changes nothing
    actions.restore(version.document, by=by("rosa"))
    assert plans.plan_ready(case) == version
    assert (events("document.withdrawn"), events("document.restored")) == (1, 1)


def test_withdrawn_file_does_not_come_back_beside_its_copy(case):
    content = plan_files.pdf()
    first = added(case, "plan.pdf", content)
    actions.withdraw(first.document, by=by("rosa"))
    added(case, "plan.pdf", content)
    with pytest.raises(Refused, match="already"):
        actions.restore(first.document, by=by("rosa"))


def test_coordinator_takes_back_only_what_they_put_in(case):
    own, hers = added(case, "a.pdf", by=people.person("theo")), added(case, "b.pdf", plan_files.pdf(2))
    actions.withdraw(own.document, by=by("theo"))
    with pytest.raises(Refused):
        actions.withdraw(hers.document, by=by("theo"))


def test_only_me_hides_a_file_from_the_team_and_back(case):
    factories.assign(case, people.person("joanne"))
    document = read(case).document
    actions.mark_only_me(document, by=by("rosa"))
    for key in ("joanne", "theo"):
        assert not Document.objects.visible_to(people.person(key)).exists()
    assert Document.objects.visible_to(people.person("rosa")).exists()
    assert plans.plan_ready(case) is None
    actions.mark_only_me(document, False, by=by("rosa"))
    assert Document.objects.visible_to(people.person("theo")).exists()


def test_only_the_patient_hides_a_file(case):
    document = added(case).document
    with pytest.raises(Refused):
        actions.mark_only_me(document, by=by("theo"))


def test_right_password_opens_a_locked_file_and_is_not_kept(case):
    version = read(case, content=plan_files.locked_pdf("rose"))
    assert version.state == Version.State.LOCKED
    actions.unlock_with_password(version, "rose", by=by("rosa"))
    checking.check(version.pk)
    version.refresh_from_db()
    assert (version.state, version.pages) == (Version.State.READY, 1)
    assert StoredFile.objects.count() == 4  # as it was sent, the clean copy, one page large and small
    assert events("document.unlocked") == 1


def test_unlock_that_is_killed_half_way_leaves_no_copy_that_nobody_names(case):
    version = read(case, content=plan_files.locked_pdf("rose"))
    with CaptureQueriesContext(connection) as asked:
        actions.unlock_with_password(version, "rose", by=by("rosa"))
    told = [query["sql"] for query in asked]
    steps = ("SAVEPOINT", 'INSERT INTO "vault_storedfile"', 'UPDATE "documents_version"', "RELEASE SAVEPOINT")
    places = [next(at for at, sql in enumerate(told) if sql.startswith(step)) for step in steps]
    assert places == sorted(places)  # the copy's row and its name come in one transaction, or not at all


def test_second_unlock_at_once_leaves_no_second_copy(case, folder):
    version = read(case, content=plan_files.locked_pdf("rose"))
    late = Version.objects.get(pk=version.pk)
    actions.unlock_with_password(version, "rose", by=by("rosa"))
    with pytest.raises(Refused):
        actions.unlock_with_password(late, "rose", by=by("rosa"))
    assert len(stored(folder)) == StoredFile.objects.count() == 2  # as it was sent, and opened


def test_wrong_password_is_told_and_changes_nothing(case, folder):
    version = read(case, content=plan_files.locked_pdf("rose"))
    with pytest.raises(Refused, match="password"):
        actions.unlock_with_password(version, "tulip", by=by("rosa"))
    version.refresh_from_db()
    assert version.state == Version.State.LOCKED
    assert len(stored(folder)) == 1
