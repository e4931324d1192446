"""How many pages the papers have that lines are taken from."""

from collections.abc import Mapping
from typing import Any

from cases.case.models import Case
from cases.documents.models import Version
from cases.opinions.deciding import showing


def of_papers(case: Case, reader: Any, doctors: Mapping[str, str]) -> dict[str, int]:
    """By doctor's role: all pages of their papers that are here and that `reader` may open; nobody's who has none, or
    one that cannot be opened yet, and not of another doctor than `doctors` names in that role.
    """
    opinions = showing.of_case(case, reader, showing.visits_of(case))
    papers = {paper.pk: opinion.role for opinion in opinions for paper in opinion.papers}
    newest = Version.objects.ready().newest_ready().filter(document__in=papers)
    pages = dict(newest.values_list("document", "pages"))
    return {
        opinion.role: sum(pages[paper.pk] for paper in opinion.papers)
        for opinion in opinions
        if opinion.link.clinician.is_called(doctors.get(opinion.role, ""))
        and opinion.papers
        and all(pages.get(paper.pk) for paper in opinion.papers)
    }
