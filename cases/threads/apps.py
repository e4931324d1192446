"""The one thread of a case: what its people write to each other, and what the team notes beside it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ThreadsConfig(AppConfig):
    name = "cases.threads"
    label = "threads"
    verbose_name = "Messages"

    def ready(self) -> None:
        from cases.case import plain
        from cases.case.people import may
        from cases.threads import actions, answering, digest, heard, reminders
        from portal.accounts import drafts, nav_counts, nav_gates
        from portal.accounts.changes import on_reach_changed
        from portal.history import words
        from portal.reminders.kinds import register

        on_reach_changed(heard.way_changed)
        register(*reminders.KINDS, digest.KIND)
        drafts.HINTS[actions.DRAFT] = plain.while_typed("text", plain.cases_to("note_messages"))
        nav_counts.register("threads:waiting", answering.waiting_for)
        nav_gates.register("threads:thread", lambda user, case: may("read_messages", case, user))
        words.register(
            {
                "message.sent": _("Wrote a message"),
                "message.written_down": _("Wrote a message down on the phone"),
                "message.read_out": _("Read the messages out on the phone"),
                "message.posted": _("Posted the messages"),
                "message.noted": _("Wrote a note for the team"),
                "message.read": _("Read the messages"),
                "message.taken_back": _("Took a message back"),
                "message.made_private": _("Kept a message private"),
                "message.private_no_more": _("Let helpers read a message again"),
                "message.misplaced": _("Said a message was not for this thread"),
                "message.assigned": _("Said who answers a message, and by when"),
                "message.needs_no_answer": _("Said a message needs no answer"),
            },
            {"answer_message": _("To answer a message"), "not_for_thread": _("A message was not for this thread")},
        )
