"""Reminder: what is due, when, to whom. Delivery: one message made of due rows. Pause. Run: the sender's last turn."""

import uuid
from typing import Any

from django.db import models
from django.db.models import F, Q

from portal import clock
from portal.reminders import kinds, rules
from portal.reminders.wording_models import Wording as Wording
from portal.vault.fields import SealedText
from portal.vault.keys import house_key


class RecipientType(models.TextChoices):
    USER = "user"
    OFFICE = "office"
    ROLE = "role"
    INVITED = "invited"  # somebody who was asked to come, and may have no account
    COMPANION = "companion"  # somebody who sits in on a call, without an account


class MessageClass(models.TextChoices):
    ANSWER = kinds.ANSWER
    NOTICE = kinds.NOTICE
    REMINDER = kinds.REMINDER


class Outcome(models.TextChoices):
    """How a row was settled.

    Paused: it passed while its reader rested. Muted: we held it back. Handed on: from a role to its people.
    """

    SENT = "sent"
    ANSWERED = "answered"
    NOT_NEEDED = "not_needed"
    WITHDRAWN = "withdrawn"
    PASSED = "passed"
    PAUSED = "paused"
    HANDED_ON = "handed_on"
    MUTED = "muted"


class ReminderQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Rows a person may know of: their own; a coordinator all."""
        if not user.is_authenticated:
            return self.none()
        if user.role == "coordinator":
            return self
        return self.filter(recipient_type=RecipientType.USER, recipient_id=str(user.pk))

    def unsettled(self):
        return self.filter(settled_at=None)

    def about(self, thing):
        return self.filter(about_type=thing._meta.label_lower, about_id=thing.pk)

    def to_person(self, user):
        return self.filter(recipient_type=RecipientType.USER, recipient_id=str(user.pk))

    def coming(self):
        return self.unsettled().order_by("due_at", "pk")

    def sent(self):
        return self.filter(settled_as=Outcome.SENT).order_by("-settled_at", "pk")


class Reminder(models.Model):
    """One thing due to one recipient. The words are made when it is sent, from the thing as it then is."""

    Outcome = Outcome

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=60)
    about_type = models.CharField(max_length=60)
    about_id = models.UUIDField()
    version = models.PositiveIntegerField()
    case_id = models.UUIDField(null=True, blank=True)
    recipient_type = models.CharField(max_length=10, choices=RecipientType)
    recipient_id = models.CharField(max_length=64)
    step = models.PositiveSmallIntegerField(default=0)
    resent = models.PositiveSmallIntegerField(default=0)  # the how-manieth sending again by staff; 0: as planned
    message_class = models.CharField(max_length=10, choices=MessageClass)
    due_at = models.DateTimeField()
    useful_until = models.DateTimeField()
    generation = models.PositiveSmallIntegerField(default=1)
    put_off_at = models.DateTimeField(null=True, blank=True)  # when its reader said "later": then it keeps that day
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_as = models.CharField(max_length=12, choices=Outcome, blank=True)
    delivery = models.ForeignKey("Delivery", null=True, blank=True, on_delete=models.SET_NULL, related_name="rows")

    together: Any = None  # the other rows of a page

    objects = ReminderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "about_id", "version", "recipient_id", "step", "resent"],
                name="reminder_is_planned_and_resent_once",
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_as="") | (Q(settled_at__isnull=False) & ~Q(settled_as="")),
                name="reminder_settled_at_and_settled_as_go_together",
            ),
            models.CheckConstraint(condition=Q(useful_until__gt=F("due_at")), name="reminder_is_due_while_useful"),
            models.CheckConstraint(
                condition=Q(message_class__in=MessageClass.values), name="reminder_message_class_is_known"
            ),
            models.CheckConstraint(
                condition=Q(recipient_type__in=RecipientType.values), name="reminder_recipient_type_is_known"
            ),
            models.CheckConstraint(
                condition=Q(settled_as__in=["", *Outcome.values]),
                name="reminder_settled_as_is_known",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(settled_at=None), name="reminder_due"),
            models.Index(fields=["settled_at"], condition=Q(settled_as=Outcome.PASSED), name="reminder_passed"),
            models.Index(fields=["settled_at"], condition=Q(settled_as=Outcome.PAUSED), name="reminder_paused"),
            models.Index(fields=["about_id", "kind"], name="reminder_about"),
            models.Index(fields=["case_id", "due_at"], name="reminder_case"),
            models.Index(fields=["recipient_id", "due_at"], name="reminder_recipient"),
        ]

    def __str__(self):
        return f"{self.kind} {self.pk}"

    @property
    def recipient(self):
        return self.recipient_type, self.recipient_id


BY_HAND = ("letter", "call")  # channels that a person serves


class DeliveryQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Messages a person may know of: their own; a coordinator all."""
        if not user.is_authenticated:
            return self.none()
        if user.role == "coordinator":
            return self
        return self.filter(recipient_type=RecipientType.USER, recipient_id=str(user.pk))

    def open(self):
        return self.filter(sent_at=None, failed_at=None, withdrawn_at=None)

    def going_out(self):
        """In a sender's hands, or with words that may have gone out before it died."""
        held_since = clock.real_now() - rules.CLAIM_LASTS
        return self.open().filter(Q(claimed_at__gt=held_since) | ~Q(body=b""))

    def by_hand(self):
        """What a person should post or say."""
        return self.open().filter(channel__in=BY_HAND)

    def failed(self):
        """What staff should look at: given up, or tried several times without success."""
        return self.filter(sent_at=None, withdrawn_at=None).filter(Q(failed_at__isnull=False) | Q(failures__gte=3))


