"""Addresses in messages that need no sign-in: one thing, one purpose, made from its id, never stored."""

from django.urls import reverse

from portal.reminders.models import Delivery, Reminder
from portal.vault import links

ANSWER = "reminders.answer"
PAUSE = "reminders.pause"
TEXT = "reminders.text"


def answer_path(row: Reminder, choice: str = "") -> str:
    """Where a row's question is answered, with one answer chosen. Opening it changes nothing."""
    path = reverse("reminders:answer", args=[links.token(ANSWER, row.pk, row.generation)])
    return f"{path}?answer={choice}" if choice else path


def pause_path(delivery: Delivery) -> str:
    """Where the person a message went to can pause."""
    return reverse("reminders:pause", args=[links.token(PAUSE, delivery.pk, delivery.generation)])


def text_path(delivery: Delivery) -> str:
    """The one link of a text: on to the thing, behind the sign-in, or to a pause without one."""
    return reverse("reminders:text", args=[links.token(TEXT, delivery.pk, delivery.generation)])


def row_for(token: str) -> Reminder | None:
    """The row a token was made for; None for a made-up or revoked one."""
    found = links.read(ANSWER, token)
    return Reminder.objects.filter(pk=found.id, generation=found.generation).first() if found else None


def delivery_for(token: str, purpose: str = PAUSE) -> Delivery | None:
    found = links.read(purpose, token)
    return Delivery.objects.filter(pk=found.id, generation=found.generation).first() if found else None
