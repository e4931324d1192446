"""An office that wants something first: it came by fax, and the coordinator passed it on."""

from cases.desk import answers
from cases.records.models import RecordItem
from cases.records.states import KnownBy
from cases.records.wants.states import Wants
from portal.actors import Actor

FEE = "$15 for slides. By check to the lab, or by card on the phone."


def ask_first(item: RecordItem, *, by: Actor) -> None:
    """A copy of an ID, and its fee, before the lab sends anything."""
    answers.answer(item, answers.NEEDS, needs=(Wants.ID, Wants.FEE), fee=FEE, told=KnownBy.OFFICE_FAX, by=by)
