"""Words looked for in all of one case that a person may see: messages, questions, files, the review and its notes, the
summary, what came of calls, visits, offices, records, what the team wrote down of calls and to-dos.

Most of it is sealed, so it is opened here row by row, the newest first, and let go again: never more than some rows are
held, however long the thread. Nothing of what is looked for is kept, and it travels by POST and in no address.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import reduce
from itertools import starmap
from operator import or_
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from cases.case.models import Case, CaseClinician
from cases.case.people import CONSULTANT, has_consent_to_read, may, role_in, where
from cases.documents.finding import base_of
from cases.documents.reading import looks
from cases.documents.search import case_search
from cases.documents.search.case_search import Piece, Within, pieces_of, sought
from cases.documents.search.folding import folded
from cases.opinions.comparing.models import Point
from cases.opinions.questions.models import Question
from cases.records.models import RecordItem, Visit
from cases.reviews import searching
from cases.reviews.searching import Written
from cases.threads.models import Message
from portal import when
from portal.access import PERSON, find_or_404, open_to
from portal.accounts import recheck
from portal.actors import Actor
from portal.history.actions import record
from portal.pages import search_team

VERBS = ("see_records", "read_messages", "see_questions", "read_summary")  # any of these lets look
MOST_MESSAGES = 10_000  # looked through, the newest first
AT_ONCE = 200  # rows in memory
SHOWN = 20  # of each part
OF_THE_TEAM = {"team": gettext_lazy("Calls, to-dos and worries"), "wrong": gettext_lazy("What is said to be wrong")}


@dataclass(frozen=True)
class Hit:
    """One thing in which the words stand: its place, what it is, the words around; what a look at it is a look at."""

    href: str
    title: str
    pieces: list[Piece] = field(default_factory=list)
    of: Any = None


@dataclass
class Part:
    """What was found in one part of the case."""

    name: str | Promise
    hits: list[Hit] = field(default_factory=list)
    is_whole: bool = True

    def take(self, hits: Iterable[Hit]) -> "Part":
        for hit in hits:
            if len(self.hits) == SHOWN:
                self.is_whole = False
                break
            self.hits.append(hit)
        return self


class SearchForm(forms.Form):
    """What to look for."""

    words = forms.CharField(
        max_length=case_search.LONGEST,
        label=gettext_lazy("Look for words"),
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Type a word to look for.")},
    )

    def clean_words(self) -> list[str]:
        """The words one by one."""
        if not (asked := sought(self.cleaned_data["words"])):
            raise forms.ValidationError(self.fields["words"].error_messages["required"], code="required")
        return asked


@open_to(PERSON)
@recheck.required
@require_http_methods(["GET", "HEAD", "POST"])
def search(request: HttpRequest, pk: UUID) -> HttpResponse:
    """All your words must stand in one message, question, file, part of the review, note, visit, office or record. That
    somebody looked is on record; for what is nobody's to know.
    """
    user: Any = request.user
    case = find_or_404(cases_to_search(user).select_related("patient", "key"), pk=pk)
    is_closed_to = waits_for_consent(case, user)
    form = SearchForm(request.POST if request.method == "POST" else None)
    parts, files = [], None
    if form.is_valid() and not is_closed_to:
        parts, files = in_case(case, user, form.cleaned_data["words"])
        by = Actor.of(request)
        looks.note_search(case, by=by)
        _note_looks(case, [hit.of for part in parts for hit in part.hits], by=by)
        for row in files.files:
            if row.places:
                looks.note_opening(row.version, by=by)
    context = {
        "case": case,
        "form": form,
        "base": base_of(request),
        "is_asked": form.is_bound and form.is_valid() and not is_closed_to,
        "is_closed_to": is_closed_to,
        "parts": [part for part in parts if part.hits],
        "answer": files,
        "is_whole": files is not None and files.is_whole and all(part.is_whole for part in parts),
    }
    return render(request, "pages/search.html", context, status=422 if form.errors else 200)


def _note_looks(case: Case, shown: list[Any], *, by: Actor) -> None:
    """What is shown is a look at it, as on its own page."""
    searching.note_looks([row for row in shown if isinstance(row, searching.LOOKED_AT)], by=by)
    search_team.note_looks(case, shown, by=by)
    if by.user and by.user.role and any(isinstance(row, Point) for row in shown):
        record(by, "opinions.seen", case, patient=case.patient_id, case=case.pk, why="care")


def cases_to_search(user: Any) -> QuerySet[Case]:
    """Those in which this person may see something besides dates."""
    return Case.objects.filter(reduce(or_, (where(user, verb) for verb in VERBS)))


def waits_for_consent(case: Case, user: Any) -> bool:
    """Whether the patient has not said yes to this consultant's reading: then nothing is found."""
    return role_in(case, user) == CONSULTANT and not has_consent_to_read(case, user)


