"""What lost its other side is found and told by id; nothing goes by itself, nor what may still be on its way."""

import datetime as dt
import itertools
from uuid import UUID, uuid4

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from cases.case.models import Case
from cases.documents.models import Document, Version
from cases.documents.tasks import look_over_store
from portal import clock
from portal.history.models import Event
from portal.reminders.kinds import kind_of
from portal.reminders.models import Reminder
from portal.vault import files, keys, store, upkeep
from portal.vault.models import StoredFile, StoreLook
from tests import factories
from tests.stores import leave, lying, overwrite, said, sealed_bytes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("either_store")]


@pytest.fixture
def key():
    return keys.new_key()


def owned(words: bytes, key: keys.DataKey) -> StoredFile:
    """A file with bytes and row, and a version that names it."""
    stored, now = files.put([words], key=key), clock.now()
    case = Case.objects.first() or factories.open_case()
    put_in = {"case": case, "put_in_by": case.patient, "put_in_at": now}
    version = Version(**put_in, document=Document.objects.create(**put_in), kind="pdf", size=1, due_at=now)
    version.name, version.digest, version.original = "plan.pdf", stored.pk.hex, stored
    version.save()
    return stored


def a_day_later(command: str, *arguments: str) -> str:
    with time_machine.travel(clock.real_now() + dt.timedelta(hours=25)):
        return said(command, *arguments)


def leave_half() -> UUID:
    """What a sender that was killed leaves behind."""
    there, name = store.current(), uuid4()
    path = f"{name.hex[:2]}/{name.hex}"
    if isinstance(there, store.Folder):
        (there.root / path).parent.mkdir(parents=True, exist_ok=True)
        (there.root / (path + store.HALF)).write_bytes(b"half")
    else:
        there.client.create_multipart_upload(**there.key(path))
    return name


def test_verifying_names_what_is_damaged_by_its_id(key):
    whole, changed, missing = (files.put([words], key=key) for words in (b"a", b"b", b"c"))
    erased = files.put([b"d"], key=keys.new_key())
    overwrite(changed.path, sealed_bytes(changed.path)[:-1] + b"?")
    store.current().remove(missing.path)
    keys.destroy(erased.key)

    words = said("verify_files")

    assert f"{changed.pk}: changed\n" in words
    assert f"{missing.pk}: missing\n" in words
    assert str(whole.pk) not in words
    assert str(erased.pk) not in words
    assert words.endswith("ERROR 2 of 3 files are not as they were put in.")


def test_verifying_whole_files_ends_well(key):
    files.put([b"a"], key=key)
    assert said("verify_files") == "1 files are as they were put in.\n"


def test_wrong_size_in_the_row_is_a_fault_too(key):
    stored = files.put([b"abc"], key=key)
    StoredFile.objects.filter(pk=stored.pk).update(size=4)
    assert f"{stored.pk}: changed" in said("verify_files")


def test_shares_and_going_on_cover_each_file_once(key):
    every = sorted(files.put([b"x"], key=key).pk for _number in range(12))
    shares = [[row.pk for row in upkeep.Share(number, 5).rows] for number in range(1, 6)]
    assert sorted(itertools.chain(*shares)) == every
    assert [row.pk for row in upkeep.Share(after=every[6]).rows] == every[7:]
    assert said("verify_files", "--after", str(every[9])) == "2 files are as they were put in.\n"


def test_nothing_is_astray_where_everything_has_both_sides(key):
    owned(b"x", key)
    assert a_day_later("find_orphans") == "Nothing is astray.\n"


def test_what_is_young_may_still_be_on_its_way(key):
    leave()
    files.put([b"x"], key=key)
    if isinstance(store.current(), store.Folder):  # the server of the tests dates every half 2010
        leave_half()
    before = lying(store.current())
    assert said("find_orphans", "--remove") == "Nothing is astray.\n"
    assert lying(store.current()) == before


def test_orphans_are_told_by_id_and_stay(key):
    lonely, half, missing = leave(), leave_half(), files.put([b"x"], key=key)
    store.current().remove(missing.path)
    before = lying(store.current())

    words = a_day_later("find_orphans")

    assert f"{lonely}: file without a row\n" in words
    assert f"{missing.pk}: row without a file\n" in words
    assert f"{half}: half of a file\n" in words
    assert words.endswith("ERROR file without a row: 1; half of a file: 1; row without a file: 1")
    assert lying(store.current()) == before
    assert not Event.objects.filter(verb="file.orphan_removed").exists()


