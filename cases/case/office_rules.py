"""What may be done with an entry of the directory. Pure: rows in, a sentence or nothing out."""

import hashlib
import json
from collections.abc import Iterable

from django.utils.translation import gettext as _

from cases.case.models import Office


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
