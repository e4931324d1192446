"""A holder's answers on its page, and the permissions it may read."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases.desk import answers
from cases.desk.holder import asking
from cases.desk.holder.forms import AnswerForm
from cases.desk.links import gate, pages
from cases.records.release import paper as release_paper
from portal import clock, paper, when
from portal.access import public
from portal.errors import Refused
from portal.history.actions import record


@public
@require_POST
def answer(request: HttpRequest, pk: UUID, item_pk: UUID) -> HttpResponse:
    """What the office says of a record that its page asks for."""
    opened = gate.opened(request, pk)
    item = asking.find(opened, item_pk, clock.now())
    if item is None:
        raise Http404
    form = asking.form_for(item, request.POST)
    if not form.is_valid():
        return _again(request, opened, item.pk, form, 422)
    try:
        done = answers.answer(item, form.cleaned_data["said"], by=opened.by, **form.answer())
    except Refused as no:
        form.add_error(None, no)
        return _again(request, opened, item.pk, form, 409)
    if done.is_new:
        gate.say(request, opened.link, _("Thank you. Your answer is noted: %(record)s.") % {"record": done.item.called})
    else:
        gate.say(request, opened.link, done.why_not)
    return redirect(f"{reverse('desk:page', args=[pk])}#holder")


def _again(request: HttpRequest, opened: gate.Opened, item_pk: UUID, form: AnswerForm, status: int) -> HttpResponse:
    """The page with the form as it was typed; nothing is lost."""
    part = asking.part(opened, clock.now()) or {}
    rows = [row | {"form": form} if row["pk"] == item_pk else row for row in part.get("items", [])]
    return pages.show(request, opened, status=status, form=form, holder={"items": rows})


@public
@require_safe
def release(request: HttpRequest, pk: UUID, release_pk: UUID) -> HttpResponse:
    """A copy of a signed permission that names this office."""
    opened, now = gate.opened_with_birth_date(request, pk), clock.now()
    found = next((each for each in asking.asked_of(opened, now).releases if each.pk == release_pk), None)
    if found is None:
        raise Http404
    try:
        content = release_paper.copy_of(found, now)
    except Refused as no:
        return pages.show(request, opened, status=409, also=[no.message])
    if request.method == "GET":
        record(opened.by, "release.opened", found, patient=opened.patient.pk, case=opened.case.pk)
    return _download(content)


@public
@require_safe
def authority(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A copy of what lets us ask, receive and pass on."""
    opened, now = gate.opened_with_birth_date(request, pk), clock.now()
    found = asking.asked_of(opened, now).authority
    if found is None:
        raise Http404
    try:
        content = release_paper.authority_copy(found, now)
    except Refused as no:
        return pages.show(request, opened, status=409, also=[no.message])
    if request.method == "GET":
        record(opened.by, "authority.opened", found, patient=opened.patient.pk, case=opened.case.pk)
    return _download(content)


def _download(content: bytes) -> HttpResponse:
    return paper.download(content, _("Form %(day)s") % {"day": when.as_date(clock.now()).isoformat()})
