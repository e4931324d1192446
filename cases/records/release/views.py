"""The page where a patient lets an office send records, and the page of what was signed."""

import base64
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.case.people import may
from cases.case.signatures import SignedHow
from cases.documents import kinds, lists
from cases.documents import words as document_words
from cases.documents.models import Document, Version
from cases.records import showing
from cases.records.models import RecordItem, Release
from cases.records.release import actions as release_actions
from cases.records.release import foot, only_theirs
from cases.records.release import form as release_form
from cases.records.release import keeping as release_keeping
from cases.records.release import paper as release_paper
from cases.records.release import words as release_words
from cases.records.release.form import Form
from cases.records.release.forms import DetailsForm, PaperForm, SignForm
from cases.records.release.states import ReleaseState
from portal import clock, paper, when
from portal.access import PERSON, find_or_404, open_to
from portal.accounts import recheck
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record

TOGETHER = ("holder", "kind", "visit__case__patient", "visit__case__key", "visit__office", "visit__clinician")


def _item(request: HttpRequest, pk: str) -> RecordItem:
    """A record whose office is known, for those who see it; else 404."""
    item = find_or_404(RecordItem.objects.visible_to(request.user).select_related(*TOGETHER), pk=pk)
    if item.holder is None:
        raise Http404
    return item


@open_to(PERSON)
@recheck.required
@require_http_methods(["GET", "HEAD", "POST"])
def release(request: HttpRequest, pk: str) -> HttpResponse:
    """Read the form of an office, fill it in, sign it, or put in the paper that was signed."""
    item = _item(request, pk)
    if not may("say_signed", item.visit.case, request.user):
        return only_theirs.page(request, item.visit.case, item)
    if request.method != "POST":
        return _page(request, item)
    presses = {"sign": _sign, "paper": _paper, "own_form": _own_form, "save": _save}
    press = presses.get(request.POST.get("do", ""))
    return press(request, item) if press else _page(request, item, also=[_("This cannot be done here.")], status=422)


def _details(request: HttpRequest, item: RecordItem, form: release_form.Form) -> DetailsForm:
    return DetailsForm(request.POST, about=form, is_patient=may("sign", item.visit.case, request.user))


def _sign(request: HttpRequest, item: RecordItem) -> HttpResponse:
    form = release_form.of(item.visit, item.holder, clock.now())
    details, sign = _details(request, item, form), _sign_form(request, item, request.POST)
    if not (details.is_valid() and sign.is_valid()):
        return _page(request, item, details=details, sign=sign, status=422)
    return _try(
        request,
        item,
        lambda by: release_actions.sign(
            item.visit,
            item.holder,
            sign.signature,
            details=details.details,
            until_on=details.cleaned_data["until_on"],
            seen=sign.cleaned_data["seen"],
            by=by,
        ),
        _("Signed. A copy is on your privacy page. Nothing was sent."),
        details=details,
        sign=sign,
    )


def _save(request: HttpRequest, item: RecordItem) -> HttpResponse:
    details = _details(request, item, release_form.of(item.visit, item.holder, clock.now()))
    if not details.is_valid():
        return _page(request, item, details=details, status=422)
    until_on = details.cleaned_data["until_on"]
    return _try(
        request,
        item,
        lambda by: release_actions.save_details(item.visit, item.holder, details.details, until_on=until_on, by=by),
        _("Saved. It is not signed yet."),
        details=details,
    )


def _paper(request: HttpRequest, item: RecordItem) -> HttpResponse:
    form, sent = release_form.of(item.visit, item.holder, clock.now()), PaperForm(request.POST, request.FILES)
    if not sent.is_valid():
        return _page(request, item, paper_form=sent, status=422)
    return _try(
        request,
        item,
        lambda by: release_actions.add_paper(
            item.visit, item.holder, sent.cleaned_data["file"], details=form.details, until_on=form.until_on, by=by
        ),
        _("The paper is here. We check the file first."),
    )


def _own_form(request: HttpRequest, item: RecordItem) -> HttpResponse:
    sent = PaperForm(request.POST, request.FILES)
    if not sent.is_valid():
        return _page(request, item, also=sent.errors["file"], status=422)
    return _try(
        request,
        item,
        lambda by: release_actions.add_own_form(item.visit, item.holder, sent.cleaned_data["file"], by=by),
        _("Their form is here. It goes with ours."),
    )