def in_case(case: Case, user: Any, asked: list[str]) -> tuple[list[Part], case_search.Answer]:
    """What was found, part by part, and in the files."""
    messages = Within(_messages(case, user), MOST_MESSAGES, least=AT_ONCE)
    review = searching.review_to_search(case, user)
    parts = [
        Part(gettext_lazy("Messages")).take(_in_messages(messages, case, user, asked)),
        Part(gettext_lazy("Questions")).take(_in_questions(case, user, asked)),
        Part(gettext_lazy("The review")).take(_of(searching.in_review(review) if review else (), asked)),
        Part(gettext_lazy("Notes on pages")).take(_of(searching.in_notes(review, user) if review else (), asked)),
        Part(gettext_lazy("The plan in plain words")).take(_of(searching.in_summaries(case, user), asked)),
        Part(gettext_lazy("After calls")).take(
            _of((*searching.in_outcomes(case, user), *searching.in_doctor_notes(case, user)), asked)
        ),
        Part(gettext_lazy("Visits and offices")).take(_in_visits(case, user, asked)),
        Part(gettext_lazy("Records")).take(_in_records(case, user, asked)),
        Part(gettext_lazy("The opinions")).take(_in_opinions(case, user, asked)),
        Part(gettext_lazy("What the reader asked for")).take(_of(searching.in_askings(case, user), asked)),
    ]
    written, is_whole = search_team.read(case, user)
    parts += [Part(name).take(_of(starmap(Written, written[key]), asked)) for key, name in OF_THE_TEAM.items()]
    parts[-1].is_whole = parts[-1].is_whole and is_whole
    parts[0].is_whole = parts[0].is_whole and not messages.was_cut
    return parts, case_search.in_case(case, user, asked)


def stand_in(text: str, asked: list[str]) -> bool:
    """Whether all the words stand in a text."""
    here = folded(text)
    return all(word in here for word in asked)


def _messages(case: Case, user: Any) -> Iterator[Message]:
    found = Message.objects.visible_to(user).filter(case=case).select_related("author").order_by("-number")
    return found.iterator(chunk_size=AT_ONCE)


def _in_messages(found: Iterable[Message], case: Case, user: Any, asked: list[str]) -> Iterator[Hit]:
    for message in found:
        message.case = case  # its key is at hand: opening costs no query
        if stand_in(message.text, asked):
            who = _("You") if message.author_id == user.pk else message.author.name
            said = {"name": who, "at": when.moment(message.sent_at)}
            title = _("Note of the team: %(name)s, %(at)s") if message.is_internal else _("%(name)s, %(at)s")
            yield Hit(message.get_absolute_url(), title % said, pieces_of(message.text, asked))


def _in_questions(case: Case, user: Any, asked: list[str]) -> Iterator[Hit]:
    for question in Question.objects.visible_to(user).filter(case=case).in_order().iterator(chunk_size=AT_ONCE):
        question.case = case
        text = f"{question.text}\n{question.answer}".strip()
        if stand_in(text, asked):
            yield Hit(question.get_absolute_url(), str(question.get_state_display()), pieces_of(text, asked))


def _of(written: Iterable[Written], asked: list[str]) -> Iterator[Hit]:
    for each in written:
        if stand_in(each.text, asked):
            yield Hit(each.href, each.title, pieces_of(each.text, asked), each.of)


def _in_visits(case: Case, user: Any, asked: list[str]) -> Iterator[Hit]:
    if not may("see_records", case, user):
        return
    visits = Visit.objects.visible_to(user).filter(case=case).select_related("office", "clinician")
    for visit in visits.order_by("-round", "pk"):
        parts = [visit.clinician.name if visit.clinician else "", *_of_office(visit.office)]
        if visit.on_date:
            parts.append(when.day(visit.on_date, year=True))
        yield from _if_found(visit.get_absolute_url(), _("Visit"), parts, asked)
    known = CaseClinician.objects.visible_to(user).filter(case=case)
    links = known.select_related("clinician__office").order_by("pk")
    for link in links:
        parts = [link.clinician.name, link.clinician.specialty, *_of_office(link.clinician.office)]
        yield from _if_found(reverse("case:people", args=[case.pk]), _("Doctor"), parts, asked)


def _of_office(office: Any) -> list[str]:
    return [office.name, office.desk, office.place, office.phone] if office else []


def _in_records(case: Case, user: Any, asked: list[str]) -> Iterator[Hit]:
    items = RecordItem.objects.visible_to(user).filter(visit__case=case).wanted()
    for item in items.select_related("kind", "holder", "visit").order_by("kind__place", "pk"):
        item.visit.case = case
        parts = [item.kind.called, *_of_office(item.holder), item.carrier, item.tracking, item.reason]
        yield from _if_found(reverse("records:list", args=[case.pk]), _("Record"), parts, asked)


def _in_opinions(case: Case, user: Any, asked: list[str]) -> Iterator[Hit]:
    """The lines of the comparison, each with what it is about."""
    for point in Point.objects.visible_to(user).filter(case=case).standing().order_by("put_in_at", "pk"):
        point.case = case
        if stand_in(point.text, asked):
            title = str(point.get_topic_display())
            yield Hit(point.get_absolute_url(), title, pieces_of(point.text, asked), point)


def _if_found(href: str, title: str, parts: list[str], asked: list[str]) -> Iterator[Hit]:
    text = ", ".join(part for part in parts if part)
    if stand_in(text, asked):
        yield Hit(href, title, pieces_of(text, asked))
