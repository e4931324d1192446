"""A secret address under which a calendar reads somebody's calls by itself. Only its digest is kept.

Whoever has the address reads when the calls are and with whom, by first name, and nothing else. A new address ends the
one before.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from bookings import calendars, invitations
from bookings.models import Consultation
from cases.case.people import where
from portal import clock
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record

BEHIND = timedelta(days=31)
MOST = 500


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    def by_token(self, token: str) -> "CalendarFeed | None":
        """The feed of a secret address, while its person may sign in."""
        found = self.filter(digest=digest_of(token), person__can_sign_in=True)
        return found.select_related("person").first()

    def of(self, person: User) -> "CalendarFeed | None":
        return self.filter(person=person).first()


class CalendarFeed(models.Model):
    """That somebody has such an address, and since when."""

    person = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(digest__regex="^[0-9a-f]{64}$"), name="calendarfeed_keeps_a_digest"),
        ]

    def __str__(self) -> str:
        return f"calendar feed {self.pk}"


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def make(person: User, *, by: Actor) -> str:
    """A new secret address for one's own calls; returns its token, which is shown once. The one before ends."""
    _must_own(person, by)
    token = secrets.token_urlsafe(32)
    feed, _made = CalendarFeed.objects.update_or_create(
        person=person, defaults={"digest": digest_of(token), "made_at": clock.now()}
    )
    record(by, "calendar_feed.made", feed, patient=person.own_record)
    return token


@transaction.atomic
def stop(person: User, *, by: Actor) -> None:
    """End the address. Twice changes nothing."""
    _must_own(person, by)
    end_with_access(person, by=by)


@transaction.atomic
def end_with_access(person: User, *, by: Actor) -> None:
    """With another role it would show other calls, and nobody would know; a closed account has none."""
    feed = CalendarFeed.objects.select_for_update().filter(person=person).first()
    if feed:
        record(by, "calendar_feed.stopped", feed, patient=person.own_record)
        feed.delete()


def _must_own(person: User, by: Actor) -> None:
    if by.id != person.pk:
        raise Refused(_("Only they can do that."), code="role")


def path_of(token: str) -> str:
    return reverse("bookings:feed", args=[token])


def calls_of(person: User, now: datetime) -> models.QuerySet[Consultation]:
    """A consultant's calls and one's own, a patient's, and those that a helper may join, from a month ago on."""
    mine = Q(patient=person) | (Q(consultant=person) if person.role else where(person, "join_calls", "case"))
    calls = Consultation.objects.booked().filter(mine, ends_at__gt=now - BEHIND).order_by("starts_at", "pk")
    return calls.select_related("patient", "consultant")[:MOST]


def file(feed: CalendarFeed, now: datetime) -> bytes:
    """All of these calls as one calendar."""
    entries = [invitations.entry(call, feed.person) for call in calls_of(feed.person, now)]
    return calendars.feed(entries, now)
