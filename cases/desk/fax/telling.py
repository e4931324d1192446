"""What is put on record of a fax, and the thing to do where one failed."""

from cases.case.actions import ask_to_do
from cases.desk.fax.models import Fax
from cases.desk.fax.states import Failure
from portal import phones
from portal.actors import Actor
from portal.history.actions import record
from portal.texts.words import organisation

# On the coordinator's board, about a letter: it failed, or nobody knows.
FAX_FAILED, FAX_UNKNOWN = TO_DOS = "fax_failed", "fax_unknown"


def record_fax(by: Actor, verb: str, fax: Fax) -> None:
    case = fax.letter.case
    record(by, verb, fax, patient=case.patient_id, case=case.pk)


def ask_about(fax: Fax, *, by: Actor) -> None:
    """One of us looks after it: rings the office, sends it again, or another way."""
    _ask(FAX_FAILED, fax, str(Failure(fax.failure).label) if fax.failure else "", by)


def ask_what_became(fax: Fax, why: str, *, by: Actor) -> None:
    """One of us reads the gateway's mail, or rings the office, and says it on the fax's page."""
    _ask(FAX_UNKNOWN, fax, why, by)


def _ask(kind: str, fax: Fax, why: str, by: Actor) -> None:
    letter, office = fax.letter, fax.letter.office
    note = " · ".join(part for part in (letter.reference, office.name, phones.shown(office.phone), why) if part)
    today = organisation().today()
    ask_to_do(kind, letter, case=letter.case, due_on=today, note=note, newest_counts=True, by=by)
