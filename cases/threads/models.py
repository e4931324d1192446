"""One thread for each case: its messages, the files they name, how far each person has read."""

import uuid
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from cases.case import people
from cases.case.models import Case
from cases.documents.models import Document
from portal.accounts.models import User
from portal.vault.fields import SealedText
from portal.vault.models import DataKey


class ThreadQuerySet(models.QuerySet["Thread"]):
    def visible_to(self, user: Any) -> "ThreadQuerySet":
        return self.filter(case__in=people.cases_where(user, "read_messages"))


class Thread(models.Model):
    """The talk of a case. Its row is the lock under which messages get their numbers, and so their order."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="thread")
    last_number = models.PositiveIntegerField(default=0)
    last_shared = models.PositiveIntegerField(default=0)  # of what is not the team's alone
    turn = models.PositiveIntegerField(default=0)  # how often somebody was asked to answer

    objects = ThreadQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="thread_shared_is_within_all", condition=Q(last_shared__lte=F("last_number"))),
        ]

    def __str__(self) -> str:
        return f"thread {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("threads:thread", args=[self.case_id])


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, user: Any) -> "MessageQuerySet":
        """What stands in the threads that a person may read: notes of the team for staff alone, words that the patient
        marked private for her, for the team, and for those whom she lets read them.
        """
        here = self.standing().filter(case__in=people.cases_where(user, "read_messages"))
        private = Q(author=user.pk) | Q(case__in=people.cases_where(user, "see_private_words"))
        shared = Q(is_internal=False) & (Q(is_private=False) | private)
        if not getattr(user, "role", ""):
            return here.filter(shared)
        return here.filter(shared | Q(case__in=people.cases_where(user, "note_messages")))

    def standing(self) -> "MessageQuerySet":
        """Not taken back."""
        return self.filter(taken_back_at__isnull=True)

    def shared(self) -> "MessageQuerySet":
        """Not the team's alone."""
        return self.standing().filter(is_internal=False)


class Message(models.Model):
    """What one person wrote. Numbers count up within a case, in the order in which messages came to stand.

    They stay within: pages name messages by their ids, so that nobody counts what they may not see.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="messages")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_by = models.ForeignKey(  # one of us, who wrote the author's words down on the phone
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    number = models.PositiveIntegerField()
    send_id = models.UUIDField()  # the page's own: pressed twice is sent once
    is_internal = models.BooleanField(default=False)  # a note of the team
    is_private = models.BooleanField(default=False)  # not for the patient's helpers
    hidden_at = models.DateTimeField(null=True, blank=True)  # private since then, and not from the start
    text = SealedText()
    sent_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    misplaced_at = models.DateTimeField(null=True, blank=True)  # somebody said that it was not for this thread
    misplaced_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="message_one_per_number", fields=["case", "number"]),
            models.UniqueConstraint(name="message_sent_once", fields=["author", "send_id"]),
            models.CheckConstraint(name="message_number_counts_from_1", condition=Q(number__gte=1)),
            models.CheckConstraint(
                name="message_note_is_not_private", condition=Q(is_internal=False) | Q(is_private=False)
            ),
            models.CheckConstraint(
                name="message_hidden_is_private", condition=Q(hidden_at__isnull=True) | Q(is_private=True)
            ),
            models.CheckConstraint(
                name="message_written_down_by_another_for_all",
                condition=Q(written_by__isnull=True) | (~Q(written_by=F("author")) & Q(is_internal=False)),
            ),
            models.CheckConstraint(
                name="message_taken_back_at_and_by_together",
                condition=Q(taken_back_at__isnull=True, taken_back_by__isnull=True)
                | Q(taken_back_at__isnull=False, taken_back_by__isnull=False),
            ),
            models.CheckConstraint(
                name="message_taken_back_says_nothing", condition=Q(taken_back_at__isnull=True) | Q(text=b"")
            ),
            models.CheckConstraint(
                name="message_misplaced_at_and_by_together",
                condition=Q(misplaced_at__isnull=True, misplaced_by__isnull=True)
                | Q(misplaced_at__isnull=False, misplaced_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("threads:thread", args=[self.case_id]) + f"?at={self.pk}#m-{self.pk}"

    def is_by(self, person: Any) -> bool:
        """Whether this person wrote it, or wrote it down."""
        return person is not None and person.pk in {self.author_id, self.written_by_id}

    @property
    def sealing_key(self) -> DataKey:
        return self.case.key


class Attachment(models.Model):
    """A file of the case that a message names. Who may open the file is the file's own matter."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="attachment_once_per_message", fields=["message", "document"]),
        ]

    def __str__(self) -> str:
        return f"attachment {self.pk}"


class ReadMark(models.Model):
    """How far a person has read: up to which number."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    upto = models.PositiveIntegerField(default=0)
    read_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="readmark_one_per_person", fields=["case", "person"])]

    def __str__(self) -> str:
        return f"read mark {self.pk}"
