"""Sentences of consultants whose account has ended go with it."""

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet

from cases.reviews.sentences.models import Sentence

KEPT_AFTER_THE_ACCOUNT = dt.timedelta(0)  # the night after


def left(_now: dt.datetime) -> QuerySet[Sentence]:
    """What nobody can open any more: its owner is no consultant of ours, or signs in no more."""
    return Sentence.objects.left_behind()


@transaction.atomic
def forget(now: dt.datetime) -> int:
    """Delete it; how many."""
    return left(now).delete()[0]
