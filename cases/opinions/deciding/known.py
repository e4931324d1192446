"""What pages that gather say of decisions: only whether one is made. It comes with the row of a visit."""

from django.db.models import OuterRef, QuerySet, Subquery

from cases.opinions.deciding.models import Decision
from cases.opinions.deciding.rules import MADE, Choice


def beside(case: str) -> Subquery:
    """The choice that stands, to annotate rows with; `case` is the column that holds the case."""
    stands: QuerySet = Decision.objects.current().filter(case=OuterRef(case))
    return Subquery(stands.values("choice")[:1])


def in_a_word(choice: str | None) -> str:
    """ "chosen", "more_time", or "" while it is open: a third opinion leaves it so."""
    if choice in MADE:
        return "chosen"
    return "more_time" if choice == Choice.TIME else ""
