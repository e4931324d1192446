"""What is laid side by side: the topics, whose lines they are, and who may change one. Pure.

No score, no rank, no order but the doctors' own: first, second, third. A line names its doctor and a page.
"""

import datetime as dt
from collections.abc import Collection, Mapping

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases.case.people import COORDINATOR, PATIENT

LONGEST = 600  # letters of one line
MOST = 60  # lines of one case: more cannot be compared
MOST_PAGES = 2000
EARLIEST = dt.date(1950, 1, 1)  # of an opinion


class Topic(TextChoices):
    """The rows of the comparison. The last two are about all doctors at once."""

    SUGGESTS = "suggests", gettext_lazy("What they suggest")
    WHY = "why", gettext_lazy("Why")
    FOR = "for", gettext_lazy("Points for")
    AGAINST = "against", gettext_lazy("Points against")
    UNKNOWN = "unknown", gettext_lazy("Still not known")
    AGREE = "agree", gettext_lazy("They agree")
    DIFFER = "differ", gettext_lazy("They differ")


OF_ALL = (Topic.AGREE, Topic.DIFFER)
OF_ONE = tuple(topic for topic in Topic if topic not in OF_ALL)


def why_not_line(topic: str, text: str, pages: dict[str, tuple[int, int | None]], doctors: Collection[str]) -> str:
    """Why this cannot stand; empty when it can. `pages`: by doctor's role, from which page to which."""
    if topic not in Topic.values:
        return _("Choose what the line is about.")
    if not text.strip():
        return _("Write the line.")
    if len(text) > LONGEST:
        return _("Make this line shorter.")
    if not pages or not set(pages) <= set(doctors):
        return _("Name the doctor and the page.")
    if topic in OF_ALL and len(pages) < 2:
        return _("Name a page of each doctor: it takes two to agree or to differ.")
    if topic in OF_ONE and len(pages) > 1:
        return _("Choose one doctor. What both say belongs to “They agree”.")
    if any(not 1 <= first <= (last or first) <= MOST_PAGES for first, last in pages.values()):
        return _("Look at the page numbers once more.")
    return ""


def why_not_pages(
    pages: Mapping[str, tuple[int, int | None]], lengths: Mapping[str, int], names: Mapping[str, str]
) -> str:
    """Why these pages cannot stand: the paper ends before. `lengths`: of the papers that are here, by role."""
    for role, (first, last) in pages.items():
        if role in lengths and (last or first) > lengths[role]:
            said = {"name": names[role], "count": lengths[role]}
            return (
                ngettext(
                    "The paper of %(name)s has %(count)s page. Look at the page number once more.",
                    "The paper of %(name)s has %(count)s pages. Look at the page number once more.",
                    lengths[role],
                )
                % said
            )
    return ""


def why_not_another(lines: int) -> str:
    if lines >= MOST:
        return _("There are %(count)d lines already. Take one away first.") % {"count": lines}
    return ""


def why_not_heard_on(on: dt.date | None, today: dt.date) -> str:
    if on and not EARLIEST <= on <= today:
        return _("Enter the day you heard it. It cannot be after today.")
    return ""


def may_change(role: str, is_own: bool) -> bool:
    """The patient's page: she changes all of it, the coordinator too for her; anybody else their own lines."""
    return role in {PATIENT, COORDINATOR} or is_own
