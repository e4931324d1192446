"""The opinions of a case as its page lists them: which doctor, when, and the paper it stands in."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.case.hands import is_by_hand
from cases.case.models import Case, CaseClinician
from cases.case.people import CONSULTANT, may, role_in
from cases.documents.models import PLAN, Document
from cases.opinions.deciding import rules
from cases.opinions.deciding.models import Decision
from cases.opinions.deciding.rules import ROUNDS, Choice
from cases.records.models import Visit
from cases.records.report import which
from cases.records.rules import why_not_over
from cases.records.states import VisitState
from cases.records.visits.rounds import address
from portal import clock
from portal.accounts.models import User
from portal.beside import lists

R = CaseClinician.Role
NAMES: dict[str, Promise] = {
    R.FIRST: gettext_lazy("First opinion"),
    R.SECOND: gettext_lazy("Second opinion"),
    R.THIRD: gettext_lazy("Third opinion"),
}


@dataclass(frozen=True)
class Opinion:
    """One doctor's, as far as it is known. `on`: the day of the visit; of the first one the day that somebody said,
    else the one that stands on the plan; None while nobody knows. `link`: the doctor's place in the case.
    """

    role: str
    name: str
    doctor: str
    office: str
    on: dt.date | None
    is_heard: bool
    is_past: bool  # its day is there, and nobody said whether the visit took place
    papers: tuple[Document, ...]
    link: CaseClinician

    @property
    def number(self) -> int:
        """1, 2 or 3: its color, the same wherever it stands."""
        return [*NAMES].index(R(self.role)) + 1


def visits_of(case: Case) -> dict[int, Visit]:
    """The live visits, by their round."""
    return {visit.round: visit for visit in Visit.objects.live().filter(case=case)}


def of_case(case: Case, reader: Any, visits: Mapping[int, Visit]) -> list[Opinion]:
    """First, second, third, in that order; papers only for who may open them. One query."""
    asked: dict[str, Any] = {"links": case.clinicians.filter(role__in=NAMES).select_related("clinician__office")}
    if may("read_documents", case, reader):
        asked |= which.asks(case.pk) | {"readable": _readable(case, reader)}
    rows = lists(case, **asked)
    links = {link.role: link for link in rows["links"]}
    papers = _papers(rows) if "readable" in rows else {}
    found = []
    for role in NAMES:
        if role not in links:
            continue
        visit = visits.get(ROUNDS.get(role, 0))
        link, own = links[role], tuple(papers.get(role, ()))
        office = link.clinician.office
        is_heard = role == R.FIRST or bool(visit and visit.state == VisitState.HAPPENED)
        found.append(
            Opinion(
                role=role,
                name=str(NAMES[role]),
                doctor=link.clinician.name,
                office=office.name if office else "",
                on=_day_of_first(link, own) if role == R.FIRST else visit.on_date if visit else None,
                is_heard=is_heard,
                is_past=not is_heard and _may_be_over(visit),
                papers=own,
                link=link,
            )
        )
    return found


def to_choose(opinions: Iterable[Opinion], visits: Mapping[int, Visit], written: Collection[int]) -> dict[str, Any]:
    """For the form of the decision: the `plans` that are there, with the doctor's name or "" where nobody named one,
    and whether she `may_ask` for a third opinion. `written`: the numbers of the doctors of whom something stands.
    """
    names = {each.role: each.doctor for each in opinions}
    happened = {number for number, visit in visits.items() if visit.state == VisitState.HAPPENED}
    plans = {role: names.get(role, "") for role in rules.there(happened, written)}
    return {"plans": plans, "may_ask": rules.may_ask(visits, happened)}


def _may_be_over(visit: Visit | None) -> bool:
    return visit is not None and visit.on_date is not None and not why_not_over(visit.on_date, clock.today(visit.zone))


def not_said(case: Case, reader: Any, opinions: Iterable[Opinion]) -> list[tuple[str, str]]:
    """Whose visit nobody said to have taken place though its day has come, in words with the page that says it: more
    can be chosen then. Nothing for who may not.
    """
    if not (may("change_dates", case, reader) and may("see_records", case, reader)):
        return []
    asked = _("Did the visit with %(name)s take place?")
    past = [each for each in opinions if each.is_past]
    return [(asked % {"name": each.doctor}, address("records:visit", case.pk, ROUNDS[each.role])) for each in past]


def unnamed(case: Case, reader: Any, opinions: Iterable[Opinion], visits: Mapping[int, Visit]) -> list[tuple[str, str]]:
    """Who has no name yet, in words, with the page that names them; nothing for who may not."""
    if not (may("change_dates", case, reader) and may("see_records", case, reader)):
        return []
    ways = {
        R.FIRST: (_("Name the doctor who gave the plan"), reverse("case:people", args=[case.pk])),
        R.SECOND: (_("Name the second doctor"), address("records:visit", case.pk, ROUNDS[R.SECOND])),
    }
    if ROUNDS[R.THIRD] in visits:
        ways[R.THIRD] = (_("Name the third doctor"), address("records:visit", case.pk, ROUNDS[R.THIRD]))
    named = {each.role for each in opinions}
    return [way for role, way in ways.items() if role not in named]


def _day_of_first(link: CaseClinician, plan: tuple[Document, ...]) -> dt.date | None:
    """As somebody said it; else as it stands on the plan, if that is one day."""
    days = {document.dated_on for document in plan if document.dated_on}
    return link.heard_on or (days.pop() if len(days) == 1 else None)


def _readable(case: Case, reader: Any) -> QuerySet[Document]:
    seen = Document.objects.visible_to(reader).filter(case=case, withdrawn_at=None)
    return seen.filter(kind__in=[PLAN, which.SECOND_REPORT])


def _papers(rows: Mapping[str, list[Any]]) -> dict[str, list[Document]]:
    """The plan is the first doctor's; a report is that of the visit it is known to be of, and of none while it may be
    of several.
    """
    readable = {document.pk: document for document in rows["readable"]}
    found: dict[str, list[Document]] = {R.FIRST: [each for each in readable.values() if each.kind == PLAN]}
    of_round = {number: role for role, number in ROUNDS.items()}
    for version, visits in which.files_from(rows):
        if len(visits) == 1 and version.document_id in readable:
            found.setdefault(of_round[visits[0].round], []).append(readable[version.document_id])
    return found


def doctors(case: Case) -> dict[str, str]:
    """The names of the first, second and third doctor, by role."""
    links = {link.role: link.clinician.name for link in case.clinicians.select_related("clinician")}
    return {str(role): links[role] for role in NAMES if role in links}


def speaks_for(case: Case, user: Any) -> str:
    """The patient's name before a coordinator who is her hands and her voice; "" for everybody else."""
    speaks = bool(user.role) and may("speak_for", case, user) and is_by_hand(case.patient)
    return case.patient.first_name if speaks else ""


