"""Her answer, and what matters to her, as she says it on the phone: for a patient who signs in nowhere."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from cases.case.models import Case
from cases.case.people import may
from cases.opinions.deciding import showing, views
from portal.access import PERSON, open_to


def _case(request: HttpRequest, pk: str) -> Case:
    case = views.find_case(request, pk)
    if not may("speak_for", case, request.user):
        raise Http404
    return case


@open_to(PERSON)
@require_POST
def decide_by_phone(request: HttpRequest, pk: str) -> HttpResponse:
    """Where she is now. Who signs in meanwhile says it on her own page: nothing is saved then, and nothing is lost."""
    case = _case(request, pk)
    return views.save_decision(request, case, speaks_for=showing.speaks_for(case, request.user), is_hers=True)


@open_to(PERSON)
@require_POST
def matters_by_phone(request: HttpRequest, pk: str) -> HttpResponse:
    """What matters to her, and whether her consultant may read it."""
    case = _case(request, pk)
    return views.save_matters(request, case, speaks_for=showing.speaks_for(case, request.user), is_hers=True)