def test_asked_to_it_removes_old_bytes_on_record_and_never_a_row(key):
    lonely, half = leave(), leave_half()
    missing, whole = owned(b"x", key), owned(b"y", key)
    store.current().remove(missing.path)

    words = a_day_later("find_orphans", "--remove")

    assert words.endswith("ERROR row without a file: 1")
    assert lying(store.current()) == [whole.path]
    assert StoredFile.objects.count() == 2
    lines = Event.objects.filter(verb="file.orphan_removed", about_type="vault.storedfile")
    assert set(lines.values_list("about_id", "why")) == {(str(lonely), ""), (str(half), "half")}


def test_file_that_nothing_names_is_found_and_goes_when_asked_to(key, django_capture_on_commit_callbacks):
    whole, unnamed = owned(b"x", key), files.put([b"opened, and then the process was killed"], key=key)

    told = a_day_later("find_orphans")
    tomorrow = clock.real_now() + upkeep.YOUNG * 1.1
    assert told == f"{unnamed.pk}: row that nothing names\nERROR row that nothing names: 1"
    look = upkeep.look_over(tomorrow)
    assert (look.rows_without_owner, look.is_well, StoredFile.objects.count()) == (1, False, 2)

    with django_capture_on_commit_callbacks(execute=True):
        a_day_later("find_orphans", "--remove")
    assert list(StoredFile.objects.all()) == [whole]
    assert lying(store.current()) == [whole.path]
    assert Event.objects.filter(verb="file.orphan_removed", about_id=str(unnamed.pk)).count() == 1
    assert upkeep.look_over(tomorrow).is_well


def test_names_that_are_not_ours_are_counted_and_left_alone():
    overwrite("ab/ana-costa-biopsy.pdf", b"put there by hand")

    words = a_day_later("find_orphans", "--remove")

    assert words == "(name not shown): not ours\nERROR not ours: 1"
    assert lying(store.current()) == ["ab/ana-costa-biopsy.pdf"]


def test_the_night_goes_on_where_it_stopped_and_remembers_what_is_damaged(key):
    first, second = sorted((files.put([b"x"], key=key) for _number in range(2)), key=lambda row: row.pk)
    sealed = sealed_bytes(first.path)
    overwrite(first.path, b"spoilt")

    look = upkeep.look_over(clock.real_now())
    assert (look.damaged, look.upto) == ([first.pk], None)
    StoreLook.objects.update(upto=first.pk)
    assert upkeep.look_over(clock.real_now()).damaged == [first.pk]  # looked at again, though its turn is over
    overwrite(first.path, sealed)
    assert upkeep.look_over(clock.real_now()).damaged == []
    assert upkeep.look_over(clock.real_now(), patience=-1).upto == UUID(int=0)  # had no time for any
    assert second.pk


def test_the_night_finishes_an_erasure_that_a_crash_cut_short(key):
    stored, other = files.put([b"x"], key=key), files.put([b"y"], key=keys.new_key())
    keys.destroy(key)  # and then nothing: the bytes are still there

    assert upkeep.look_over(clock.real_now()).is_well

    assert lying(store.current()) == [other.path]
    assert StoredFile.objects.filter(pk=stored.pk).exists()


def test_the_health_page_tells_what_the_night_found(key, client):
    assert b"files: not looked over yet\n" in client.get(reverse("readyz")).content
    missing = files.put([b"x"], key=key)
    store.current().remove(missing.path)
    look_over_store()

    answer = client.get(reverse("readyz"))

    assert answer.status_code == 200  # it is no reason to send people away
    assert b"; damaged: 1; rows without a file: 1\n" in answer.content


def test_one_look_is_kept():
    with pytest.raises(IntegrityError, match="storelook_is_one_row"), transaction.atomic():
        StoreLook.objects.create(pk=2, at=clock.real_now())


def test_administrators_are_told_by_message_until_the_files_fit_again(key):
    stored = files.put([b"x"], key=key)
    sealed = sealed_bytes(stored.path)
    look_over_store()
    assert not Reminder.objects.exists()

    store.current().remove(stored.path)
    for _night in range(2):
        look_over_store()
    row = Reminder.objects.get(kind="documents.store_astray")
    assert kind_of(row.kind).still_due([row], clock.now()) == {row.pk}

    overwrite(stored.path, sealed)
    look_over_store()
    assert kind_of(row.kind).still_due([row], clock.now()) == set()
