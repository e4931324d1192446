"""What a patient may say about where she is, and which answers are there to choose. Pure.

Nothing here ranks or recommends (the mission: "the final choice is yours"); "more time" is never late.
"""

from collections.abc import Collection
from datetime import date, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

LONGEST = 4000  # letters of her own words
FARTHEST = timedelta(days=366)


class Choice(TextChoices):
    FIRST = "first", gettext_lazy("The first doctor’s plan")
    SECOND = "second", gettext_lazy("The second doctor’s plan")
    THIRD = "third", gettext_lazy("The third doctor’s plan")
    OWN = "own", gettext_lazy("My own way")
    ANOTHER = "another", gettext_lazy("A third opinion")
    TIME = "time", gettext_lazy("More time")


PLANS = (Choice.FIRST, Choice.SECOND, Choice.THIRD)
ROUNDS: dict[str, int] = {Choice.SECOND: 2, Choice.THIRD: 3}  # the visit at which each of them is heard
MADE = frozenset({*PLANS, Choice.OWN})  # "a third opinion" and "more time" leave the decision open


def there(happened: Collection[int], written: Collection[int] = ()) -> list[str]:
    """The roles of the doctors whose plan is there to choose, named or not: the first's from the beginning, the others'
    once the visit of that number took place, or something that they suggest is written down.
    """
    heard = {*happened, *written}
    return [plan.value for plan in PLANS if plan not in ROUNDS or ROUNDS[plan] in heard]


def may_ask(rounds: Collection[int], happened: Collection[int]) -> bool:
    """Whether a third opinion can be asked for: the second visit took place, and the third has not begun."""
    return ROUNDS[Choice.SECOND] in happened and ROUNDS[Choice.THIRD] not in rounds


def offered(plans: Collection[str], *, may_ask: bool, stands: str = "") -> list[Choice]:
    """What can be chosen: the plans that are there, and a third opinion while it can be asked for, or that is what
    stands: its words may be put right.
    """
    found = [choice for choice in PLANS if choice in plans]
    can_ask = may_ask or stands == Choice.ANOTHER
    return [*found, Choice.OWN, *([Choice.ANOTHER] if can_ask else []), Choice.TIME]


def why_not_words(words: str) -> str:
    return _("Make this shorter.") if len(words) > LONGEST else ""


def why_not_check_in(choice: str, on: date | None, today: date) -> str:
    """Why we cannot ask again on this day; empty where none is wished."""
    if on is None or choice != Choice.TIME:
        return ""
    if on <= today:
        return _("Choose a day after today.")
    return _("Choose a day within a year.") if on > today + FARTHEST else ""
