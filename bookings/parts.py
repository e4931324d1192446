"""As whom somebody moves or cancels a call."""

from typing import Any

from cases.case.models import Case
from cases.case.people import HELPER, may, role_in


def part_in(case: Case, who: Any) -> str:
    """The role in the case; a helper's only where the patient lets her book."""
    role = role_in(case, who)
    return "" if role == HELPER and not may("book", case, who) else role