def history(case: Case, reader: Any) -> list[Decision]:
    """What was said, newest first; nothing for who may not see private words. Who speaks for her sees what was written
    down on the phone, to read it back to her.
    """
    if case.key.destroyed_at:  # erased: neither her words nor what she chose
        return []
    found = Decision.objects
    seen = found.written_down() if speaks_for(case, reader) else found.visible_to(reader)
    said = seen.filter(case=case).select_related("decided_by", "written_by", "clinician")
    decisions = list(said.order_by("-decided_at"))
    for decision in decisions:
        decision.case = case
    return decisions


def check_in_ahead(stands: Decision, case: Case) -> dt.date | None:
    """The day on which we get in touch, while it is to come and the case is open."""
    on = stands.check_in_on
    return on if on and case.state != Case.State.CLOSED and on >= clock.today(case.patient.zone) else None


def matters(case: Case, reader: Any) -> str:
    """What matters to her, as far as this person may read it."""
    if may("see_private_words", case, reader):
        return case.matters
    if speaks_for(case, reader):
        return case.matters if case.matters_written_by_id else ""
    return case.matters if case.matters_is_shared and role_in(case, reader) == CONSULTANT else ""


def written_down(who: User | None, case: Case) -> str:
    """Who of us wrote it down for her, said to everybody who reads it; nothing for what she saved herself."""
    said = {"who": who.name if who else "", "name": case.patient.first_name}
    return _("Written down by %(who)s for %(name)s on the phone.") % said if who else ""


def in_words(decision: Decision) -> str:
    """What was chosen, with the name that the doctor had then where it is a doctor's plan."""
    return decision.doctor or str(Choice(decision.choice).label)
