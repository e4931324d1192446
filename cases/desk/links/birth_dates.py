"""A birth date as a clerk types it: 3 27 1951, 03/27/51, March 27, 1951, 1951-03-27; and the patient's own."""

import calendar
import re
from datetime import date

from cases.case.models import Case
from cases.records.models import Visit
from cases.records.release import keeping
from cases.records.release.form import Details
from portal.once import once

MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
OLDEST = 1900
ADULT = 18  # only adults are helped here: of two centuries the one that fits


def read(typed: str, today: date) -> date | None:
    """The day that was meant, or None. Month before day, as on the page; a number over 12 is the day anyway."""
    parts = [part for part in re.split(r"[^0-9a-z]+", typed.strip().lower()) if part]
    if len(parts) == 1 and parts[0].isdigit() and len(parts[0]) in {6, 8}:
        parts = [parts[0][:2], parts[0][2:4], parts[0][4:]]
    if len(parts) != 3:
        return None
    year, month, day = _in_order(parts)
    try:
        found = date(_year(year, today), _month(month), int(day))
    except ValueError:
        return None
    return found if date(OLDEST, 1, 1) <= found <= today else None


def _in_order(parts: list[str]) -> tuple[str, str, str]:
    """(year, month, day)."""
    first, second, third = parts
    if first.isdigit() and len(first) == 4:
        return first, second, third
    is_day_first = second.isalpha() or (first.isdigit() and int(first) > 12)
    return (third, second, first) if is_day_first else (third, first, second)


def _year(typed: str, today: date) -> int:
    if len(typed) == 4:
        return int(typed)
    if len(typed) != 2:
        raise ValueError
    year = today.year - today.year % 100 + int(typed)
    return year if year <= today.year - ADULT else year - 100


def _month(typed: str) -> int:
    return MONTHS.get(typed[:3], 0) if typed.isalpha() else int(typed)


def of_patient(visit: Visit) -> date | None:
    """The patient's birth date: of the account, else as it stands on the permission that was signed last."""
    if born := visit.case.patient.birth_date:
        return born
    return once(("born", visit.case_id), lambda: _on_a_permission(visit.case))


def _on_a_permission(case: Case) -> date | None:
    found = (Details.read(release.details).born_on for release in keeping.signed_in(case))
    return next((born for born in found if born), None)
