"""Looking after the store: what lost its row, its file or its owner, halves, bytes that changed. Tells by id only."""

import datetime as dt
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from uuid import UUID

from django.apps import apps
from django.db import transaction
from django.db.models import Exists, OuterRef

from portal import clock
from portal.vault import files, store
from portal.vault.keys import KeyGone
from portal.vault.models import StoredFile, StoreLook

YOUNG = dt.timedelta(days=1)  # belongs to a sending that may still go on
OUR_NAME = re.compile(r"([0-9a-f]{2})/(\1[0-9a-f]{30})(\.part)?")
A_SHELF = re.compile("[0-9a-f]{2}")
BATCH = 500

ONE_NIGHT = 240.0  # seconds of reading files through; well inside a task's time limit

NO_FILE, NO_ROW, HALF = "row without a file", "file without a row", "half of a file"
STRANGE, ERASED = "not ours", "erased, and still there"
NO_OWNER = "row that nothing names"


@dataclass(frozen=True)
class Astray:
    """One thing that has lost its other side. `id` is None where the name is not one that we give."""

    what: str
    id: UUID | None
    found: store.Found | None = None


@dataclass
class Share:
    """Which files a check looks at: part `number` of `of` equal ones, from after an id on."""

    number: int = 1
    of: int = 1
    after: UUID = field(default_factory=lambda: UUID(int=0))

    @property
    def rows(self) -> Iterator[StoredFile]:
        """In the order of their ids, fetched in batches: the check takes hours, no transaction does."""
        last = max(self.after, UUID(int=max(0, 2**128 * (self.number - 1) // self.of - 1)))
        end = UUID(int=2**128 * self.number // self.of - 1)
        while batch := list(_standing().filter(pk__gt=last, pk__lte=end).order_by("pk")[:BATCH]):
            yield from batch
            last = batch[-1].pk


def _standing():
    """Files that should be there: their key was not destroyed."""
    return StoredFile.objects.filter(key__destroyed_at=None).select_related("key")


def _unnamed(now: dt.datetime):
    """Files, older than a day, that no row of any table points at: nobody can open them, nor take them back."""
    rows = _standing().filter(stored_at__lt=now - YOUNG)
    for model in apps.get_models(include_auto_created=True):
        for column in model._meta.concrete_fields:
            if column.related_model is StoredFile:
                rows = rows.filter(~Exists(model._base_manager.filter(**{column.name: OuterRef("pk")})))
    return rows


def fault(row: StoredFile) -> str:
    """What is wrong with a file, as `files.fault` says it; "" also when it was erased meanwhile. Raises Away."""
    try:
        found = files.fault(row)
    except KeyGone:
        return ""
    return found if found and _standing().filter(pk=row.pk).exists() else ""


def astray(now: dt.datetime) -> Iterator[Astray]:
    """Everything without its other side, shelf by shelf. What is young may belong to a sending that goes on."""
    seen = set()
    for shelf, found in store.current().shelves():
        seen.add(shelf)
        known = _erased_of_shelf(shelf)
        for thing in found:
            if told := _judged(thing, known, now):
                yield told
        listed = {UUID(match[2]) for thing in found if (match := _ours(thing)) and not thing.is_half}
        yield from _without_file(pk for pk, is_erased in known.items() if not is_erased and pk not in listed)
    yield from _without_file(row.pk for row in Share().rows if row.path[:2] not in seen)
    for pk, path in _unnamed(now).order_by("pk").values_list("pk", "path"):
        if store.current().has(path):  # else it was told above
            yield Astray(NO_OWNER, pk)


def _judged(thing: store.Found, known: dict[UUID, bool], now: dt.datetime) -> Astray | None:
    match = _ours(thing)
    if match is None:
        return Astray(STRANGE, None, thing)
    pk, is_old = UUID(match[2]), thing.changed_at < now - YOUNG
    if thing.is_half:
        return Astray(HALF, pk, thing) if is_old else None
    if pk not in known:
        return Astray(NO_ROW, pk, thing) if is_old else None
    return Astray(ERASED, pk, thing) if known[pk] else None


def _without_file(ids: Iterable[UUID]) -> Iterator[Astray]:
    """Those that still have no file when asked for one by one: rows come and go while we look."""
    for pk in ids:
        row = _standing().filter(pk=pk).first()
        if row and not store.current().has(row.path):
            yield Astray(NO_FILE, pk)


def _ours(found: store.Found) -> re.Match[str] | None:
    return OUR_NAME.fullmatch(found.path)


def _erased_of_shelf(shelf: str) -> dict[UUID, bool]:
    """Of each row of a shelf, whether its key was destroyed."""
    if not A_SHELF.fullmatch(shelf):
        return {}
    ends = UUID(shelf + "00" * 15), UUID(shelf + "ff" * 15)
    rows = StoredFile.objects.filter(pk__range=ends).values_list("pk", "key__destroyed_at")
    return {pk: destroyed_at is not None for pk, destroyed_at in rows}


def clear(thing: Astray) -> bool:
    """Remove bytes that belong to nothing and are a day old, or whose key is destroyed; whether they went.

    A row goes only when it has its file and nothing names it; what is not ours never goes.
    """
    if thing.what == NO_OWNER:
        return _clear_unnamed(thing.id)
    found = thing.found
    if found is None or thing.what not in {NO_ROW, HALF, ERASED}:
        return False
    if thing.what != ERASED and found.changed_at >= clock.real_now() - YOUNG:
        return False
    if thing.what == NO_ROW and thing.id and StoredFile.objects.filter(pk=thing.id).exists():
        return False
    store.current().clear(found)
    return True


@transaction.atomic
def _clear_unnamed(pk: UUID | None) -> bool:
    row = _unnamed(clock.real_now()).select_for_update(of=("self",)).filter(pk=pk).first()
    if row is not None:
        files.remove(row)
    return row is not None


def look_over(now: dt.datetime, patience: float = ONE_NIGHT) -> StoreLook:
    """A night's look: everything astray is counted, bytes of destroyed keys go, and the next files are read through.

    Each night goes on where the last one stopped, and reads once more what was damaged.
    """
    look = StoreLook.objects.filter(pk=1).first() or StoreLook()
    counted: Counter[str] = Counter()
    for thing in astray(now):
        if thing.what != ERASED or not clear(thing):
            counted[thing.what] += 1
    look.rows_without_file, look.files_without_row = counted[NO_FILE], counted[NO_ROW]
    look.rows_without_owner = counted[NO_OWNER]
    look.halves, look.strange = counted[HALF], counted[STRANGE]
    damaged = {row.pk for row in _standing().filter(pk__in=look.damaged) if fault(row)}
    started, look.upto = time.monotonic(), look.upto or UUID(int=0)
    for row in Share(after=look.upto).rows:
        if time.monotonic() - started > patience:
            break
        if fault(row):
            damaged.add(row.pk)
        look.upto = row.pk
    else:
        look.upto = None  # all of them: from the beginning tomorrow
    look.damaged, look.at = sorted(damaged), now
    look.save()
    return look