class Delivery(models.Model):
    """One message. Claimed, sealed, sent, then stamped; a body that is kept unsent may have gone out."""

    class Channel(models.TextChoices):
        MAIL = "mail"
        TEXT = "text"
        LETTER = "letter"
        CALL = "call"

    class Failure(models.TextChoices):
        REFUSED = "refused"
        DEFERRED = "deferred"
        AWAY = "away"
        UNSURE = "unsure"
        NO_ADDRESS = "no_address"
        BROKEN = "broken"

    class Reply(models.TextChoices):
        DONE = kinds.DONE
        NOT_YET = kinds.NOT_YET
        CALL = kinds.CALL
        NOT_ME = "not_me"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    recipient_type = models.CharField(max_length=10, choices=RecipientType)
    recipient_id = models.CharField(max_length=64)
    case_id = models.UUIDField(null=True, blank=True)
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.MAIL)
    message_class = models.CharField(max_length=10, choices=MessageClass)
    is_gathered = models.BooleanField()
    local_on = models.DateField()
    created_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(  # who posted or said it; nobody: the sender
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    failed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    came_back_at = models.DateTimeField(null=True, blank=True)  # the server took it, and could not bring it
    next_try_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=12, choices=Failure, blank=True)
    reply = models.CharField(max_length=10, choices=Reply, blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)
    message_id = models.CharField(max_length=200, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    holds = models.PositiveSmallIntegerField(default=0)  # how many rows the sealed words speak of
    body = SealedText()  # the whole message as it goes out
    generation = models.PositiveSmallIntegerField(default=1)
    again_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=["recipient_type", "recipient_id", "local_on"],
                condition=Q(is_gathered=True),
                name="delivery_one_gathered_a_day",
            ),
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(failed_at=None, withdrawn_at=None),
                name="delivery_sent_is_neither_failed_nor_withdrawn",
            ),
            models.CheckConstraint(
                condition=Q(sent_by=None) | Q(sent_at__isnull=False), name="delivery_sent_by_says_when_it_went"
            ),
            models.CheckConstraint(
                condition=Q(reply="", replied_at=None) | (~Q(reply="") & Q(replied_at__isnull=False)),
                name="delivery_reply_and_replied_at_go_together",
            ),
            models.CheckConstraint(condition=Q(failed_at=None) | ~Q(failure=""), name="delivery_failed_says_how"),
            models.CheckConstraint(
                condition=Q(is_gathered=False) | ~Q(message_class=kinds.ANSWER),
                name="delivery_answers_are_never_gathered",
            ),
        ]
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=Q(sent_at=None, failed_at=None, withdrawn_at=None),
                name="delivery_open",
            ),
            models.Index(fields=["-created_at"], name="delivery_log"),
            models.Index(
                fields=["created_at"],
                condition=Q(sent_at=None, failed_at=None, withdrawn_at=None, channel__in=["letter", "call"]),
                name="delivery_by_hand",
            ),
        ]

    def __str__(self):
        return f"{self.channel} {self.pk}"

    @property
    def recipient(self):
        return self.recipient_type, self.recipient_id

    @property
    def sealing_key(self):
        """The house's key: one message may speak of two cases, and holds nothing clinical."""
        return house_key()


class PauseQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own; a coordinator sees who rests."""
        if not user.is_authenticated:
            return self.none()
        return self if user.role == "coordinator" else self.filter(person=user)

    def at(self, now):
        """Pauses in force at this moment."""
        return self.filter(from_at__lte=now, ended_at=None).filter(Q(until=None) | Q(until__gt=now))


class Pause(models.Model):
    """A person wants no reminders for a while. Answers, and changes within 2 days, still go."""

    class Why(models.TextChoices):
        ASKED = "asked"
        FROM_MAIL = "from_mail"
        NOT_ME = "not_me"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    from_at = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=10, choices=Why, default=Why.ASKED)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = PauseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(ended_at=None), name="pause_one_open"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("from_at")), name="pause_until_is_after_from"
            ),
        ]

    def __str__(self):
        return f"pause {self.pk}"


class MuteQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Coordinators hold back and see what is held back; a person sees what is held back from them."""
        if not user.is_authenticated:
            return self.none()
        return self if user.role == "coordinator" else self.filter(person=user)

    def at(self, now):
        """Those in force at this moment."""
        return self.filter(ended_at=None).filter(Q(until=None) | Q(until__gt=now))


class Mute(models.Model):
    """One kind of message that staff hold back from a person, in one case or in all, for a while or for good."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=60)
    case_id = models.UUIDField(null=True, blank=True)  # null: in every case
    until = models.DateTimeField(null=True, blank=True)  # null: for good
    muted_at = models.DateTimeField()
    muted_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = MuteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind", "case_id"],
                condition=Q(ended_at=None),
                nulls_distinct=False,
                name="mute_one_open",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("muted_at")), name="mute_until_is_after_muted_at"
            ),
        ]

    def __str__(self):
        return f"mute {self.pk}"

    def covers(self, row):
        """Whether this holds back a row. What answers a person's own press never is."""
        if row.message_class == kinds.ANSWER or row.recipient != (RecipientType.USER, str(self.person_id)):
            return False
        return row.kind == self.kind and self.case_id in (None, row.case_id)


class Run(models.Model):
    """The sender's last turn: one row, for the health page."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    mail_away_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="run_is_one_row")]

    def __str__(self):
        return "the sender's last turn"
