"""Master keys: which of them are still needed, which are lost, and wrapping data keys anew with the site up."""

import contextlib

import psycopg
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, transaction
from django.db.models import Count

from portal.vault import keys
from portal.vault.models import DataKey


def needed() -> dict[str, int]:
    """How many data keys each master key wraps, by its id. Destroyed keys need none."""
    live = DataKey.objects.filter(destroyed_at=None).order_by("master_id")
    return dict(live.values_list("master_id").annotate(Count("pk")))


def lost() -> list[str]:
    """Ids of master keys that data was sealed under and that are not here, or are not the same any more."""
    one_each = DataKey.objects.filter(destroyed_at=None).order_by("master_id", "made_at").distinct("master_id")
    return [key.master_id for key in one_each if not keys.opens(key)]


def refuse_lost() -> None:
    """For a start. Raises ImproperlyConfigured; a database that is away, or still empty, says nothing."""
    found: list[str] = []
    with contextlib.suppress(DatabaseError, psycopg.Error):
        found = lost()
    if found:
        names = ", ".join(f"“{name}”" for name in found)
        raise ImproperlyConfigured(
            f"PORTAL_MASTER_KEY does not hold the right key under {names}: what was sealed under it cannot be read. "
            "Put it back behind the newest one (docs/operations.md)."
        )


@transaction.atomic
def wrap_some_anew(most: int, *, waits: bool = False) -> int:
    """Put up to `most` data keys under the newest master key; how many. Keys in the hands of another run are left
    to it, or waited for. Readers and writers of the site go on: no key changes, only its wrapping.
    """
    newest = next(iter(keys.master_keys()))
    old = list(
        DataKey.objects.select_for_update(no_key=True, skip_locked=not waits)
        .filter(destroyed_at=None)
        .exclude(master_id=newest)
        .order_by("pk")[:most]
    )
    for key in old:
        keys.wrap(key, keys.raw(key))
    DataKey.objects.bulk_update(old, ["wrapped", "master_id"])
    return len(old)
