"""The rows of five tables as one list, the newest first. Ids alone: names are put in where it is shown."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Case as Choose
from django.db.models import CharField, DateField, DateTimeField, F, Model, Q, QuerySet, UUIDField, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.case.models import (
    AssignmentChange,
    ConsentChange,
    HelperChange,
    MandateChange,
    SecondReaderChange,
    UrgentLookChange,
)
from portal.accounts.models import UserChange

ROLE, HELP, LAW, PLACE, CONSENT, ALONG, URGENT = "role", "help", "law", "place", "consent", "along", "urgent"
COLUMNS = (
    "kind", "row", "at", "label", "who", "giver", "to", "of_case", "what", "more", "since", "until", "over", "ender",
    "why_over",
)  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """One kind of right: its table, where each column comes from, and the columns that name people."""

    label: str | Promise
    model: type[Model]
    people: tuple[str, ...]
    columns: dict[str, Any]
    has_case: bool = True


@dataclass(frozen=True)
class Row:
    """One change of a right, as its row says it: what it was from then on."""

    kind: str
    row: int
    at: dt.datetime
    label: str
    who: str | None  # who did it, where the web process told
    giver: UUID | None
    to: UUID | None
    of_case: UUID | None
    what: str
    more: str
    since: dt.datetime | None
    until: dt.date | None
    over: dt.datetime | None
    ender: UUID | None
    why_over: str

    @property
    def people(self) -> set[UUID]:
        told = {UUID(self.who)} if self.who else set()
        return told | {one for one in (self.giver, self.to, self.ender) if one}


def _word(text: str) -> Value:
    return Value(text, output_field=CharField())


NOTHING: dict[str, Any] = {
    "giver": Cast(Value(None), UUIDField()),
    "to": Cast(Value(None), UUIDField()),
    "of_case": Cast(Value(None), UUIDField()),
    "what": _word(""),
    "more": _word(""),
    "since": Cast(Value(None), DateTimeField()),
    "until": Cast(Value(None), DateField()),
    "over": Cast(Value(None), DateTimeField()),
    "ender": Cast(Value(None), UUIDField()),
    "why_over": _word(""),
}
KINDS: dict[str, Kind] = {
    ROLE: Kind(
        _("Role, and who may sign in"),
        UserChange,
        ("pgh_obj",),
        {
            "to": F("pgh_obj_id"),
            "what": F("role"),
            "more": Choose(When(can_sign_in=True, then=_word("")), default=_word("closed"), output_field=CharField()),
        },
        has_case=False,
    ),
    HELP: Kind(
        _("Help"),
        HelperChange,
        ("patient", "person", "asked_by", "recorded_by", "ended_by"),
        {
            "giver": F("patient_id"),
            "to": F("person_id"),
            "of_case": F("case_id"),
            "what": F("chosen"),
            "more": F("agreed_how"),
            "since": F("agreed_at"),
            "until": F("until_on"),
            "over": F("ended_at"),
            "ender": F("ended_by_id"),
            "why_over": F("ended_why"),
        },
    ),
    LAW: Kind(
        _("Acting in law"),
        MandateChange,
        ("person", "recorded_by", "ended_by"),
        {
            "giver": F("recorded_by_id"),
            "to": F("person_id"),
            "of_case": F("case_id"),
            "what": F("kind"),
            "since": F("recorded_at"),
            "until": F("until_on"),
            "over": F("ended_at"),
            "ender": F("ended_by_id"),
        },
    ),
    PLACE: Kind(
        _("A place in a case"),
        AssignmentChange,
        ("user",),
        {
            "to": F("user_id"),
            "of_case": F("case_id"),
            "what": F("why"),
            "since": F("begun_at"),
            "over": F("ended_at"),
        },
    ),
    CONSENT: Kind(
        _("Consent"),
        ConsentChange,
        ("person", "consultant", "given_by"),
        {
            "giver": Coalesce("given_by_id", "person_id"),
            "to": F("consultant_id"),
            "of_case": F("case_id"),
            "what": F("kind"),
            "more": F("how"),
            "since": F("given_at"),
            "over": F("withdrawn_at"),
        },
    ),
    ALONG: Kind(
        _("Reading along for some days"),
        SecondReaderChange,
        ("asked_by", "reader", "ended_by"),
        {
            "giver": F("asked_by_id"),
            "to": F("reader_id"),
            "of_case": F("case_id"),
            "what": F("state"),
            "more": Choose(
                When(patient_no_at__isnull=False, then=_word("no")), default=_word(""), output_field=CharField()
            ),
            "since": F("answered_at"),
            "until": F("until_on"),
            "over": F("ended_at"),
            "ender": F("ended_by_id"),
            "why_over": F("ended_why"),
        },
    ),
    URGENT: Kind(
        _("An urgent look"),
        UrgentLookChange,
        ("reader", "ended_by"),
        {
            "giver": F("reader_id"),
            "to": F("reader_id"),
            "of_case": F("case_id"),
            "since": F("begun_at"),
            "over": F("ended_at"),
            "ender": F("ended_by_id"),
            "why_over": F("ended_why"),
        },
    ),
}


def rows(
    user: Any,
    *,
    kind: str = "",
    people: Collection[UUID] | None = None,
    cases: Collection[UUID] | None = None,
    since: dt.datetime | None = None,
    before: dt.datetime | None = None,
) -> QuerySet[Any]:
    """What fits, the newest first. `people`: somebody of them gave, got, ended or did it. None: whoever, whatever."""
    found = [
        _of(code, each, user, people, cases, since, before)
        for code, each in KINDS.items()
        if code == (kind or code) and (cases is None or each.has_case)
    ]
    if not found:
        return _of(ROLE, KINDS[ROLE], user, [], [], since, before).order_by("-said_at")
    return found[0].union(*found[1:], all=True).order_by("-said_at", "-said_row")


def read(found: QuerySet[Any], first: int, most: int) -> list[Row]:
    """Some of them. One query."""
    return [Row(*said) for said in found[first : first + most]]


def _of(
    code: str,
    kind: Kind,
    user: Any,
    people: Collection[UUID] | None,
    cases: Collection[UUID] | None,
    since: dt.datetime | None,
    before: dt.datetime | None,
) -> QuerySet[Any]:
    found: QuerySet[Any] = kind.model._default_manager.visible_to(user)  # type: ignore[attr-defined]
    if people is not None:
        named = Q(pgh_context__user__in=[str(one) for one in people])
        named |= Q(pgh_context__given_by__in=[str(one) for one in people])
        for name in kind.people:
            named |= Q(**{f"{name}__in": [*people]})
        found = found.filter(named)
    if cases is not None:
        found = found.filter(case__in=[*cases]) if kind.has_case else found.none()
    if since:
        found = found.filter(pgh_created_at__gte=since)
    if before:
        found = found.filter(pgh_created_at__lt=before)
    told = Coalesce(KeyTextTransform("given_by", "pgh_context"), KeyTextTransform("user", "pgh_context"))
    said = {
        "said_kind": _word(code),
        "said_row": F("pgh_id"),
        "said_at": F("pgh_created_at"),
        "said_label": Cast("pgh_label", CharField()),
        "said_who": told,
        **{f"said_{name}": kind.columns.get(name, nothing) for name, nothing in NOTHING.items()},
    }
    return found.order_by().annotate(**said).values_list(*(f"said_{name}" for name in COLUMNS))
