"""What the case file lists beside the facts of its case: read in two queries, however much there is of anything."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cases.case import people
from cases.case.authority import Authority
from cases.case.away import showing as away_showing
from cases.case.corrections import showing as corrections
from cases.case.models import Assignment, CallLog, Case, CaseClinician, Correction, Cover, Office, SecondReader, ToDo
from cases.case.second import showing as second_showing
from cases.desk.mail import desks
from cases.desk.models import OfficeLink
from cases.documents.reading import looks
from cases.opinions.questions import showing as showing_questions
from cases.opinions.questions.models import Question
from cases.records.models import Release
from portal import beside
from portal.accounts.models import User
from portal.history.models import Event
from portal.pages import hand, log_rows, office_links, privacy, signed
from portal.reminders.models import Delivery, Reminder

LINES_ON_A_PAGE = 15
REMINDERS_SHOWN = 6
CALLS_SHOWN = 5


@dataclass(frozen=True)
class Lists:
    """Every list of the page, as its reader may know it. Where one is named, the case is the page's own."""

    todos: list[ToDo]
    messages: list[Delivery]
    questions: list[Question]
    releases: list[Release]
    authority: list[Authority]
    events: list[Event]  # one more than the page shows, where there are older ones
    calls: list[CallLog]
    places: list[Assignment]
    doctors: list[CaseClinician]
    covers: list[Cover]
    seconds: list[SecondReader]
    able: list[User]
    links: list[OfficeLink]
    corrections: list[Correction]
    reminders: list[Reminder]


@dataclass(frozen=True)
class Named:
    """Whom and what the lists name by id."""

    people: list[User]
    offices: list[Office]
    names: Mapping[str, str]  # of files, by their ids
    cases: list[Case]

    def desks(self, reminders: list[Reminder]) -> dict[str, Office]:
        """The offices that reminders go to, by recipient."""
        offices = {office.pk: office for office in self.offices}
        ids = desks.office_ids(log_rows.desks_of(reminders))
        return {key: offices[office] for key, office in ids.items() if office in offices}


def of_case(case: Case, user: Any, before: str, now: dt.datetime) -> Lists:
    """The lists. `before`: the line of history that the page shows the older ones of."""
    todos = ToDo.objects.open().visible_to(user).filter(case=case).select_related("asked_by")
    calls = CallLog.objects.visible_to(user).filter(case=case).select_related("by")
    found = Lists(
        **beside.lists(
            case,
            todos=todos.order_by("due_on", "asked_at"),
            messages=hand.of_case(user, case, now),
            questions=showing_questions.open_in(case, user),
            releases=signed.releases_of(case, user).with_all_they_name(),
            authority=signed.authority_of(case, user),
            events=privacy.before_line(privacy.events_of(case), before)[: LINES_ON_A_PAGE + 1],
            calls=calls.order_by("-at", "pk")[:CALLS_SHOWN],
            places=case.assignments.filter(ended_at=None).select_related("user").order_by("begun_at"),
            doctors=case.clinicians.select_related("clinician__office").order_by("id"),
            covers=away_showing.of_case(case),
            seconds=second_showing.of_case(case),
            able=people.able_to(case, "read_documents"),
            corrections=corrections.beside(case),
            links=office_links.of_case(case, user),
            reminders=Reminder.objects.filter(case_id=case.pk, delivery=None).coming()[:REMINDERS_SHOWN],
        )
    )
    for row in (*found.todos, *found.questions, *found.authority, *found.calls, *found.corrections):
        row.case = case
    for each in (*found.releases, *found.links):
        each.visit.case = case
    return found


def named_in(lists: Lists, case: Case, user: Any) -> Named:
    """Whom and what they name."""
    ids = {log_rows.person_id(row) for row in (*lists.reminders, *lists.messages)} - {""}
    offices = privacy.offices_of(lists.events) | set(desks.office_ids(log_rows.desks_of(lists.reminders)).values())
    found = beside.lists(
        case,
        people=User.objects.filter(pk__in=privacy.people_of(lists.events) | ids),
        offices=Office.objects.filter(pk__in=offices),
        files=looks.files_of(lists.events, user),
        cases=hand.cases_of(user, lists.messages),
    )
    return Named(found["people"], found["offices"], looks.names_in(lists.events, found["files"]), found["cases"])
