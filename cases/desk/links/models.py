"""The link of one office to one visit. Nothing in the table opens it: code and token are made under the house key."""

import uuid
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q

from cases.case.models import Office
from cases.case.people import where
from cases.desk.links.rules import MOST_TRIES, Ended
from cases.records.models import Visit


class OfficeLinkQuerySet(models.QuerySet["OfficeLink"]):
    def visible_to(self, user: Any) -> "OfficeLinkQuerySet":
        return self.filter(where(user, "see_records", "visit__case"))

    def of_code(self, digest: str) -> "OfficeLinkQuerySet":
        """The one whose paper code this is, or was before there was a newer one."""
        return self.filter(Q(code_digest=digest) | Q(former_codes=digest)).distinct()

    def standing(self) -> "OfficeLinkQuerySet":
        """Those nobody has ended. Whether one is open today follows from its visit's day: `rules.standing`."""
        return self.filter(ended_at__isnull=True)


class OfficeLink(models.Model):
    """One for an office and a visit; a new generation makes every earlier code and address false."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="links")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    generation = models.PositiveSmallIntegerField(default=1)
    code_digest = models.CharField(max_length=64, unique=True)  # of the paper code, under the house key
    made_at = models.DateTimeField()
    renewed_at = models.DateTimeField(null=True, blank=True)  # its code and address hold since then, or since made
    awake_since = models.DateTimeField()  # made, last used, or given a fresh code: asleep after some unused days
    opened_at = models.DateTimeField(null=True, blank=True)  # the last time it was opened with what it asks for
    tries = models.PositiveSmallIntegerField(default=0)  # wrong codes since a right one
    birth_date_tries = models.PositiveSmallIntegerField(default=0, db_default=0)  # the same of birth dates
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(max_length=12, choices=Ended.choices, blank=True)

    objects = OfficeLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="officelink_one_standing", fields=["visit", "office"], condition=Q(ended_at__isnull=True)
            ),
            models.CheckConstraint(name="officelink_tries_are_few", condition=Q(tries__lte=MOST_TRIES)),
            models.CheckConstraint(
                name="officelink_birth_date_tries_are_few", condition=Q(birth_date_tries__lte=MOST_TRIES)
            ),
            models.CheckConstraint(
                name="officelink_ended_says_why",
                condition=Q(ended_at__isnull=True, ended_why="") | (Q(ended_at__isnull=False) & ~Q(ended_why="")),
            ),
            models.CheckConstraint(
                name="officelink_ended_why_is_known", condition=Q(ended_why__in=["", *Ended.values])
            ),
        ]

    def __str__(self) -> str:
        return f"office link {self.pk}"

    @property
    def holds_since(self) -> datetime:
        """What was printed or mailed before has a code or an address that is void."""
        return self.renewed_at or self.made_at

    @property
    def wrong_tries(self) -> int:
        """A right code does not make up for wrong birth dates, nor the other way round."""
        return max(self.tries, self.birth_date_tries)


class FormerCode(models.Model):
    """A paper code that held once: who types it is told that there is a newer one."""

    code_digest = models.CharField(max_length=64, primary_key=True)
    link = models.ForeignKey(OfficeLink, on_delete=models.CASCADE, related_name="former_codes")

    def __str__(self) -> str:
        return f"former code of {self.link_id}"
