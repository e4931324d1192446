"""Sentences for what happened to reviews and summaries, as the patient reads them in her list."""

from django.utils.translation import gettext_lazy as _

from cases.reviews.after.actions import PASSED_ON, PROMISED
from cases.reviews.asking import words as asking
from cases.reviews.doctor_note.actions import ASK_NOTE, SEND_NOTE
from cases.reviews.ending.actions import LAST_CALL
from portal.history import words

VERBS = {
    "review.opened": _("Your plan was put up for reading"),
    "review.asked_for": _("Asked for a written reading"),
    "review.taken": _("Took your plan to read it"),
    "review.handed_back": _("Handed your plan back"),
    "review.handed_over": _("Handed your plan over to a colleague"),
    "review.briefed": _("Prepared to read your plan"),
    "review.looked": _("Opened your plan and the review of it"),
    "review.searched": _("Found words in the review of your plan"),
    "review.asking_opened": _("Opened the page on which you are asked for something to read on"),
    "review.colleague_opened": _("Opened the page on which a colleague is asked to read your plan, too"),
    "review.denied": _("Was not let in to your plan"),
    "review.written": _("Wrote in the review of your plan"),
    "review.noted": _("Wrote a note on a page of your plan"),
    "review.note_changed": _("Changed a note on a page of your plan"),
    "review.note_removed": _("Removed a note on a page of your plan"),
    "review.quote_looked_at": _("Held a quote against the picture of its page"),
    "review.previewed": _("Looked at your summary before sharing it"),
    "review.reopened": _("Your new plan was put up for reading"),
    "review.renewed": _("Your plan as it is now is taken for reading"),
    "review.finished": _("Closed the reading of your plan: no call follows"),
    "review.set_aside": _("The reading of your plan was put to rest"),
    "review.resumed": _("The reading of your plan was taken up again"),
    "summary.shared": _("Shared a summary of your plan with you"),
    "summary.corrected": _("Shared a corrected summary of your plan"),
    "summary.completed": _("Completed the summary of your plan after your talk"),
    "summary.withdrawn": _("Took back a summary of your plan"),
    "summary.read_out": _("Read the summary out on the phone"),
    "summary.withdrawal_read_out": _("Said on the phone that a summary was taken back, and why"),
    "summary.opened": _("Read the summary of your plan"),
    "summary.saved_as_pdf": _("Saved the summary of your plan as a PDF"),
    "doctor_note.written": _("Wrote a note to your primary doctor, for you to read first"),
    "doctor_note.opened": _("Read the note to your primary doctor"),
    "doctor_note.saved_as_pdf": _("Saved the note to your primary doctor as a PDF"),
    "doctor_note.chosen": _("Said that the note goes to the primary doctor"),
    "doctor_note.kept": _("Said that the note does not go to the primary doctor"),
    "doctor_note.sent": _("Sent the note to your primary doctor"),
    "outcome.saved": _("Said how the call went"),
    "sentence.added": _("Wrote a sentence of their own"),
    "sentence.changed": _("Changed a sentence of their own"),
    "sentence.moved": _("Put their own sentences in another order"),
    "sentence.removed": _("Took a sentence of their own away"),
    "outcome.read_out": _("Read out on the phone how the call went"),
    "summary.answered": _("Said whether the summary is clear"),
}

REASONS = {
    "new_plan": _("A new version of the plan came in"),
    "no_plan": _("The plan was taken back"),
    "no_talk": _("No consultation is booked"),
    "talk_booked": _("A consultation is booked"),
    LAST_CALL: _("30 days after the last call"),
    PROMISED: _("To do what was promised after a call"),
    PASSED_ON: _("A question from a call"),
    SEND_NOTE: _("To send a note to the primary doctor"),
    ASK_NOTE: _("To ask whether a note goes to the primary doctor"),
}


def register() -> None:
    """Tell the history room our words; called once at start."""
    words.register(VERBS | asking.VERBS, REASONS | asking.REASONS)
