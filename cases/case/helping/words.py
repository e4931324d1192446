"""The words of the history for who helps, and what a helper can do."""

from collections.abc import Iterable

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.case.helping.forms import SWITCHES
from cases.case.helping.models import Helper
from cases.case.helping.rules import Chosen, Ended, How

VERBS = {
    "helping.asked": _("Asked whether someone may help"),
    "helping.agreed": _("Said yes to a helper"),
    "helping.declined": _("Said no to a helper"),
    "helping.changed": _("Changed what a helper may do"),
    "helping.ended": _("Ended the help of someone"),
    "helping.copies_paused": _("Paused their copies of messages"),
    "helping.copies_resumed": _("Took their copies of messages up again"),
    "helping.form_printed": _("Printed the page on which the patient can say yes"),
    "helping.read_out": _("Read out what a helper may do"),
    "helping.nudged": _("Asked us to remind kindly"),
    "helping.invited": _("Asked someone to help"),
    "helping.invited_again": _("Asked someone to help once more"),
    "helping.invite_withdrawn": _("Took back what was asked of someone"),
    "helping.invite_declined": _("Cannot help just now"),
    "helping.invite_came_back": _("The mail to someone who was asked came back"),
    "helping.mailbox_named": _("Told us where the patient has a mailbox"),
    "helping.mailbox_wrong": _("Said that our mail was not for them"),
    "helping.page_taken": _("Took over the page that was begun"),
    "helping.taken": _("Said yes to helping"),
    "mandate.recorded": _("Read a paper that lets someone act for the patient"),
    "mandate.ended": _("Noted that a paper lets nobody act any more"),
}
REASONS = {f"heard_{how.value}": how.label for how in How} | {f"ended_{why.value}": why.label for why in Ended}
REASONS["ask_patient"] = _("The patient should be asked whether someone may help")
REASONS["helper_stopped"] = _("A helper stopped")
REASONS["ring_asked"] = _("Someone without email should be asked by phone")
REASONS["call_helper"] = _("A call to someone who helps")

# switch → what a helper can do with it.
CAN = {
    "files": _("See records and files"),
    "papers": _("Add and photograph papers"),
    "bookings": _("Book, move or cancel a talk"),
    "messages": _("Read and write messages"),
    "summary": _("Read the summary"),
    "private": _("Read private words"),
}


def can(switches: Iterable[str]) -> list[str]:
    """What a helper can do. Dates and what is still to do are open to every helper."""
    on = set(switches)
    return [
        gettext("See dates, and what is still to do"),
        *(str(words) for switch, words in CAN.items() if switch in on),
    ]


def what(helper: Helper) -> str:
    """What a helper may, in a line: the set, or its switches."""
    if helper.chosen != Chosen.OWN:
        return str(Chosen(helper.chosen).label) if helper.chosen else ""
    return ", ".join(str(label) for switch, label in SWITCHES if switch in helper.switches)
