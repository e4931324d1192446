"""How long things are kept, as the page of the organisation tells it."""

import datetime as dt

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from portal import retention
from portal.backup.places import KEPT as BACKUPS_KEPT

YEAR = 365
# The kinds that people ask about; `manage.py retention` knows them all.
SHOWN: dict[str, Promise] = {
    "unfinished_intake": _("Unfinished sign-up"),
    "withdrawn_files": _("Files taken back"),
    "closed_cases": _("Case, after closing"),
    "access_record": _("Access record"),
    "message_words": _("Words of messages"),
}


def kept() -> list[tuple[str, str]]:
    """Each kind with its time in words."""
    known = {rule.code: rule.kept for rule in retention.RULES}
    lines = [(str(name), _in_words(known[code])) for code, name in SHOWN.items()]
    return [*lines, (str(_("Backups")), _in_words(BACKUPS_KEPT))]


def _in_words(span: dt.timedelta) -> str:
    years = span.days // YEAR
    if years > 1:
        return ngettext("%(count)d year", "%(count)d years", years) % {"count": years}
    return ngettext("%(count)d day", "%(count)d days", span.days) % {"count": span.days}
