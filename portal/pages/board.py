"""The caseload as a board: one column a stage of the path, one card a case."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.case.models import Case
from cases.case.path import ARRIVED_HOPS, Facts, next_step
from portal.pages import cards, reasons, words
from portal.pages.facts import Gathered

STAGES = {
    "referral": gettext_lazy("Referral"),
    "collecting": gettext_lazy("Collecting records"),
    "ready": gettext_lazy("Ready for visit"),
    "report": gettext_lazy("Report due"),
    "deciding": gettext_lazy("Deciding"),
}


def stage(known: Facts, today: dt.date) -> str:
    """Where on the path a case is, in the five stages that the team works in."""
    if known.visit_happened or (known.visit_on and known.visit_on < today):
        return "deciding" if known.report_there else "report"
    if known.visit_on is None:
        return "referral"
    is_whole = bool(known.core) and known.core_at(ARRIVED_HOPS) == len(known.core)
    return "ready" if is_whole else "collecting"


def columns(cases: Sequence[Case], gathered: Mapping[UUID, Gathered], today: dt.date) -> list[dict[str, Any]]:
    """Every stage, also those that are empty now, with its cards in the order of the list."""
    found: dict[str, list[dict[str, Any]]] = {code: [] for code in STAGES}
    for case in cases:
        found[stage(gathered[case.pk].facts, today)].append(card(case, gathered[case.pk], today))
    return [{"name": name, "cards": found[code]} for code, name in STAGES.items()]


def card(case: Case, gathered: Gathered, today: dt.date) -> dict[str, Any]:
    """One case: its visit, with whom, what is next, how many core records are there."""
    known, reason = gathered.facts, reasons.of_case(gathered, today)
    core = len(known.core)
    there = known.core_at(ARRIVED_HOPS)
    return {
        "name": case.patient.name,
        "reference": case.reference,
        "href": cards.file_url(case),
        "is_worried": getattr(case, "is_worried", False),
        "visit": words.visit_words(known.visit_on, today),
        "with": known.visit_with,
        "next": words.staff_words(next_step(known, today)),
        "reason": reason,
        "kind": reason.kind if reason and reason.kind in {"warn", "stop"} else "",
        "report": words.report_age(gathered, today),
        "verdict": cards.verdict_tag(known.verdict),
        "there": there,
        "of": core if not known.visit_happened else 0,
        "core": _("%(there)d of %(of)d core") % {"there": there, "of": core},
    }
