"""As whom somebody moves or cancels a call."""

from typing import Any

from cases.case.models import Case
from cases.case.people import role_for


def part_in(case: Case, who: Any) -> str:
    """The role in the case; a helper's only where the patient lets her book."""
    return role_for("book", case, who)
