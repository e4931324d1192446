"""The primary doctor's office answers on its page and takes the copy of the report. No sign-in."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases.case import authority_actions
from cases.desk.fax import wanted
from cases.desk.links import gate, pages
from cases.desk.links.gate import Opened
from cases.desk.primary import actions
from cases.desk.primary.forms import CameForm
from cases.desk.primary.showing import PART, loop_or_404, why_over
from cases.documents import kinds
from cases.documents.reading import giving
from cases.records.release import keeping
from cases.records.release import paper as release_paper
from cases.records.report import passing
from portal import clock, paper
from portal.access import public
from portal.errors import Refused
from portal.history.actions import record


@public
@require_POST
def tell(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One press: it is there, straight or from us, or not yet; on another day, if one is given."""
    opened = gate.opened(request, pk)
    loop = loop_or_404(opened)
    if over := why_over(opened):
        return _refused(request, opened, Refused(over, code="state"))
    form = CameForm(request.POST, auto_id="id_primary_%s")
    if not form.is_valid():
        return pages.show(request, opened, status=422, also=_sentences(form), primary={"form": form})
    try:
        actions.say(loop, **form.cleaned_data, by=opened.by)
    except Refused as no:
        return _refused(request, opened, no)
    return _back(pk)


@public
@require_POST
def take_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The last word of this office, for ten minutes."""
    opened = gate.opened(request, pk)
    loop = loop_or_404(opened)
    if over := why_over(opened):
        return _refused(request, opened, Refused(over, code="state"))
    try:
        actions.take_back(loop, by=opened.by)
    except Refused as no:
        return _refused(request, opened, no)
    return _back(pk)


@public
@require_safe
def report(request: HttpRequest, pk: UUID, version: UUID) -> HttpResponseBase:
    """The copy that is with us; clinical, so both the code and the birth date were shown. Each time is on record."""
    opened = gate.opened(request, pk)
    loop = loop_or_404(opened)
    copies = {each.pk: each for each in passing.versions_to_give(loop)} if keeping.may_ask(opened.case) else {}
    found = copies.get(version)
    if found is None:
        raise Http404
    gate.ask_for_both(opened)
    with giving.while_it_is_here(found):
        answer = giving.attachment(found.file, found.copy_name, kinds.KINDS[found.file_kind])
    if request.method == "HEAD":
        return answer
    actions.note_copy(found, by=opened.by)
    return giving.noted_at_its_end(answer, lambda: actions.say_copy_taken(opened.link, loop, found, by=opened.by))


@public
@require_POST
def fax(request: HttpRequest, pk: UUID) -> HttpResponse:
    """They want the copy by fax, to the number on file; clinical, so both the code and the birth date were shown."""
    opened = gate.opened(request, pk)
    loop = loop_or_404(opened)
    gate.ask_for_both(opened)
    try:
        if over := why_over(opened):
            raise Refused(over, code="state")
        wanted.ask(opened.link, loop, number=request.POST.get("number", ""), by=opened.by)
    except Refused as no:
        return _refused(request, opened, no)
    return _back(pk)


@public
@require_safe
def permission(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What the patient signed, for whoever asks who we are."""
    opened = gate.opened_with_birth_date(request, pk)
    loop_or_404(opened)
    standing = authority_actions.standing(opened.case) if keeping.may_ask(opened.case) else None
    if standing is None:
        raise Http404
    try:
        content = release_paper.authority_copy(standing, clock.now())
    except Refused as no:
        return _refused(request, opened, no)
    if request.method == "GET":
        record(opened.by, "release.opened", standing, patient=opened.case.patient_id, case=opened.case.pk)
    return paper.download(content, _("Permission %(case)s") % {"case": opened.case.reference})


def _back(pk: UUID) -> HttpResponse:
    return redirect(reverse("desk:page", args=[pk]) + f"#{PART.name}")


def _refused(request: HttpRequest, opened: Opened, no: Refused) -> HttpResponse:
    return pages.show(request, opened, status=422 if no.code == "input" else 409, also=[no.message])


def _sentences(form: CameForm) -> list[str]:
    return [str(sentence) for sentences in form.errors.values() for sentence in sentences]
