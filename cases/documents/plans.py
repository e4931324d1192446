"""Is there a plan to read? Asked by the rooms above."""

from dataclasses import dataclass

from cases.case.models import Case
from cases.documents.models import Version


@dataclass(frozen=True)
class Outline:
    """What a consultant may know of a plan before the patient has allowed them to read it."""

    files: int
    pages: int


def plan_files(case: Case) -> list[Version]:
    """Every plan of the case that can be read, in the order they were put in; "only me" ones are left out."""
    return list(Version.objects.ready_plans().filter(case=case).select_related("document"))


def plan_ready(case: Case) -> Version | None:
    """The plan that became ready last, or None while there is none to read."""
    return Version.objects.ready_plans().filter(case=case).order_by("-judged_at", "-put_in_at").first()


def cases_with_plan(case_ids: list) -> set:
    """Those of many cases that have a plan to read: one query for a page of cases."""
    return set(Version.objects.ready_plans().filter(case__in=case_ids).order_by().values_list("case", flat=True))


def outline(case: Case) -> Outline:
    """How many files and pages the plan has."""
    files = plan_files(case)
    return Outline(len(files), sum(version.pages for version in files))
