"""A permission as it stands now: what it would name, what was typed and ticked, what it still lacks, its words."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from cases.case.models import Case, Office
from cases.case.signatures import SignedHow
from cases.records import words
from cases.records.models import RecordItem, Release, Visit
from cases.records.release import rules as release_rules
from cases.records.release.rules import Asked, Recipient
from cases.records.release.states import Special, Stain, To
from cases.records.standing import standing
from cases.records.states import Route
from portal import when
from portal.texts.models import Text
from portal.texts.words import organisation, text
from portal.vault.keys import derive

CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # no 0 O 1 I
CODE_LENGTH = 6
SLIDES = "slides"
TOGETHER = ("holder", "visit__case__patient", "visit__case__key", "text", "paper", "own_form")


@dataclass(frozen=True)
class Details:
    """What people type and tick on a form; all of it sealed."""

    former_name: str = ""
    record_number: str = ""
    records_from: date | None = None
    records_to: date | None = None
    accession: str = ""
    stain: str = ""
    born_on: date | None = None  # where the account knows none
    special: tuple[str, ...] = ()

    @classmethod
    def read(cls, sealed: str) -> "Details":
        found = json.loads(sealed) if sealed else {}
        return cls.of(found)

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> "Details":
        known = {each.name: found[each.name] for each in fields(cls) if found.get(each.name)}
        for name in ("records_from", "records_to", "born_on"):
            if isinstance(known.get(name), str):
                known[name] = date.fromisoformat(known[name])
        known["special"] = tuple(each for each in Special.values if each in known.get("special", ()))
        return cls(**known)

    @property
    def sealed(self) -> str:
        return json.dumps({name: _plain(value) for name, value in asdict(self).items() if value})


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


@dataclass(frozen=True)
class Form:
    """One office's form for one visit, not signed yet. `draft` is there once something was typed."""

    visit: Visit
    holder: Office
    items: tuple[RecordItem, ...]
    text: Text
    details: Details
    until_on: date
    today: date
    draft: Release | None = None
    needed_by: date | None = field(default=None, compare=False)

    @property
    def case(self) -> Case:
        return self.visit.case

    @property
    def born_on(self) -> date | None:
        return self.case.patient.birth_date or self.details.born_on

    @property
    def has_slides(self) -> bool:
        return any(item.kind_id == SLIDES for item in self.items)

    @cached_property
    def recipients(self) -> frozenset[Recipient]:
        return frozenset().union(*(recipients_of(item, self.visit) for item in self.items))

    @property
    def missing(self) -> list[str]:
        """What it lacks before it can be signed."""
        is_named = all(each.office for each in self.recipients if each.to == To.OFFICE)
        lacks = release_rules.missing(
            items=len(self.items),
            office=is_named,
            born_on=self.born_on,
            is_case_open=self.case.state != Case.State.CLOSED,
        )
        not_until = release_rules.why_not_until(self.until_on, self.visit.on_date, self.today)
        return lacks + ([not_until] if not_until else [])

    @cached_property
    def code(self) -> str:
        """A short code of all it says: on the foot of the paper, and to tell a changed form from a read one."""
        with translation.override("en"):  # the same for every reader
            parts = [str(self.holder.pk), *self.rows_as_text(), *self.statements]
        digest = derive("release", "\0".join([str(self.visit.pk), *parts]).encode())
        return "".join(CODE_LETTERS[byte % len(CODE_LETTERS)] for byte in digest[:CODE_LENGTH])

    def rows_as_text(self) -> list[str]:
        # What is needed by when moves by itself from day to day, and is no part of what is signed.
        return [f"{row['label']}: {row['value']}" for row in self.rows if not row.get("moves")]

    @property
    def statements(self) -> list[str]:
        return self.text.body.split("\n")

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The six elements but for the signature, and what an office finds the records by."""
        patient, details = self.case.patient, self.details
        dates = [when.month_day(day, year=True) for day in (details.records_from, details.records_to) if day]
        rows = [
            (_("Patient"), patient.name),
            (_("Birth date"), when.month_day(self.born_on, year=True) if self.born_on else ""),
            (_("Former name"), details.former_name),
            (_("Record number"), details.record_number),
            (_("What"), words.listed([item.called for item in self.items])),
            (_("Records from"), _dates(details, dates)),
            (_("From whom"), ", ".join(part for part in (self.holder.name, self.holder.desk) if part)),
            *((_("To"), line) for line in self._to_lines()),
            (_("May ask about it"), organisation().name),
            (_("Slides"), self._slides()),
            (_("Also these"), words.listed([str(Special(each).label) for each in details.special])),
            (_("Why"), self._why()),
            (
                _("Until"),
                _("%(day)s, or when you take it back") % {"day": when.month_day(self.until_on, year=True)},
            ),
        ]
        shown = [{"label": label, "value": value} for label, value in rows if value]
        if self.needed_by:
            needed = when.month_day(self.needed_by, year=True)
            shown.append({"label": _("Needed by"), "value": needed, "moves": "yes"})
        return shown

    def _to_lines(self) -> list[str]:
        """Each recipient with the way the records go; those that go another way than the rest are named."""
        lines, routes = [], {item.route for item in self.items}
        for route in (Route.DIRECT, Route.THROUGH_US, Route.CARRIED):
            if route not in routes:
                continue
            line = _to_line(route, self.visit)
            if len(routes) > 1:
                names = words.listed([item.called for item in self.items if item.route == route])
                line = _("%(records)s: %(to)s") % {"records": names, "to": line}
            lines.append(line)
        return lines

    def _slides(self) -> str:
        if not self.has_slides:
            return ""
        slides = next(item for item in self.items if item.kind_id == SLIDES)
        parts = [str(Stain(self.details.stain).label)] if self.details.stain else []
        if self.details.accession:
            parts.append(_("number %(number)s") % {"number": self.details.accession})
        if slides.due_back_on:
            back = when.month_day(slides.due_back_on, year=True)
            parts.append(_("back to %(office)s by %(day)s") % {"office": self.holder.name, "day": back})
        return ", ".join(parts) or _("They are lent and go back.")

    def _why(self) -> str:
        opinion = _("My third opinion") if self.visit.round == 3 else _("My second opinion")
        if not self.visit.on_date:
            return opinion
        return _("%(opinion)s, visit on %(day)s") % {
            "opinion": opinion,
            "day": when.month_day(self.visit.on_date, year=True),
        }


def _dates(details: Details, dates: list[str]) -> str:
    if len(dates) == 2:
        return _("%(first)s to %(last)s") % {"first": dates[0], "last": dates[1]}
    if details.records_from:
        return _("%(day)s on") % {"day": dates[0]}
    return _("up to %(day)s") % {"day": dates[0]} if dates else ""


def _to_line(route: str, visit: Visit) -> str:
    there = ", ".join(part for part in (words.doctor_of(visit), visit.office.name if visit.office else "") if part)
    if route == Route.CARRIED:
        return _("%(name)s, to carry") % {"name": visit.case.patient.name}
    if route == Route.THROUGH_US:
        return _("%(there)s, through %(us)s") % {"there": there, "us": organisation().name}
    return _("%(there)s, straight there") % {"there": there}


def asked(item: RecordItem, visit: Visit) -> Asked:
    """A record as it is to travel now, for the rules. Load the visit with its clinician."""
    doctor = visit.clinician.name if visit.clinician else ""
    return Asked(item.pk, item.holder_id, item.route, visit.office_id, doctor, visit.on_date)


def recipients_of(item: RecordItem, visit: Visit) -> frozenset[Recipient]:
    ways = asked(item, visit)
    return release_rules.recipients(ways.route, ways.office, ways.doctor)


def items_of(visit: Visit, holder: Office) -> list[RecordItem]:
    """The records that this office still has to send for this visit, in the order of their kinds."""
    found = visit.items.wanted().filter(holder=holder).select_related("kind").order_by("kind__place")
    return [item for item in found if release_rules.can_be_released(item.kind_id, item.state)]


def of(
    visit: Visit, holder: Office, now: datetime, details: Details | None = None, until_on: date | None = None
) -> Form:
    """The form of an office as it would be signed now; `details` and `until_on` as just typed stand in for the kept."""
    items = items_of(visit, holder)
    for item in items:
        item.visit = visit  # so that its sealed words open without another look
    draft = Release.objects.drafts().filter(visit=visit, holder=holder).select_related(*TOGETHER).first()
    today = now.astimezone(visit.zone).date()
    safe = {line.item.pk: line.safe_by for line in standing(visit, now).items} if visit.on_date else {}
    return Form(
        visit=visit,
        holder=holder,
        items=tuple(items),
        text=text(Text.Kind.RELEASE),
        details=details or (Details.read(draft.details) if draft else _as_before(visit, holder)),
        until_on=until_on or (draft.until_on if draft else None) or release_rules.until(visit.on_date, today),
        today=today,
        draft=draft,
        needed_by=min((day for item in items if (day := safe.get(item.pk))), default=None),
    )


def _as_before(visit: Visit, holder: Office) -> Details:
    """What was typed on the form before it; nothing of what is ticked one by one."""
    former = Release.objects.ever_signed().filter(visit=visit, holder=holder).select_related("visit__case__key")
    latest = former.order_by("-signed_at").first()
    return replace(Details.read(latest.details), special=()) if latest else Details()


def as_signed(form: Form, how: str) -> str:
    """What was read, kept as it was: its rows and statements. What was ticked on a paper, the paper says."""
    with translation.override(form.case.patient.language):
        ticked = _("As ticked on the paper.") if how == SignedHow.PAPER else ""
        also = _("Also these")
        rows = [[row["label"], ticked if ticked and row["label"] == also else row["value"]] for row in form.rows]
        if ticked and all(label != also for label, _value in rows):
            rows.append([also, ticked])
    return json.dumps({"rows": rows, "statements": form.statements})


def said(release: Release) -> dict[str, Any]:
    """A signed form's rows and statements, as they were read; empty after its case was erased."""
    found = json.loads(release.said) if release.said else {"rows": [], "statements": []}
    return {
        "rows": [{"label": label, "value": value} for label, value in found["rows"]],
        "statements": found["statements"],
    }
