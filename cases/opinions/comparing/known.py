"""What pages that gather say of opinions: how many doctors' are written down. It comes with the row of a visit."""

from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from cases.opinions.comparing.models import Point
from cases.opinions.comparing.rules import Topic


def beside(case: str) -> Coalesce:
    """How many doctors' suggestions stand, to annotate rows with; `case` is the column that holds the case."""
    own = Point.objects.standing().filter(case=OuterRef(case), topic=Topic.SUGGESTS).order_by().values("case")
    counted = own.annotate(doctors=Count("role", distinct=True)).values("doctors")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
