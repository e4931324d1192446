"""Where archives lie: a folder, or a bucket of S3, never among what they are a copy of."""

import datetime as dt
import re
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from portal.backup.envelope import Broken
from portal.vault.store import Folder, Store

NAME = re.compile(r"portal-(\d{8}T\d{6})Z\.backup")
HALF = re.compile(r"portal-\d{8}T\d{6}Z\.(part|backup|erasures)")  # a bucket gives halves the whole name
KEPT = dt.timedelta(days=35)
HALF_KEPT = dt.timedelta(days=1)  # no writing lasts as long


def place(words: str) -> Store:
    """The place that BACKUP_TO or --to names. Raises Broken."""
    if not words:
        raise Broken("Say where to: --to, or BACKUP_TO.")
    if "://" in words:
        from portal.vault import s3  # its library is slow to load

        try:
            return s3.bucket(words)
        except ImproperlyConfigured:
            raise Broken("A place is a folder, or s3://KEY:SECRET@HOST/BUCKET/FOLDER?region=REGION.") from None
    root, documents = Path(words).expanduser().resolve(), Path(settings.DOCUMENTS_FOLDER).resolve()
    if root.is_relative_to(documents):
        raise Broken("Archives must lie apart from the documents.")
    return Folder(root)


def archive(words: str) -> tuple[Store, str]:
    """Place and name of one archive; a bare name, or none for the newest, lies in BACKUP_TO. Raises Broken."""
    if "://" in words:
        parts = urlsplit(words)
        folder, _, name = parts.path.rpartition("/")
        return place(parts._replace(path=folder).geturl()), name
    if words and ("/" in words or not settings.BACKUP_TO):
        path = Path(words).expanduser().resolve()
        return place(str(path.parent)), path.name
    there = place(settings.BACKUP_TO)
    if not words and not (found := archives(there)):
        raise Broken("There is no archive in BACKUP_TO.")
    return there, words or found[-1]


def name_of(at: dt.datetime) -> str:
    return f"portal-{at:%Y%m%dT%H%M%SZ}.backup"


def made_at(name: str) -> dt.datetime:
    return dt.datetime.strptime(f"{NAME.fullmatch(name)[1]}+0000", "%Y%m%dT%H%M%S%z")  # type: ignore[index]


def list_of(name: str) -> str:
    """The list of what was erased, beside the archive of that name."""
    return name.removesuffix(".backup") + ".erasures"


def archives(there: Store) -> list[str]:
    """Names of our archives in a place, the oldest first."""
    found = (thing for _shelf, things in there.shelves() for thing in things if not thing.is_half)
    return sorted(thing.path for thing in found if NAME.fullmatch(thing.path))


def forget_old(there: Store, now: dt.datetime) -> list[str]:
    """Remove archives that are kept no longer; never the newest one. Their names."""
    old = [name for name in archives(there)[:-1] if made_at(name) < now - KEPT]
    for name in old:
        there.remove(name)
        there.remove(list_of(name))
    return old


def clear_halves(there: Store, now: dt.datetime) -> None:
    """Remove what a killed run left of an archive."""
    for _shelf, things in list(there.shelves()):
        for thing in things:
            if thing.is_half and HALF.fullmatch(thing.path) and thing.changed_at < now - HALF_KEPT:
                there.clear(thing)
