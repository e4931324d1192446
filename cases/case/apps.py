"""A case, its people, doctors and offices, and what each person may do."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from portal.history import words


class CaseConfig(AppConfig):
    name = "cases.case"
    label = "case"

    def ready(self) -> None:
        from allauth.account.signals import email_changed

        from cases.case import leaving
        from cases.case.away import notices as away_notices
        from cases.case.calls import address_changed, address_refused, address_works, reach_changed
        from cases.case.changes import on_reader_changed
        from cases.case.corrections import notices as corrections
        from cases.case.corrections import plain_answers
        from cases.case.corrections.words import REASONS as CORRECTION_REASONS
        from cases.case.corrections.words import VERBS as CORRECTION_VERBS
        from cases.case.erasure import notices as erasure
        from cases.case.erasure.words import VERBS as ERASURE_VERBS
        from cases.case.helping import notices, written_down
        from cases.case.helping.inviting import notices as invited
        from cases.case.helping.words import REASONS, VERBS
        from cases.case.left import notices as left_notices
        from cases.case.left.words import REASONS as LEFT_REASONS
        from cases.case.left.words import VERBS as LEFT_VERBS
        from cases.case.second import notices as second_notices
        from cases.case.second.actions import reader_leaves
        from cases.case.second.words import REASONS as SECOND_REASONS
        from cases.case.second.words import VERBS as SECOND_VERBS
        from cases.case.urgent import notices as urgent_notices
        from cases.case.urgent.words import REASONS as URGENT_REASONS
        from cases.case.urgent.words import VERBS as URGENT_VERBS
        from portal.accounts.changes import on_left, on_reach_changed
        from portal.reminders.emails import register_composer
        from portal.reminders.kinds import register
        from portal.reminders.models import RecipientType
        from portal.reminders.readers import on_address_works, on_wrong_address, register_source

        on_wrong_address(address_refused)
        on_address_works(address_works)
        on_reach_changed(reach_changed)
        email_changed.connect(address_changed, dispatch_uid="cases.case")  # allauth tells of it by its signal only
        words.register_for_patients(
            "case.changed",
            "case.clinician_set",
            "authority.",
            "consent.",
            "correction.asked",
            "departure.",
            "erasure.asked",
            "erasure.taken_back",
            "correction.taken_back",
            "helping.agreed",
            "helping.declined",
            "helping.changed",
            "helping.invited",
            "helping.invited_again",
            "helping.invite_withdrawn",
        )
        words.register(VERBS, REASONS)
        register(*notices.KINDS, *invited.KINDS, *written_down.KINDS, away_notices.KIND, *second_notices.KINDS)
        register(*urgent_notices.KINDS, corrections.KIND, *erasure.KINDS, left_notices.KIND)
        words.register(LEFT_VERBS, LEFT_REASONS)
        words.register(ERASURE_VERBS)
        plain_answers.register()
        words.register(CORRECTION_VERBS, CORRECTION_REASONS)
        words.register(URGENT_VERBS, URGENT_REASONS)
        on_left(leaving.left)
        on_reader_changed(reader_leaves)
        words.register(SECOND_VERBS, SECOND_REASONS)
        register_source(RecipientType.INVITED, invited.readers, astray=invited.tell_astray)
        register_composer(RecipientType.INVITED, invited.compose)
        words.register(
            {
                "case.opened": _("Opened the case"),
                "case.changed": _("Changed the dates or doctors"),
                "case.assigned": _("Became part of the case"),
                "case.assignment_ended": _("One of us left the case"),
                "case.clinician_set": _("Named a doctor"),
                "office.changed": _("Changed how an office is reached"),
                "office.checked": _("Checked an office"),
                "office.merged": _("Made two entries of one office one"),
                "office.taken_apart": _("Took two entries of an office apart again"),
                "case.seen": _("Looked at the case"),
                "case.denied": _("Asked for a page of the case that is not open to them"),
                "authority.signed": _("Signed that we may ask about the records"),
                "authority.opened": _("Looked at what lets us ask about the records"),
                "authority.taken_back": _("Took back that we may ask about the records"),
                "authority.replaced": _("Signed anew that we may ask: the paper signed before is gone"),
                "authority.paper_gone": _("The paper by which we may ask was taken out: it counts no more"),
                "consent.given": _("Gave permission"),
                "consent.withdrawn": _("Took a permission back"),
                "todo.asked": _("Asked the team for something"),
                "todo.done": _("Did what was asked"),
                "todo.changed": _("Changed what was asked of the team"),
                "todo.dropped": _("Said that nobody needs to do it any more"),
                "case.closed": _("Closed the page"),
                "case.reopened": _("Opened the page again"),
                "todo.put_off": _("Put off to another day what was asked"),
                "call.made": _("Made a call"),
                "worry.raised": _("Said to the team that they are worried"),
                "worry.cleared": _("Said to the team what was done"),
                "away.said": _("Said when a consultant is away"),
                "away.changed": _("Changed when a consultant is away, or who stands in"),
                "away.ended": _("Said that a consultant is there again"),
                "away.handed_over": _("Let somebody stand in for a consultant who is away"),
                "away.handed_back": _("Ended that somebody stands in"),
                "away.not_to_read": _("Said that the one who stands in is not to read"),
            },
            {
                "reached": _("Reached them"),
                "left_message": _("Left a message"),
                "no_answer": _("No answer"),
                "wrong_number": _("Wrong number"),
                "typed": _("With a typed name"),
                "drawn": _("Drawn by hand"),
                "paper": _("On paper"),
                "booking": _("A consultation was booked"),
                "own": _("Your own page"),
                "care": _("Keeping your records moving"),
                "preparing": _("Preparing for your call"),
                "scope": _("What our consultations are, and are not"),
                "read": _("Reading your files"),
                "note": _("A short note to your primary doctor"),
                "privacy": _("How we keep your data"),
                "primary": _("Your primary doctor"),
                "first": _("The doctor who gave you the plan"),
                "second": _("Your second doctor"),
                "third": _("Your third doctor"),
                "call": _("A call"),
                "visit_soon": _("The visit is soon"),
                "treatment_soon": _("Treatment is soon"),
                "call_again": _("Another call"),
                "call_holder": _("A call to the office that has a record"),
                "ask_office": _("A question to the second doctor’s office"),
                "check_office": _("A new office to be checked"),
                "read_out": _("The privacy notice, to be read out"),
                "handing_over": _("A consultant is away, or there again"),
                "cover_back": _("The consultant is there again"),
                "cover_kept": _("The one who stood in stays"),
                "cover_moved": _("Somebody else stands in"),
                "cover_closed": _("The case was closed"),
                "worried": _("A call: somebody is worried"),
                "closed_decided": _("You have decided, and the report is confirmed"),
                "closed_died": _("The patient has died"),
                "closed_asked": _("You asked for it"),
                "closed_silence": _("Nobody wrote for a year"),
                "close_case": _("To close the page"),
                "case_reopened": _("A page that is open again"),
                "consultant_left": _("A consultant who left: who reads now"),
                "hand_back": _("To hand cases back"),
                "read_message": _("A message, to be read out or posted"),
                "read_summary": _("A summary, to be read out or posted"),
                "read_answer": _("An answer, to be read out or posted"),
                "read_outcome": _("What came of a call, to be read out or posted"),
                "draft_ends": _("A draft that nobody was sent, whose reader leaves soon"),
                "fix_address": _("An address that does not work"),
            },
        )
