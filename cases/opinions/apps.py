"""Questions to ask, opinions heard, and the talk about them with the primary doctor or the specialist of choice."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from portal.history import words


class OpinionsConfig(AppConfig):
    name = "cases.opinions"
    label = "opinions"
    verbose_name = "Opinions"

    def ready(self) -> None:
        from bookings import changes as booking_changes
        from cases.case import changes, office_ties
        from cases.case.people import may
        from cases.desk.links import parts
        from cases.desk.mail import kinds as mail_kinds
        from cases.opinions.comparing import plain_lines
        from cases.opinions.deciding import reminders as deciding_reminders
        from cases.opinions.models import Talk
        from cases.opinions.questions import by_phone, plain_words
        from cases.opinions.questions.actions import take_over_hope
        from cases.opinions.questions.showing import asked_for_reader
        from cases.opinions.talk import office_part, reminders
        from cases.opinions.talk.actions import TALK_TIME, follow_doctor
        from cases.opinions.talk.ties import TIES
        from cases.records import undoing
        from portal.accounts import nav_gates
        from portal.accounts.changes import on_reach_changed
        from portal.reminders.kinds import register

        register(*reminders.KINDS, *deciding_reminders.KINDS)
        plain_lines.register()
        plain_words.register()
        on_reach_changed(by_phone.way_changed)
        nav_gates.register("opinions:compare", lambda user, case: may("see_opinions", case, user))
        undoing.register(Talk, ("state", "on_date", "at_time", "known_by"))
        changes.on_doctor_named(follow_doctor)
        booking_changes.on_booked(take_over_hope)
        booking_changes.says_what_is_asked(asked_for_reader)
        office_ties.register(TIES)
        parts.register(office_part.PART)
        mail_kinds.open_besides(office_part.open_with)
        words.register_for_patients("talk.")
        words.register_for_patients("question.ordered")
        words.register_for_patients("opinions.")
        words.register_for_patients("decision.")
        words.register_for_patients("matters.")
        words.register(
            {
                "talk.planned": _("Planned a talk with the doctor"),
                "talk.doctor_set": _("Said with which doctor the talk is"),
                "talk.set_date": _("Saved the date of the talk"),
                "talk.move": _("Moved the date of the talk"),
                "talk.undated": _("Took the date of the talk out"),
                "talk.cancel": _("Cancelled the talk"),
                "talk.held": _("Said the talk took place"),
                "talk.did_not": _("Said the talk did not take place"),
                "talk.undone": _("Took back the last change of the talk"),
                "talk.agenda_changed": _("Changed what is to be gone over in the talk"),
                "talk.agenda_taken": _("Saved the page for the talk as a PDF"),
                "talk.shown": _("Let the doctor’s office read the page for the talk"),
                "opinions.seen": _("Looked at the opinions"),
                "opinions.added": _("Wrote a line into the comparison"),
                "opinions.changed": _("Changed a line of the comparison"),
                "opinions.removed": _("Took a line out of the comparison"),
                "opinions.put_back": _("Put a line back into the comparison"),
                "opinions.day_said": _("Said on which day the first opinion was given"),
                "decision.made": _("Said where they are with the decision"),
                "decision.changed": _("Changed where they are with the decision"),
                "matters.saved": _("Wrote down what matters to them"),
                "matters.shared": _("Shared what matters with the consultant"),
                "question.seen": _("Looked at the questions"),
                "question.added": _("Added a question"),
                "question.changed": _("Changed a question"),
                "question.answered": _("Said that a question is answered"),
                "question.read_out": _("Read answers out on the phone"),
                "question.dropped": _("Dropped a question"),
                "question.reopened": _("Opened a question again"),
                "question.ordered": _("Changed which questions come first"),
                "talk.hidden": _("No longer lets the doctor’s office read the page for the talk"),
            },
            {TALK_TIME: _("The time of the talk is different")},
        )
