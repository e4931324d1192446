"""The record of what happened: written with the change, never edited; people read it, rules never do."""

from django.db import models
from django.db.models import F, Q

# What the team's list of news shows. The index below is made for these.
NEWS = [
    "consultation.booked",
    "consultation.cancelled",
    "consultation.moved",
    "document.added",
    "message.sent",
    "question.added",
    "report.announced",
    "report.confirmed",
    "report.not_there",
    "report.received",
]
ACTOR_KINDS = ["user", "office", "answer", "system", "anonymous"]


class Event(models.Model):
    """One line of history. Ids and verbs only: no names, no text. The application's role can only insert."""

    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=12)
    actor_id = models.UUIDField(null=True)
    for_patient = models.UUIDField(null=True)
    verb = models.CharField(max_length=60)
    about_type = models.CharField(max_length=60)
    about_id = models.CharField(max_length=40)
    patient = models.UUIDField(null=True)
    case_id = models.UUIDField(null=True)
    why = models.CharField(max_length=60, blank=True)
    address = models.GenericIPAddressField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["patient", "-at"], name="event_by_patient"),
            models.Index(fields=["case_id", "-at"], name="event_by_case"),
            models.Index(fields=["id"], name="event_news", condition=Q(verb__in=NEWS)),
        ]
        constraints = [
            models.CheckConstraint(name="event_actor_kind_is_known", condition=Q(actor_kind__in=ACTOR_KINDS)),
            models.CheckConstraint(
                name="event_users_and_offices_are_named",
                condition=~Q(actor_kind__in=["user", "office", "answer"]) | Q(actor_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.at:%Y-%m-%d %H:%M}"


class Digest(models.Model):
    """One night's seal: a digest of the lines since the night before, chained to it, written outside the database too.

    It covers the ids above `after_id` up to `upto_id`. The numbers are sealed with it, so that lines which are lawfully
    gone can be told from others.
    """

    on_date = models.DateField(unique=True)
    after_id = models.BigIntegerField()
    upto_id = models.BigIntegerField()
    lines = models.PositiveBigIntegerField()
    newest_at = models.DateTimeField(null=True)  # of its youngest line; null without any
    lines_sha256 = models.CharField(max_length=64)
    # Of each table of rights that has new rows: from where to where, how many, the youngest, columns and their digest.
    rights = models.JSONField(default=dict)
    previous = models.CharField(max_length=64, blank=True, unique=True)  # only one can follow another
    sha256 = models.CharField(max_length=64, unique=True)

    class Meta:
        indexes = [models.Index(fields=["upto_id", "id"], name="digest_of_a_line")]
        constraints = [
            models.CheckConstraint(name="digest_goes_on", condition=Q(upto_id__gte=F("after_id"))),
            models.CheckConstraint(
                name="digest_newest_with_lines",
                condition=Q(lines=0, newest_at__isnull=True) | Q(lines__gt=0, newest_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"digest of {self.on_date}"


class RecordLook(models.Model):
    """What the last proof of the record found: one row, for the health page and the message about it."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    at = models.DateTimeField()
    faults = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="recordlook_is_one_row")]

    def __str__(self) -> str:
        return "the last proof of the record"
