"""The talk of a thread: what the coordinator needs, what worries her, what he answers; and what waits elsewhere."""

from collections.abc import Callable, Iterator

from cases.case.models import Case
from cases.threads import actions
from cases.threads.models import Thread
from portal.accounts.models import User
from portal.actors import Actor

Deeds = Iterator[tuple[float, Callable[[], object]]]

SIGNATURE = (
    "Hello Rosa. Lakeside needs your signature before they can post the tissue slides. I’ve filled in everything else "
    "for you. You find the form on your records page."
)
WORRY = "Thank you. How do they travel? I worry about them getting lost."
ON_THEIR_WAY = (
    "A good question. They go by courier with a tracking number, and you see each stop on your records page. What the "
    "lab keeps is for them to say, so ask it in your visit. I’ll tell you when Dr. Raman’s office says they’re there."
)
NOTE = "The lab’s desk is shut on Wednesdays. Ring before noon."
CAN_SHE_BRING = "May my sister join the call with Joanne? She writes things down for me."


def told(case: Callable[[], Case], patient: Actor, theo: User) -> Deeds:
    """Over the last days; the newest has not been read yet."""
    staff = Actor.person(theo)
    yield 4, lambda: actions.send(case(), SIGNATURE, by=staff)
    yield 3, lambda: _answer(case(), WORRY, patient)
    yield 2, lambda: actions.note(case(), NOTE, by=staff)
    yield 1.5, lambda: _answer(case(), ON_THEIR_WAY, staff)


def asked(case: Callable[[], Case], patient: Actor) -> Deeds:
    """A question that waits for an answer."""
    yield 1, lambda: actions.send(case(), CAN_SHE_BRING, by=patient)


def _answer(case: Case, text: str, by: Actor) -> None:
    """Whoever answers has read what was written before."""
    shown = Thread.objects.get(case=case).last_number
    actions.note_reading(case, shown, by=by)
    actions.send(case, text, shown=shown, by=by)
