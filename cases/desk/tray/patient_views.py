"""The patient's word on a paper that we filed with her case: it is another person's."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cases.case.people import PATIENT, role_in
from cases.desk.tray import filing
from cases.documents.finding import found
from cases.documents.models import Document
from portal.access import PERSON, open_to
from portal.accounts import recheck
from portal.actors import Actor
from portal.errors import Refused


@open_to(PERSON)
@recheck.required
@require_http_methods(["GET", "HEAD", "POST"])
def not_mine(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Asks once; then the paper is out of view, for everybody of the case, and back in our tray."""
    known = Document.objects.visible_to(request.user).select_related("case__patient", "case__starter", "case__key")
    document: Document = found(request, known, pk)
    if role_in(document.case, request.user) != PATIENT:
        raise Http404
    if request.method == "POST":
        try:
            filing.not_mine(document, by=Actor.of(request))
        except Refused as refused:
            messages.error(request, str(refused.message))
            return redirect(document)
        messages.success(request, _("Thank you. The paper is out of your files. One of us looks at it."))
        return redirect("documents:list", document.case_id)
    if document.withdrawn_at or filing.of_document(document) is None:
        raise Http404
    return render(request, "desk/not_mine.html", {"case": document.case, "document": document})