def _try(
    request: HttpRequest, item: RecordItem, act: Callable[[Actor], Release], done: str, **forms: Any
) -> HttpResponse:
    try:
        found = act(Actor.of(request))
    except Refused as no:
        # What was typed is kept; the next press knows the form as it is now.
        if "sign" in forms:
            forms["sign"] = _sign_form(request, item, request.POST, fresh=True)
        return _page(request, item, also=[no.message], status=409 if no.code == "state" else 422, **forms)
    messages.success(request, done)
    return redirect("records:signed", found.pk) if found.is_signed else redirect("records:release", item.pk)


def _sign_form(
    request: HttpRequest, item: RecordItem, sent: Any = None, *, fresh: bool = False, seen: str = ""
) -> SignForm:
    case = item.visit.case
    names = {"patient": case.patient.name, "signer": only_theirs.signer(case, request.user)}
    if sent is not None and fresh:
        sent = sent.copy()
        sent["seen"], sent["drawn"] = release_form.of(item.visit, item.holder, clock.now()).code, ""
    return SignForm(sent, **names) if sent is not None else SignForm(initial={"seen": seen}, **names)


def _page(
    request: HttpRequest,
    item: RecordItem,
    *,
    details: DetailsForm | None = None,
    sign: SignForm | None = None,
    paper_form: PaperForm | None = None,
    also: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    visit, case, now = item.visit, item.visit.case, clock.now()
    form = release_form.of(visit, item.holder, now)
    signed = [each for each in release_keeping.signed_for(visit) if each.holder_id == item.holder_id]
    why = release_keeping.why_not(item, visit, signed, form.today)
    standing = signed[0] if signed and why is None else None
    bad = next((each for each in (details, sign, paper_form) if each is not None and each.errors), None)
    signs = may("sign", case, request.user)
    page = {
        "case": case,
        "item": item,
        "holder": item.holder,
        "about": form,
        "rows": form.rows,
        "missing": form.missing,
        "standing": standing if "new" not in request.GET and request.method != "POST" else None,
        "former": signed[0] if signed else None,
        "why": why.label if why and signed else "",
        "details": details or DetailsForm(about=form, is_patient=signs),
        "sign": sign or _sign_form(request, item, seen=form.code),
        "signs": signs,
        "law": only_theirs.law(case, request.user),
        "form": bad,
        "also": also,
        "clock": showing.law(item.holder.region),
        "accept": kinds.ACCEPT,
        "limits": document_words.limit_of_one_in_words(),
        "paper": _file(form.draft.paper) if form.draft and form.draft.paper else None,
        "is_paper_current": bool(form.draft and form.draft.code == form.code),
        "is_foot_read": _is_foot_read(form),
        "own_form": _own_form_of([form.draft, *signed]),
    }
    return render(request, "records/release.html", page, status=status)


def _is_foot_read(form: Form) -> bool:
    """Whether its code was read on the paper that was put in."""
    signed = form.draft.paper if form.draft else None
    return signed is not None and foot.is_read(foot.words_of(signed), form.code)


def _own_form_of(releases: list[Release | None]) -> dict[str, Any] | None:
    """The office's own form that was put in last."""
    documents = (each.own_form for each in releases if each and each.own_form)
    return next((_file(document) for document in documents), None)


def _file(document: Document) -> dict[str, Any]:
    """The newest version of a paper: where it stands in the checks."""
    version = lists.newest(document)
    gone = document.withdrawn_at is not None
    return {
        "document": document,
        "tag": document_words.tag(version) if version and not gone else {"label": _("Taken out"), "kind": "warn"},
        "text": document_words.explanation(version) if version and not gone else "",
        "is_ready": bool(version and version.state == Version.State.READY and not gone),
    }


@open_to(PERSON)
@recheck.required
@require_safe
def release_pdf(request: HttpRequest, pk: str) -> HttpResponse:
    """The form to print and sign by hand; a helper who may add papers prints it for the patient."""
    item = _item(request, pk)
    if not may("print_forms", item.visit.case, request.user):
        raise Http404
    case, now = item.visit.case, clock.now()
    try:
        content = release_paper.to_sign(release_form.of(item.visit, item.holder, now), now)
    except Refused as no:
        messages.warning(request, no.message)
        return redirect("records:release", item.pk) if may("say_signed", case, request.user) else redirect(case)
    record(Actor.of(request), "release.printed", item, patient=case.patient_id, case=case.pk)
    return _download(content, case)


def _release(request: HttpRequest, pk: str) -> Release:
    together = (*release_form.TOGETHER, "visit__office", "visit__clinician", "signed_by", "ended_by")
    return find_or_404(Release.objects.visible_to(request.user).select_related(*together), pk=pk)


@open_to(PERSON)
@recheck.required
@require_safe
def signed(request: HttpRequest, pk: str) -> HttpResponse:
    """What was signed, as it was read, and what taking it back does."""
    return _signed_page(request, _release(request, pk))


def _signed_page(
    request: HttpRequest, found: Release, also: list[str] | None = None, status: int = 200
) -> HttpResponse:
    case, today = found.visit.case, clock.today(found.visit.zone)
    if found.signed_at is None:
        raise Http404
    if case.patient_id != request.user.pk:
        record(Actor.of(request), "release.opened", found, patient=case.patient_id, case=case.pk, why="care")
    said = release_form.said(found)
    page = {
        "case": case,
        "release": found,
        "rows": said["rows"],
        "statements": said["statements"],
        "tag": release_words.tag(found, today),
        "signed_line": release_words.signed_line(found),
        "name": found.signature if found.how == SignedHow.TYPED else "",
        "is_drawn": found.how == SignedHow.DRAWN and bool(found.signature),
        "what_follows": release_words.what_follows(found),
        "may_take_back": found.is_signed and may("say_signed", case, request.user),
        "ended_at": found.ended_at,
        "first_item": found.items.first(),
        "also": also,
    }
    return render(request, "records/release_signed.html", page, status=status)


@open_to(PERSON)
@recheck.required
@require_safe
def signature(request: HttpRequest, pk: str) -> HttpResponse:
    """The drawing, for its page alone."""
    found = _release(request, pk)
    if found.how != SignedHow.DRAWN or not found.signature:
        raise Http404
    return picture(found.signature)


def picture(drawing: str) -> HttpResponse:
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(base64.b64decode(drawing), content_type="image/png", headers=headers)


@open_to(PERSON)
@recheck.required
@require_safe
def signed_pdf(request: HttpRequest, pk: str) -> HttpResponse:
    """A copy of what was signed."""
    found = _release(request, pk)
    if found.signed_at is None:
        raise Http404
    case = found.visit.case
    try:
        content = release_paper.copy_of(found, clock.now())
    except Refused as no:
        messages.warning(request, no.message)
        return redirect("records:signed", found.pk)
    record(Actor.of(request), "release.opened", found, patient=case.patient_id, case=case.pk)
    return _download(content, case)


def _download(content: bytes, case: Any) -> HttpResponse:
    return paper.download(
        content, _("Form %(day)s") % {"day": when.as_date(clock.now(), case.patient.zone).isoformat()}
    )


@open_to(PERSON)
@require_POST
def move_release(request: HttpRequest, pk: str, verb: str) -> HttpResponse:
    """Take a permission back, or say that its paper is signed."""
    known = Release.objects.known_to(request.user).select_related("visit__case__patient")
    case = find_or_404(known, pk=pk).visit.case
    if not may("say_signed", case, request.user):
        return only_theirs.page(request, case)
    found = _release(request, pk)
    moves = {"take-back": release_actions.take_back, "say-signed": release_actions.say_signed}
    if verb not in moves:
        raise Http404
    try:
        if verb == "say-signed" and request.POST.get("looked") != "yes":
            raise Refused(_("Look at the paper first, then tick that it is signed and can be read."))
        found = moves[verb](found, by=Actor.of(request))
    except Refused as no:
        status = 409 if no.code == "state" else 422
        item = _first_item(request, found)
        if found.state == ReleaseState.DRAFT and item:
            return _page(request, item, also=[no.message], status=status)
        return _signed_page(request, found, [no.message], status) if found.signed_at else redirect_home(found)
    done = {"take-back": _("Taken back. It holds from now on."), "say-signed": _("It counts from now on.")}
    messages.success(request, done[verb])
    return redirect("records:signed", found.pk)


def _first_item(request: HttpRequest, found: Release) -> RecordItem | None:
    items = RecordItem.objects.visible_to(request.user).filter(visit=found.visit, holder=found.holder)
    return items.select_related(*TOGETHER).order_by("kind__place").first()


def redirect_home(found: Release) -> HttpResponse:
    return redirect("records:list", found.visit.case_id)
