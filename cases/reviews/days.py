"""The day by which a plan is read that is read once more."""

import datetime as dt

from cases.records.days.closed_days import closed_days
from cases.reviews.models import Review
from cases.reviews.rules import read_by
from portal.texts.words import organisation


def read_anew_by(review: Review, now: dt.datetime) -> dt.date:
    """What is written anew is not late from its first day on; for a call that is ahead its own day stays."""
    here, talk = organisation(), review.consultation
    today = now.astimezone(here.zone).date()
    if review.read_by >= today or (talk and talk.is_booked and talk.starts_at > now):
        return review.read_by
    return read_by(opened_on=today, talk_on=None, closed=closed_days([here.region], today)[here.region])
