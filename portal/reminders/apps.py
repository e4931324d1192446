"""Reminders: rows that say what is due, gathered into one message a day, claimed, then sent."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RemindersConfig(AppConfig):
    name = "portal.reminders"
    label = "reminders"

    def ready(self):
        from anymail.signals import tracking

        from portal.history import words
        from portal.reminders import bounces, frame, kinds, patterns, staff, wording_notice

        kinds.register(staff.KIND, wording_notice.KIND)
        patterns.register(frame.FRAME)
        tracking.connect(bounces.heard)
        words.register(
            {
                "reminder.sent": _("A message went out"),
                "reminder.not_needed": _("A message was no longer needed and did not go"),
                "reminder.put_off": _("Put a reminder off"),
                "reminder.paused": _("Paused reminders"),
                "reminder.resumed": _("Started reminders again"),
                "reminder.answered": _("Answered a reminder"),
                "reminder.not_for_me": _("Said that a message was not for them"),
                "reminder.tried_again": _("Sent a message again that had failed"),
                "reminder.sent_again": _("Sent a message once more"),
                "reminder.muted": _("Held back one kind of message"),
                "reminder.held_back": _("A message was held back"),
                "reminder.unmuted": _("Let one kind of message go again"),
                "reminder.said_by_phone": _("Called instead of a message"),
                "reminder.call_again": _("Called with a message and reached nobody"),
                "reminder.letter_made": _("Made a letter of a message"),
                "wording.changed": _("Changed the words of a message"),
                "wording.taken_back": _("Took the words of a message back to ours"),
                "reminder.came_back": _("A message came back"),
                "reminder.posted": _("Posted a letter instead of a message"),
                "reminder.not_posted": _("Took back that a letter was posted"),
            },
            {
                "done": _("Done"),
                "not_yet": _("Not yet"),
                "call": _("Call me"),
                "bounced": _("Their mail server would not have it"),
                "complained": _("It was reported as unwanted"),
            },
        )
