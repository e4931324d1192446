"""Words about a death: forgotten two years after they were said, or a month after it turned out not to be true."""

import datetime as dt

from django.db.models import Q, QuerySet

from cases.case.farewell.models import Farewell

WORDS_KEPT = dt.timedelta(days=731)  # as long as the words of the person's closed cases
KEPT_AFTER_TAKING_BACK = dt.timedelta(days=30)


def due(now: dt.datetime) -> QuerySet[Farewell]:
    is_old = Q(said_at__lt=now - WORDS_KEPT) | Q(taken_back_at__lt=now - KEPT_AFTER_TAKING_BACK)
    return Farewell.objects.filter(is_old, why_forgotten_at=None)


def forget(now: dt.datetime) -> int:
    """Forget the words, not that it was said, by whom and what was decided; how many."""
    return due(now).update(why=b"", why_forgotten_at=now)
