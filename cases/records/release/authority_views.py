"""The page where a patient lets us ask about the records of the case, once."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cases.case import authority_actions
from cases.case.authority import Authority
from cases.case.models import Case
from cases.case.people import cases_where, may
from cases.case.signatures import SignedHow, why_not_name
from cases.documents import kinds
from cases.documents import words as document_words
from cases.documents.actions import add_file
from cases.documents.finding import number
from cases.documents.models import OTHER, Document
from cases.documents.ready import can_be_read
from cases.records.release import keeping as release_keeping
from cases.records.release import only_theirs
from cases.records.release import paper as release_paper
from cases.records.release import words as release_words
from cases.records.release.forms import PaperForm, SignForm
from cases.records.release.views import picture
from portal import clock, paper, when
from portal.access import PERSON, find_or_404, open_to
from portal.accounts import recheck
from portal.actors import Actor
from portal.errors import Refused
from portal.history.actions import record
from portal.texts.models import Text
from portal.texts.words import text


def _case(request: HttpRequest, pk: str) -> Case:
    return find_or_404(cases_where(request.user, "see_records").select_related("patient", "key"), pk=pk)


def _own_case(request: HttpRequest, pk: str) -> Case:
    case = _case(request, pk)
    if not may("say_signed", case, request.user):
        raise Http404
    return case


@open_to(PERSON)
@recheck.required
@require_http_methods(["GET", "HEAD", "POST"])
def authority(request: HttpRequest, pk: str) -> HttpResponse:
    """Read the words and sign them, put in the signed paper, or take it back."""
    case = _case(request, pk)
    if not may("say_signed", case, request.user):
        return only_theirs.page(request, case)
    if request.method != "POST":
        return _page(request, case)
    presses = {"sign": _sign, "paper": _paper, "say_signed": _say_signed, "take_back": _take_back}
    press = presses.get(request.POST.get("do", ""))
    return press(request, case) if press else _page(request, case, also=[_("This cannot be done here.")], status=422)


def _sign(request: HttpRequest, case: Case) -> HttpResponse:
    signer = only_theirs.signer(case, request.user)
    sign = SignForm(request.POST, patient=case.patient.name, signer=signer)
    if not sign.is_valid():
        return _page(request, case, sign=sign, status=422)
    given = sign.signature
    if given.how == SignedHow.TYPED and (no := why_not_name(given.words, [signer or case.patient.name])):
        sign.add_error("name", no)
        return _page(request, case, sign=sign, status=422)
    version = number(request.POST.get("seen"))
    return _try(
        request,
        case,
        lambda by: authority_actions.sign_authority(case, given, version=version, by=by),
        _("Signed. A copy is on your privacy page."),
    )


def _paper(request: HttpRequest, case: Case) -> HttpResponse:
    sent = PaperForm(request.POST, request.FILES)
    if not sent.is_valid():
        return _page(request, case, also=sent.errors["file"], status=422)

    def add(by: Actor) -> None:
        document = add_file(case, sent.cleaned_data["file"], kind=OTHER, by=by).document
        document.title = _("Signed permission")
        document.save(update_fields=["title"])

    return _try(request, case, add, _("The paper is here. We check the file first."))


def _say_signed(request: HttpRequest, case: Case) -> HttpResponse:
    chosen = {str(document.pk): document for document in _papers(request, case)}.get(request.POST.get("paper", ""))
    if chosen is None or request.POST.get("looked") != "yes":
        no = _("Choose the paper, look at it, then tick that it is signed and can be read.")
        return _page(request, case, also=[no], status=422)
    version = number(request.POST.get("seen"))
    return _try(
        request,
        case,
        lambda by: authority_actions.sign_authority_on_paper(case, chosen.pk, version=version, by=by),
        _("It counts from now on."),
    )


def _take_back(request: HttpRequest, case: Case) -> HttpResponse:
    return _try(
        request,
        case,
        lambda by: authority_actions.take_back_authority(case, by=by),
        _("Taken back. It holds from now on."),
    )


def _try(request: HttpRequest, case: Case, act: Callable[[Actor], object], done: str) -> HttpResponse:
    try:
        act(Actor.of(request))
    except Refused as no:
        return _page(request, case, also=[no.message], status=409 if no.code == "state" else 422)
    messages.success(request, done)
    return redirect("records:authority", case.pk)


def _papers(request: HttpRequest, case: Case) -> list[Document]:
    """Files that could be the signed paper: those that can be opened and are no plan and no record."""
    found = Document.objects.visible_to(request.user).here().filter(case=case, kind=OTHER).order_by("-put_in_at")
    return [document for document in found.select_related("case__key")[:20] if can_be_read(document)]


def _latest(request: HttpRequest, case: Case) -> Authority | None:
    found = Authority.objects.visible_to(request.user).filter(case=case)
    return found.select_related("text", "case__key", "case__patient", "signed_by").order_by("-signed_at").first()


def _page(
    request: HttpRequest,
    case: Case,
    *,
    sign: SignForm | None = None,
    also: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    latest, words = _latest(request, case), text(Text.Kind.AUTHORITY)
    standing = latest if latest and latest.withdrawn_at is None else None
    shown = standing.text if standing else words
    page: dict[str, Any] = {
        "case": case,
        "standing": standing,
        "former": latest if latest and latest.withdrawn_at else None,
        "paragraphs": shown.body.split("\n"),
        "version": words.version,
        "is_paper_gone": bool(standing and release_keeping.is_paper_gone(standing)),
        "signed_line": release_words.signed_line(standing) if standing else "",
        "name": standing.signature if standing and standing.how == SignedHow.TYPED else "",
        "is_drawn": bool(standing and standing.how == SignedHow.DRAWN and standing.signature),
        "sign": sign
        or SignForm(
            initial={"seen": words.version},
            patient=case.patient.name,
            signer=only_theirs.signer(case, request.user),
        ),
        "signs": may("sign", case, request.user),
        "law": only_theirs.law(case, request.user),
        "form": sign,
        "also": also,
        "accept": kinds.ACCEPT,
        "limits": document_words.limit_of_one_in_words(),
        "papers": [] if standing else _papers(request, case),
    }
    return render(request, "records/authority.html", page, status=status)


@open_to(PERSON)
@recheck.required
@require_safe
def authority_pdf(request: HttpRequest, pk: str) -> HttpResponse:
    """The words to sign by hand, or a copy of what was signed."""
    case, now = _own_case(request, pk), clock.now()
    standing = authority_actions.standing(case)
    try:
        if standing:
            content = release_paper.authority_copy(standing, now)
        else:
            content = release_paper.authority_to_sign(case, text(Text.Kind.AUTHORITY), now)
    except Refused as no:
        messages.warning(request, no.message)
        return redirect("records:authority", case.pk)
    record(Actor.of(request), "release.printed", case, patient=case.patient_id, case=case.pk)
    return paper.download(content, _("Form %(day)s") % {"day": when.as_date(now, case.patient.zone).isoformat()})


@open_to(PERSON)
@recheck.required
@require_safe
def authority_signature(request: HttpRequest, pk: str) -> HttpResponse:
    """The drawing, for its page alone."""
    standing = _latest(request, _own_case(request, pk))
    if standing is None or standing.how != SignedHow.DRAWN or not standing.signature:
        raise Http404
    return picture(standing.signature)
