"""Messages that a person brings, as rows of the board: a letter to post, or something to say by phone."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.case.models import Case, ToDo
from portal import when
from portal.accounts.models import User
from portal.pages import cards, todos
from portal.pages.facts import Gathered
from portal.reminders import by_hand, kinds, post, rules
from portal.reminders.models import Delivery, RecipientType, Reminder


@dataclass(frozen=True)
class Waiting:
    """Messages with their people and cases."""

    messages: list[Delivery] = field(default_factory=list)
    people: dict[str, User] = field(default_factory=dict)
    cases: dict[UUID, Case] = field(default_factory=dict)
    closed: frozenset[dt.date] = frozenset()


def due(user: Any, now: dt.datetime) -> QuerySet[Delivery]:
    """What a person should post or say now; what nobody picked up for waits for its next day."""
    found = Delivery.objects.visible_to(user).by_hand().filter(recipient_type=RecipientType.USER)
    found = found.exclude(channel=Delivery.Channel.LETTER, recipient_id__in=_in_bundles())
    return found.filter(Q(next_try_at=None) | Q(next_try_at__lte=now)).order_by("created_at", "pk")


def _in_bundles() -> Any:
    """Those to whom a bundle is to be posted: their letters go with it, and it has one row."""
    bundles = ToDo.objects.open().filter(kind="post_sheet", case__isnull=False)
    return bundles.annotate(whose=Cast("case__patient", CharField())).values("whose")


def letters_to(user: Any, person: User, now: dt.datetime) -> list[Delivery]:
    """The letters that wait for this person, in a bundle or not."""
    found = Delivery.objects.visible_to(user).by_hand().filter(channel=Delivery.Channel.LETTER)
    own = found.filter(recipient_type=RecipientType.USER, recipient_id=str(person.pk))
    return list(own.filter(Q(next_try_at=None) | Q(next_try_at__lte=now)).order_by("created_at", "pk"))


def of_case(user: Any, case: Case, now: dt.datetime) -> QuerySet[Delivery]:
    """Those of one case."""
    mine = Q(case_id=case.pk) | Q(case_id=None, recipient_id=str(case.patient_id))
    return due(user, now).filter(mine).prefetch_related("rows")


def look_up(user: Any, messages: QuerySet[Delivery], now: dt.datetime) -> Waiting:
    """Those messages with all that their rows show. Three queries."""
    found = list(messages.prefetch_related("rows"))
    if not found:
        return Waiting()
    people = User.objects.filter(pk__in=[each.recipient_id for each in found])
    return known(found, people, cases_of(user, found), now)


def cases_of(user: Any, messages: Iterable[Delivery]) -> QuerySet[Case]:
    """The cases of these messages, as far as the reader knows them."""
    ids = {case_id for message in messages if (case_id := _case_id(message))}
    return Case.objects.visible_to(user).filter(pk__in=ids).select_related("patient", "key")


def known(messages: list[Delivery], people: Iterable[User], cases: Iterable[Case], now: dt.datetime) -> Waiting:
    """Messages with their people and cases, who were read before."""
    has_letters = any(each.channel == Delivery.Channel.LETTER for each in messages)
    return Waiting(
        messages,
        {str(person.pk): person for person in people},
        {case.pk: case for case in cases},
        post.closed(now) if has_letters else frozenset(),
    )


def rows(waiting: Waiting, gathered: Mapping[UUID, Gathered], now: dt.datetime, *, back: str) -> list[dict[str, Any]]:
    """One row a message; `back` is the page that the presses lead to."""
    found = []
    for message in waiting.messages:
        person = waiting.people.get(message.recipient_id)
        open_rows = _open(message)
        if person and open_rows:
            found.append(_row(message, open_rows, person, waiting, gathered, now) | {"back": back})
    return found


def _open(message: Delivery) -> list[Reminder]:
    return rules.leading(row for row in message.rows.all() if row.settled_at is None)


def _case_id(message: Delivery) -> UUID | None:
    """Its case; of a message about several, that of the thing that leads."""
    return message.case_id or next((row.case_id for row in _open(message) if row.case_id), None)


def _row(
    message: Delivery,
    held: list[Reminder],
    person: User,
    waiting: Waiting,
    gathered: Mapping[UUID, Gathered],
    now: dt.datetime,
) -> dict[str, Any]:
    case = waiting.cases.get(_case_id(message) or message.pk)
    is_letter = message.channel == Delivery.Channel.LETTER
    lines = [about(held), _post_by(held, person, waiting.closed) if is_letter else todos.reach(person)]
    if case and case.pk in gathered:
        lines.insert(1, todos.visit_line(gathered[case.pk].facts, when.as_date(now)))
    row = {
        "on": message.local_on,
        "label": _("Post a letter") if is_letter else _("Call with a message"),
        "tag": "plum",
        "icon": "print" if is_letter else "phone",
        "name": person.name,
        "href": cards.file_url(case) if case else reverse("pages:fix_address", args=[person.pk]),
        "lines": lines,
        "call": None if is_letter else todos.call_button(None, person),
        "log_href": "",
        "letter": {"pk": message.pk, "seen": by_hand.seen(held)} if is_letter else None,
        "said": None,
    }
    if not is_letter and case and case.patient_id == person.pk:
        row["log_href"] = f"{reverse('pages:log_call', args=[case.pk])}?message={message.pk}"
    elif not is_letter:
        row["said"] = message.pk
    return row


def about(held: list[Reminder]) -> str:
    """What it speaks of; the words themselves stand in the letter and where the call is logged."""
    labels = {str(kind.label): None for row in held if (kind := kinds.known(row.kind))}
    return _("About: %(things)s.") % {"things": ", ".join(labels) or _("A reminder")}


def _post_by(held: list[Reminder], person: User, closed: frozenset[dt.date]) -> str:
    day = min(rules.post_by(row, person.zone, closed) for row in held)
    said = {"count": rules.LETTER_TAKES, "day": when.short_day(day)}
    return _("The mail takes %(count)d business days. Post it by %(day)s at the latest.") % said
