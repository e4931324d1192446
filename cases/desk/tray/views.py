"""The coordinators' tray: what came, its pages, and the three presses by which it is filed."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.desk.tray import adding, arranging, filing, looks, rows
from cases.desk.tray.desk import Desk
from cases.desk.tray.forms import OrderForm, ScanForm
from cases.desk.tray.models import Incoming, IncomingPage
from cases.desk.tray.states import About, TrayState
from cases.documents.finding import number
from cases.documents.reading.giving import unrunnable
from portal.access import find_or_404, open_to
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.vault import files
from portal.vault.keys import KeyGone

COORDINATOR = User.Role.COORDINATOR


@open_to(COORDINATOR)
@require_safe
def tray(request: HttpRequest) -> HttpResponse:
    """What came, the newest first; the newest of it is open. `?show=` leads to what was filed, or is not ours."""
    show = request.GET.get("show", "")
    listed = rows.page(request.user, show, number(request.GET.get("page")) or 1)
    if show or not listed.rows:
        return render(request, "desk/tray.html", {"listed": listed, "desk": None})
    return _shown(request, listed.rows[0].incoming, OrderForm(), listed)


@open_to(COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def incoming(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One paper with its pages; POST looks for a case, shows what the patient will read, or files it."""
    paper = _paper(request, pk)
    if request.method != "POST":
        return _shown(request, paper, OrderForm())
    form = OrderForm(request.POST)
    form.is_valid()  # its errors stand beside its fields
    desk = Desk(paper, form, request.user)
    if request.POST.get("do") != "file" or not desk.may_file:
        return _answer(request, desk, status=200 if request.POST.get("do") != "file" else 422)
    assert desk.order is not None
    try:
        filed = filing.file(paper, desk.order, by=Actor.of(request))
    except Refused as refused:
        desk.also.append(str(refused.message))
        return _answer(request, desk, status=409 if refused.code == "state" else 422)
    messages.success(request, _filed_words(filed))
    following = rows.next_after(filed, request.user)
    return redirect(following) if following else redirect("desk:tray")


def _filed_words(filed: Incoming) -> str:
    assert filed.case is not None
    said = _("Filed with %(name)s, %(reference)s.") % {
        "name": filed.case.patient.name,
        "reference": filed.case.reference,
    }
    if filed.about == About.RELEASE:
        said += " " + _("Once it is checked, say on its form that it is signed.")
    return said


def _paper(request: HttpRequest, pk: UUID) -> Incoming:
    known = Incoming.objects.visible_to(request.user)
    together = ("key", "case__key", "case__patient", "file__key", "filed_by", "not_ours_by", "item__kind", "document")
    found: Incoming = find_or_404(known.select_related(*together), pk=pk)
    return found


def _shown(request: HttpRequest, paper: Incoming, form: OrderForm, listed: rows.Listed | None = None) -> HttpResponse:
    if request.method == "GET":
        looks.note_look(paper, by=Actor.of(request))
    return _answer(request, Desk(paper, form, request.user), listed=listed)


def _answer(request: HttpRequest, desk: Desk, *, status: int = 200, listed: rows.Listed | None = None) -> HttpResponse:
    if request.htmx and request.method == "POST":  # type: ignore[attr-defined]
        return render(request, "desk/tray.html#order", {"desk": desk}, status=status)
    desk.choose_page(number(request.GET.get("page-shown")), number(request.GET.get("size")))
    show = {TrayState.WAITING: "", TrayState.FILED: "filed"}.get(TrayState(desk.paper.state), "not_ours")
    listed = listed or rows.page(request.user, show, 1)
    context = {"listed": listed, "desk": desk, "also": desk.also}
    return render(request, "desk/tray.html", context, status=status)


@open_to(COORDINATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def add_scan(request: HttpRequest) -> HttpResponse:
    """Scans, each checked like any file, or what a voicemail said."""
    form = ScanForm(request.POST, request.FILES) if request.method == "POST" else ScanForm()
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return render(request, "desk/add_scan.html", {"form": form, "accept": adding.ACCEPT}, status=status)
    by, also = Actor.of(request), []
    try:
        if form.cleaned_data["files"]:
            added = adding.add_scans(form.cleaned_data["files"], form.came, by=by)
            also = [f"{name}: {why}" for name, why in added.refused]
        else:
            adding.add_call(form.came, by=by)
    except Refused as refused:
        also = [str(refused.message)]
    if also:
        context = {"form": form, "accept": adding.ACCEPT, "also": also}
        return render(request, "desk/add_scan.html", context, status=422)
    messages.success(request, _("It is in the tray. We check each file first."))
    return redirect("desk:tray")


@open_to(COORDINATOR)
@require_POST
def turn(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One page a quarter with the clock."""
    page = number(request.POST.get("page"))
    return _do(request, pk, lambda paper, by: arranging.turn(paper, page, by=by), at=f"?page-shown={page}")


@open_to(COORDINATOR)
@require_POST
def split(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The pages behind the one that is shown become a paper of their own."""
    after = number(request.POST.get("after"))
    done = _("Two papers now. The second one stands beside it in the tray.")
    return _do(request, pk, lambda paper, by: arranging.split(paper, after, by=by), done)


@open_to(COORDINATOR)
@require_POST
def check_again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A paper whose check came to nothing is looked at once more, now."""
    return _do(request, pk, lambda paper, by: adding.check_again(paper, by=by), _("We check it once more."))


@open_to(COORDINATOR)
@require_POST
def not_ours(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Off the tray: kept for 30 days, then erased."""
    done = _("Taken off the tray. It is kept for 30 days, then erased.")
    return _do(request, pk, lambda paper, by: filing.not_ours(paper, by=by), done, to="desk:tray")


@open_to(COORDINATOR)
@require_POST
def put_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Back into the tray; what it said, and the file it became, are taken back with it."""
    why = request.POST.get("why", "")
    return _do(request, pk, lambda paper, by: filing.put_back(paper, why=why, by=by), _("It is back in the tray."))


def _do(
    request: HttpRequest,
    pk: UUID,
    act: Callable[[Incoming, Actor], object],
    done: str = "",
    *,
    at: str = "",
    to: str = "",
) -> HttpResponse:
    paper = _paper(request, pk)
    try:
        act(paper, Actor.of(request))
    except Refused as refused:
        messages.error(request, str(refused.message))
        return redirect(paper)
    if done:
        messages.success(request, done)
    return redirect(to) if to else redirect(paper.get_absolute_url() + at)


@open_to(COORDINATOR)
@require_safe
def incoming_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One page as a picture."""
    return _picture(request, pk, "file")


@open_to(COORDINATOR)
@require_safe
def incoming_small(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The same page, small."""
    return _picture(request, pk, "small")


def _picture(request: HttpRequest, pk: UUID, which: str) -> HttpResponse:
    visible = IncomingPage.objects.visible_to(request.user).select_related(f"{which}__key", "incoming").defer("text")
    page: IncomingPage = find_or_404(visible, pk=pk)
    if request.method == "GET":
        looks.note_look(page.incoming, by=Actor.of(request))
    try:
        body = files.read_bytes(getattr(page, which))
    except (FileNotFoundError, KeyGone):
        if (
            IncomingPage.objects.visible_to(request.user)
            .filter(pk=pk, **{f"{which}__key__destroyed_at": None})
            .exists()
        ):
            raise
        raise Http404 from None  # filed or erased since it was asked for
    shown: HttpResponse = unrunnable(HttpResponse(body, content_type="image/webp"))
    return shown
