"""The record of what happened: written with the change, never edited; people read it, rules never do."""

from django.db import models
from django.db.models import Q

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
    """A chained digest of the events up to one id, made each night and kept outside the database too."""

    on_date = models.DateField(unique=True)
    upto_id = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    previous = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"digest of {self.on_date}"
