"""What shows who somebody is, who may take part, and how long everybody waits. Pure."""

import datetime as dt
from collections.abc import Collection

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

WAITS = dt.timedelta(hours=24)
LASTS = dt.timedelta(days=7)  # after that it is asked for anew
ADDRESS_STANDS = dt.timedelta(days=7)  # an address that was put right hears of nothing alone before
ENOUGH = 2  # signs, of different kinds


class Sign(TextChoices):
    RANG = "rang", gettext_lazy("We rang the number we had on file")
    MET = "met", gettext_lazy("They came in, and we know them by sight")
    BORN = "born", gettext_lazy("They said the birth date")
    PAPER = "paper", gettext_lazy("They showed a paper with their picture")
    KNOWS = "knows", gettext_lazy("They knew what only they can know here")


STRONG = frozenset({Sign.RANG, Sign.MET, Sign.PAPER})  # a birth date and a story are found out too easily


def why_not_known(signs: Collection[str]) -> str:
    """Why these signs do not show who it is; "" when they do."""
    if not set(signs) <= set(Sign.values):
        return _("Choose from the list.")
    if len(set(signs)) < ENOUGH or not set(signs) & STRONG:
        return _("Two signs are needed, and one of them a call, a meeting or a paper.")
    return ""


def is_address_new(put_right_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether what is written to it would reach nobody but who had it put there: the former address is not kept."""
    return put_right_at is not None and now < put_right_at + ADDRESS_STANDS


def why_not_finish(*, is_staff: bool, is_agreed: bool, are_ours: bool, ready_at: dt.datetime, now: dt.datetime) -> str:
    """Why the second step stays for now; "" when it can go. `are_ours`: who asked and who agreed still work here."""
    if not are_ours:
        return _("Who asked or agreed no longer works here. Stop it, and ask who they are once more.")
    if is_staff and not is_agreed:
        return _("Another of us must agree first.")
    if now < ready_at:
        return _("It is too early: they have a day to say that it was not them.")
    if now >= ready_at + LASTS:
        return _("This is too old. Ask who they are once more.")
    return ""


def why_not_agree(*, is_self: bool, is_asker: bool) -> str:
    if is_self or is_asker:
        return _("Somebody else must agree.")
    return ""
