"""The kinds of message about files: a file that needs its owner, a plan that can be read. Never a name of a file."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.case.models import Assignment, Case
from cases.documents.joining.joined import JoinedPage
from cases.documents.models import PLAN, Version, VersionQuerySet
from portal.accounts.models import User
from portal.reminders.actions import plan
from portal.reminders.kinds import ANSWER, NOTICE, Kind, Words, say
from portal.reminders.models import Reminder
from portal.reminders.patterns import Pattern
from portal.reminders.readers import Reader
from portal.reminders.together import people as people_of
from portal.reminders.together import things

Rows = Sequence[Reminder]

# Who is still on the page sees it there: a message goes only to those who have left.
PATIENCE = timedelta(minutes=15)
NEEDS_YOU_FOR = timedelta(days=7)
NEWS_FOR = timedelta(days=14)


def tell_owner(version: Version, now: datetime) -> None:
    """Plan the message that a file is locked or was not taken. Called in the transaction of the verdict.

    An office reads it on its own page.
    """
    if version.put_in_by_office:
        return
    plan(
        NEEDS_YOU.code,
        version,
        version=version.number,
        recipient=version.put_in_by,
        due_at=now + PATIENCE,
        useful_until=now + NEEDS_YOU_FOR,
        case=version.case,
    )


def tell_consultants(version: Version, now: datetime) -> None:
    """Plan the news of a plan for the consultants who may read it."""
    if version.document.kind != PLAN:
        return
    for consultant in _readers_of(version.case):
        plan(
            NEW_PLAN.code,
            version.document,
            version=version.number,
            recipient=consultant,
            due_at=now,
            useful_until=now + NEWS_FOR,
            case=version.case,
        )


def _readers_of(case: Case) -> list[User]:
    from cases.case.people import may

    places = Assignment.objects.filter(case=case, ended_at__isnull=True, user__role=User.Role.CONSULTANT)
    return [place.user for place in places.select_related("user") if may("read_documents", case, place.user)]


def needs_you_still_due(rows: Rows, now: datetime) -> set[UUID]:
    """Still locked or refused, not taken back, no better one came since, and its reader still knows of it."""
    found = Version.objects.live().filter(state__in=[Version.State.LOCKED, Version.State.REFUSED])
    newer = Version.objects.live().filter(document=OuterRef("document"), number__gt=OuterRef("number"))
    found = found.filter(~Exists(newer), document__withdrawn_at=None)
    return _still_seen(rows, found, "pk")


def _still_seen(rows: Rows, found: VersionQuerySet, about: str) -> set[UUID]:
    """The rows about one of these versions (or its document) that their recipient may know of."""
    readers = people_of(rows)
    still = set()
    for reader in readers.values():
        mine = [row for row in rows if str(row.recipient_id) == str(reader.pk)]
        seen = found.visible_to(reader).filter(**{f"{about}__in": [row.about_id for row in mine]})
        ids = set(seen.values_list(about, flat=True))
        still |= {row.pk for row in mine if row.about_id in ids}
    return still


def needs_you_words(rows: Rows, reader: Reader, now: datetime) -> dict[UUID, Words]:
    found = things(rows, _about)
    return {row.pk: _needs_you(found[row.about_id], reader) for row in rows}


def _about() -> QuerySet[Version]:
    """The files, each with the letter that it is a page of."""
    letter = JoinedPage.objects.filter(photo=OuterRef("document")).values("joined")[:1]
    return Version.objects.annotate(letter=Subquery(letter))


def _needs_you(version: Any, reader: Reader) -> Words:
    pattern = LOCKED if version.state == Version.State.LOCKED else REFUSED
    return say(pattern, {"name": reader.called}, path=_where_it_is_told(version, version.letter))


def _where_it_is_told(version: Version, letter: UUID | None) -> str:
    """The page that says what is wrong with a file: the list, or for a page of a letter that letter's own."""
    if letter:
        return reverse("documents:arrange", args=[letter]) + f"#photo-{version.document_id}"
    return reverse("documents:list", args=[version.case_id]) + f"#file-{version.document_id}"


def new_plan_still_due(rows: Rows, now: datetime) -> set[UUID]:
    """The plan can still be read by this very consultant; of several pieces of news about one, the last is told."""
    last: dict[tuple[UUID, str], Reminder] = {}
    for row in sorted(rows, key=lambda row: row.version):
        last[row.about_id, str(row.recipient_id)] = row
    rows = list(last.values())
    return _still_seen(rows, Version.objects.ready().on_their_own(), "document")


def new_plan_words(rows: Rows, reader: Reader, now: datetime) -> dict[UUID, Words]:
    return {
        row.pk: Words(
            subject=_("A plan is ready to read"),
            lead=_("A plan is ready to read, %(name)s") % {"name": reader.called},
            line=_("Someone you talk with has added it."),
            action_label=_("Open it"),
            path=reverse("documents:detail", args=[row.about_id]),
        )
        for row in rows
    }


LOCKED = Pattern(
    code="documents.locked",
    about=gettext_lazy("Files: one is locked with a password"),
    parts={
        "subject": gettext_lazy("One of your files needs you"),
        "lead": gettext_lazy("One of your files needs you, %(name)s"),
        "line": gettext_lazy("It opens only with a password. Type the password, or add a copy without one."),
        "action_label": gettext_lazy("Open my files"),
    },
    examples={"name": gettext_lazy("Alex")},
)
REFUSED = Pattern(
    code="documents.refused",
    about=gettext_lazy("Files: we could not take one"),
    parts=LOCKED.parts | {"line": gettext_lazy("We could not take it. Your page says why, and what to do.")},
    examples=LOCKED.examples,
)
NEEDS_YOU = Kind(
    code="documents.needs_you",
    message_class=ANSWER,
    label=gettext_lazy("One of your files needs you"),
    still_due=needs_you_still_due,
    about=(_about,),
    words=needs_you_words,
    why=lambda row: _("You added it. If you remove the file, this one goes away."),
    rank=10,
    patterns=(LOCKED, REFUSED),
)
NEW_PLAN = Kind(
    code="documents.new_plan",
    message_class=NOTICE,
    label=gettext_lazy("A plan is ready to read"),
    still_due=new_plan_still_due,
    words=new_plan_words,
    why=lambda row: _("You are this person’s consultant, and they let you read it."),
    rank=30,
)
KINDS = (NEEDS_YOU, NEW_PLAN)
