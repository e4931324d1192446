"""What may be done with an entry of the directory. Pure: rows in, a sentence or nothing out."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable

from django.utils.translation import gettext as _

from cases.case.models import Office, OfficeMerge

UNDO_FOR = dt.timedelta(minutes=10)  # by oneself and without a word


def why_not_change(office: Office) -> str:
    """Why an entry cannot be changed or checked any more."""
    return _("This entry became part of another one. Look there.") if office.merged_into_id else ""


def as_seen(office: Office, names: Iterable[str]) -> str:
    """A mark of what an entry says, for a form: saved later, it must not undo what another wrote meanwhile."""
    said = json.dumps([str(getattr(office, name)) for name in sorted(names)])
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def why_not_check(office: Office) -> str:
    """Why nobody can say yet that the number is right."""
    if reason := why_not_change(office):
        return reason
    return "" if office.phone else _("Enter the number that you called first.")


def why_not_merge(source: Office, target: Office) -> str:
    """Why `source` cannot become part of `target`. Nothing may lead from a checked entry to an unchecked one."""
    if source.pk == target.pk:
        return _("This is one and the same entry. Choose the other one.")
    if reason := why_not_change(source) or why_not_change(target):
        return reason
    return "" if target.checked_at else _("Call the number of %(name)s first.") % {"name": target.name}


def why_not_undo(merge: OfficeMerge | None, source: Office, target: Office | None) -> str:
    """Why an entry cannot be taken out of another one again. `target` is the one that it was merged into."""
    if merge is None or target is None:
        return _("What moved with this entry was not kept. Change the office in each case instead.")
    if target.merged_into_id or source.merged_into_id != target.pk:
        return _("%(name)s became part of another entry since. Take those two apart first.") % {"name": target.name}
    return ""


def needs_a_word(merge: OfficeMerge, by: object, now: dt.datetime) -> bool:
    """Whether taking it back needs a reason: it was another's press, or is longer ago."""
    return merge.merged_by_id != by or now - merge.merged_at > UNDO_FOR
