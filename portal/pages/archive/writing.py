"""The copy as one ZIP that leaves piece by piece. Its words are packed first, then each file as it lies with us."""

import datetime as dt
import json
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.html import escape
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from bookings.models import Consultation
from cases.case.models import Case
from cases.desk.packet import rules as file_rules
from cases.documents import kinds, subjects
from cases.documents.models import Version
from cases.records.models import Visit
from portal import when, zipping
from portal.pages.archive.telling import Part, parts
from portal.texts.words import organisation, text
from portal.vault import files
from portal.vault.keys import KeyGone
from portal.vault.models import StoredFile

GONE = (FileNotFoundError, KeyGone, StoredFile.DoesNotExist)
STYLE = (
    "body{font:1.125rem/1.5 sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem}"
    "h2{margin-top:2.5rem;border-bottom:2px solid}dt{font-weight:bold;margin-top:1rem}"
    "dd{margin:0;white-space:pre-line}"
)
Entry = tuple[str, StoredFile]


def documents(case: Case) -> list[Entry]:
    """Every file that she may open, in each version that can be read, under the name it gets in the copy."""
    found = Version.objects.visible_to(case.patient).ready().on_their_own()
    found = found.filter(case=case, document__withdrawn_at=None)
    related = ("document__case__key", "case__key", "file__key", "original__key")
    named = {subject.code: str(subject.name) for subject in subjects.choices()}
    entries = []
    for number, version in enumerate(found.select_related(*related).order_by("document__put_in_at", "number"), 1):
        is_imaging = version.kind in file_rules.IMAGING and version.original is not None
        stored = version.original if is_imaging else version.file
        kind = version.own_kind if is_imaging else kinds.KINDS[version.file_kind]
        title = version.document.title or version.name
        name = file_rules.file_name(number, named.get(version.document.kind, ""), title, kind.endings[0])
        if stored is not None:
            entries.append((f"documents/{name}", stored))
    return entries


def zipped(case: Case, looks: Iterable[bytes], now: dt.datetime) -> Iterator[bytes]:
    """The pieces of the ZIP. The database is asked before the first one is handed over; of the files only their bytes
    are read after that.
    """
    at = when.local(now, case.patient.zone).timetuple()[:6]
    found = documents(case)
    out = zipping.Outgoing()
    archive = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED)  # type: ignore[arg-type]
    told = parts(case, now)
    _put(archive, "index.html", at, _page(case, told, [name for name, _stored in found], now))
    _put(archive, "data.json", at, _data(case, told, [name for name, _stored in found], now))
    _put(archive, "calendar.ics", at, [_calendar(case, now)])
    _put(archive, "list.csv", at, looks)
    return _pieces(archive, out, out.taken(), found, at)


def _put(archive: zipfile.ZipFile, name: str, at: Any, pieces: Iterable[bytes]) -> None:
    entry = zipfile.ZipInfo(name, at)
    entry.compress_type = zipfile.ZIP_DEFLATED
    with archive.open(entry, "w", force_zip64=True) as into:
        for piece in pieces:
            into.write(piece)


def _pieces(
    archive: zipfile.ZipFile, out: zipping.Outgoing, first: bytes, found: list[Entry], at: Any
) -> Iterator[bytes]:
    yield first
    with archive:
        for name, stored in found:
            try:
                chunks = files.read(stored)
                chunk = next(chunks, b"")
            except GONE:  # taken back and erased a moment ago
                continue
            entry = zipfile.ZipInfo(name, at)  # packed already, so it is stored
            entry.file_size = stored.size
            with archive.open(entry, "w") as into:
                into.write(chunk)
                yield out.taken()
                for chunk in chunks:
                    into.write(chunk)
                    yield out.taken()
    yield out.taken()


def _page(case: Case, told: list[Part], names: list[str], now: dt.datetime) -> Iterator[bytes]:
    """One page that opens anywhere: no script, nothing from elsewhere."""
    title = _("A copy of everything")
    about = _("%(name)s, %(reference)s. As of %(at)s, %(zone)s.") % {
        "name": case.patient.name, "reference": case.reference, "at": when.moment(now), "zone": when.zone_name(),
    }  # fmt: skip
    direction = "rtl" if get_language_bidi() else "ltr"
    yield (
        f'<!doctype html><html lang="{escape(get_language())}" dir="{direction}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(title)}</title><style>{STYLE}</style>'
        f"</head><body><h1>{escape(title)}</h1><p>{escape(about)}</p><p>{escape(text('scope_short').body)}</p>"
    ).encode()
    for part in told:
        yield f"<h2>{escape(part.title)}</h2><dl>".encode()
        for line in part.lines():
            yield f'<dt dir="auto">{escape(line["lead"])}</dt><dd dir="auto">{escape(line["text"])}</dd>'.encode()
        yield b"</dl>"
    yield f"<h2>{escape(_('Files'))}</h2><ul>".encode()
    for name in names:
        yield f'<li><a href="{quote(name)}">{escape(name.removeprefix("documents/"))}</a></li>'.encode()
    more = _("Who opened what, and why, stands in list.csv. Dates for a calendar are in calendar.ics.")
    more += " " + _("The same for machines is in data.json.")
    yield f"</ul><p>{escape(more)}</p><p>{escape(organisation().name)}</p></body></html>".encode()


def _data(case: Case, told: list[Part], names: list[str], now: dt.datetime) -> Iterator[bytes]:
    """The same as JSON, a line at a time."""

    def dumped(value: object) -> str:
        return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)

    yield f'{{"reference": {dumped(case.reference)}, "made_at": {dumped(now)}'.encode()
    for part in told:
        yield f", {dumped(part.code)}: [".encode()
        for number, line in enumerate(part.lines()):
            yield (("," if number else "") + "\n" + dumped(line)).encode()
        yield b"]"
    yield f', "documents": {dumped(names)}}}'.encode()


def _calendar(case: Case, now: dt.datetime) -> bytes:
    """Her visits and calls. Titles say no more than a shared calendar should show."""
    calendar = Calendar()
    calendar.add("prodid", "-//Remission Support//Portal//EN")
    calendar.add("version", "2.0")
    for call in Consultation.objects.visible_to(case.patient).filter(case=case).select_related("consultant"):
        if call.is_booked:
            title = _("Call with %(name)s") % {"name": call.consultant.first_name}
            calendar.add_component(_event(call.uid, title, call.starts_at, now, call.ends_at))
    for visit in Visit.objects.visible_to(case.patient).filter(case=case).exclude(on_date=None):
        start: Any = visit.on_date
        if visit.at_time and visit.on_date:
            start = dt.datetime.combine(visit.on_date, visit.at_time, visit.zone).astimezone(dt.UTC)
        calendar.add_component(_event(f"visit-{visit.pk}", _("Visit"), start, now))
    return bytes(calendar.to_ical())


def _event(uid: str, title: str, start: Any, now: dt.datetime, end: Any = None) -> Event:
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", now.astimezone(dt.UTC))
    event.add("dtstart", start.astimezone(dt.UTC) if isinstance(start, dt.datetime) else start)
    if end:
        event.add("dtend", end.astimezone(dt.UTC))
    event.add("summary", title)
    event.add("class", "PRIVATE")
    return event
