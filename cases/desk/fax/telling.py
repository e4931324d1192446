"""What is put on record of a fax, and the thing to do where one failed."""

from zoneinfo import ZoneInfo

from cases.case.actions import ask_to_do
from cases.desk.fax.models import Fax
from cases.desk.fax.states import Failure
from portal import clock, phones
from portal.actors import Actor
from portal.history.actions import record
from portal.texts.words import organisation

FAX_FAILED = "fax_failed"  # on the coordinator's board, about a letter


def record_fax(by: Actor, verb: str, fax: Fax) -> None:
    case = fax.letter.case
    record(by, verb, fax, patient=case.patient_id, case=case.pk)


def ask_about(fax: Fax, *, by: Actor) -> None:
    """One of us looks after it: rings the office, sends it again, or another way."""
    letter, office = fax.letter, fax.letter.office
    why = str(Failure(fax.failure).label) if fax.failure else ""
    note = " · ".join(part for part in (letter.reference, office.name, phones.shown(office.phone), why) if part)
    today = clock.today(ZoneInfo(organisation().time_zone))
    ask_to_do(FAX_FAILED, letter, case=letter.case, due_on=today, note=note, newest_counts=True, by=by)
