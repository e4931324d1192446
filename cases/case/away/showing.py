"""Who stands in for whom in a case, as its pages say it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.case.away.models import Away, Cover
from cases.case.models import Case, Consent, SecondReader
from cases.case.second import showing as second
from portal import clock, when
from portal.accounts.models import User
from portal.beside import lists


def _with_answer(covers: QuerySet[Cover]) -> QuerySet[Cover]:
    """Beside each, whether the one who stands in may read."""
    read = Consent.objects.standing().filter(kind=Consent.Kind.READ, case=OuterRef("case"))
    may_read = Exists(read.filter(consultant=OuterRef("reader")))
    return covers.annotate(may_read=may_read).select_related("away__consultant", "reader").order_by("handed_at", "pk")


def of_case(case: Case) -> QuerySet[Cover]:
    """Who stands in in this case, and whether they may read. One query."""
    return _with_answer(Cover.objects.open().filter(case=case))


def of_cases(user: Any, away: Away) -> QuerySet[Cover]:
    """The cases that are handed over, as staff who see them may list them."""
    held = Cover.objects.open().filter(away=away, case__in=Case.objects.visible_to(user))
    return _with_answer(held).select_related("case__patient", "away__consultant", "reader")


def is_covered() -> Q:
    """Whether somebody stands in or reads along, beside the cases of a query."""
    return Q(Exists(Cover.objects.open().filter(case=OuterRef("pk")))) | Q(second.is_read_along())


@dataclass(frozen=True)
class Line:
    """One line on a page: what is so, and where the patient answers."""

    text: str
    href: str = ""
    link: str = ""


def lines(case: Case, reader: Any) -> list[Line]:
    """For everybody in the case; the patient can answer where she has not yet. No query for most cases."""
    if not getattr(case, "is_covered", True):
        return []
    found = lists(case, covers=of_case(case), seconds=second.of_case(case))
    return lines_of(found["covers"], found["seconds"], case, reader)


def lines_of(covers: Iterable[Cover], seconds: Iterable[SecondReader], case: Case, reader: Any) -> list[Line]:
    """The same of what `of_case` found, here and of those who read along."""
    along = [Line(*second.line(each, case, reader)) for each in seconds]
    return [_line(cover, case, reader) for cover in covers] + along


def sentence(cover: Cover) -> str:
    """ "Joanne Pike is away until Thursday, December 10. Amir Haddad stands in."."""
    away = cover.away
    said = {"name": away.consultant.name, "other": cover.reader.name, "day": when.day(away.until_on)}
    if clock.today(away.zone) < away.from_on:
        return _("%(name)s is away soon, until %(day)s. %(other)s stands in.") % said
    if clock.today(away.zone) > away.until_on:
        return _("%(name)s was away until %(day)s. %(other)s still stands in.") % said
    return _("%(name)s is away until %(day)s. %(other)s stands in.") % said


def _line(cover: Any, case: Case, reader: User) -> Line:
    text = sentence(cover)
    if cover.may_read:
        return Line(text)
    if reader.pk != case.patient_id:
        waits = _("%(name)s sees the files once the patient says yes.") % {"name": cover.reader.first_name}
        return Line(f"{text} {waits}")
    href = reverse("case:stands_in", args=[cover.pk])
    if cover.declined_at:
        return Line(text, href, _("You said no for now. Change your answer"))
    return Line(text, href, _("May %(name)s read your files?") % {"name": cover.reader.first_name})
