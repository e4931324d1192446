"""Is there a plan to read? Asked by the rooms above."""

from dataclasses import dataclass
from uuid import UUID

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


def same_pages(read: list[UUID], plan: list[Version]) -> bool:
    """Whether a plan is still, page by page, what was read: photos turned or joined in their order, none taken anew."""
    before = Version.objects.in_bulk(read)
    if len(before) < len(read):
        return False
    pages = _sources([before[pk] for pk in read])
    later = max(version.put_in_at for version in before.values())
    newer = Version.objects.filter(document__in=pages, made_of=[], put_in_at__gt=later)
    return pages == _sources(plan) and not newer.exists()


def _sources(versions: list[Version]) -> list[UUID]:
    """The documents whose bytes these are, in order."""
    return [document for version in versions for document in version.made_of or [version.document_id]]


def outline(case: Case) -> Outline:
    """How many files and pages the plan has."""
    files = plan_files(case)
    return Outline(len(files), sum(version.pages for version in files))
