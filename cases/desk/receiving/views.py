"""What the second doctor's office does on its page: take the records, say what came, send its report."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases.desk.links import gate, pages
from cases.desk.links.gate import Opened
from cases.desk.mail import wishes
from cases.desk.packet import actions as packets
from cases.desk.packet import contents, giving
from cases.desk.packet.contents import Packet, Part
from cases.desk.receiving import actions, showing
from cases.desk.receiving.forms import ALL, ReportForm
from cases.documents import kinds, words
from cases.documents.reading.giving import noted_at_its_end, streamed
from portal import clock
from portal.access import public
from portal.errors import Refused

View = Callable[..., HttpResponseBase]


def opened_with_both(view: View) -> View:
    """The visit's own office, in whose browser code and birth date were right; the page asks for what is missing."""

    @wraps(view)
    def guarded(request: HttpRequest, pk: UUID, *args: Any, **kwargs: Any) -> HttpResponseBase:
        opened = gate.opened(request, pk)
        if not showing.is_theirs(opened):
            raise Http404
        if over := showing.why_over(opened):
            if request.method != "POST":
                return redirect("desk:page", pk)
            return pages.show(request, opened, status=409, also=[over])
        gate.ask_for_both(opened)
        return view(request, opened, *args, **kwargs)

    return guarded


@public
@require_safe
@opened_with_both
def receive_pdf(request: HttpRequest, opened: Opened) -> HttpResponseBase:
    """The records as one PDF with bookmarks."""
    return _whole(request, opened, packets.AS_PDF)


@public
@require_safe
@opened_with_both
def receive_zip(request: HttpRequest, opened: Opened) -> HttpResponseBase:
    """The same as files, with pictures of scans as they were sent."""
    return _whole(request, opened, packets.AS_ZIP)


def _whole(request: HttpRequest, opened: Opened, how: str) -> HttpResponseBase:
    now = clock.now()
    packet, refused = showing.packet_of(opened, now)
    try:
        if refused:
            raise Refused(refused, code="unsigned")
        response = giving.give(packet, how, now, is_head=request.method == "HEAD")
    except Refused as no:
        gate.say(request, opened.link, no.message)
        return redirect("desk:page", opened.link.pk)
    if request.method == "HEAD":
        return response
    packets.note_packet(packet, how, link=opened.link, by=opened.by)
    return _taken_at_its_end(response, opened, packet, packets.parts_of(packet, how))


@public
@require_safe
@opened_with_both
def receive_file(request: HttpRequest, opened: Opened, version: UUID) -> HttpResponseBase:
    """One file of the records, if it is still in them."""
    packet, _refused = showing.packet_of(opened, clock.now())
    part = packet.part_of(version)
    try:
        if part is None:
            raise Refused(_("This file is not here any more. What is here stands below."), code="gone")
        if request.method == "HEAD":
            return streamed([], part.file_name, kinds.KINDS[part.kind.code])
        response = giving.give_file(part)
    except Refused as no:
        gate.say(request, opened.link, no.message)
        return redirect("desk:page", opened.link.pk)
    packets.note_files(packet, [part], link=opened.link, by=opened.by)
    return _taken_at_its_end(response, opened, packet, [part])


def _taken_at_its_end(
    response: HttpResponseBase, opened: Opened, packet: Packet, parts: Sequence[Part]
) -> HttpResponseBase:
    """A download that breaks off is none: the office has not got it, and is asked as before."""
    return noted_at_its_end(response, lambda: packets.say_taken(packet, parts, opened.link, by=opened.by))


@public
@require_POST
@opened_with_both
def say_received(request: HttpRequest, opened: Opened) -> HttpResponse:
    """Everything came, or a word for each record."""
    packet, _refused = showing.packet_of(opened, clock.now())
    form = showing.receipt_form(opened, packet, request.POST)
    if not form.is_valid():
        return _shown(request, opened, 422, receipt_form=form, form=form)
    there, said_by = showing.in_packet(packet), form.cleaned_data["said_by"]
    try:
        if form.cleaned_data["came"] == ALL:
            actions.confirm_all(opened.link, there, said_by=said_by, by=opened.by)
        else:
            actions.say_of_each(opened.link, form.words, there, said_by=said_by, by=opened.by)
    except Refused as no:
        return _shown(request, opened, 409, also=[no.message])
    gate.say(request, opened.link, _("Thank you. We have it, and the patient can see it."))
    return redirect("desk:page", opened.link.pk)


@public
@require_POST
@opened_with_both
def say_visit_happened(request: HttpRequest, opened: Opened) -> HttpResponse:
    """The patient was seen."""
    try:
        actions.say_visit_took_place(opened.visit, by=opened.by)
    except Refused as no:
        return _shown(request, opened, 409, also=[no.message])
    return redirect("desk:page", opened.link.pk)


@public
@require_POST
@opened_with_both
def send_report(request: HttpRequest, opened: Opened) -> HttpResponse:
    """Their report, sent to us as files; each is checked before anybody opens it."""
    if contents.why_not(opened.visit):
        return _shown(request, opened, 409, also=[_("We cannot take it. Send it straight to the primary doctor.")])
    form = ReportForm(request.POST, request.FILES)
    form.is_valid()
    sent = form.cleaned_data.get("files", [])
    if getattr(request, "disk_is_full", False):
        form.add_error("files", words.reason("disk"))
    elif not sent:
        form.add_error("files", _("Choose a file."))
    else:
        try:
            for name, sentence in actions.send_report(opened.link, sent, by=opened.by).refused:
                form.add_error("files", _("%(name)s: %(sentence)s") % {"name": name, "sentence": sentence})
        except Refused as no:
            form.add_error("files", no)
    if form.errors:
        return _shown(request, opened, 422, report_form=form, form=form)
    gate.say(request, opened.link, _("Thank you. We are checking your report, then we pass it on."))
    return redirect("desk:page", opened.link.pk)


@public
@require_POST
@opened_with_both
def say_report_sent(request: HttpRequest, opened: Opened) -> HttpResponse:
    """They sent it straight to the primary doctor."""
    try:
        actions.say_report_sent(opened.link, by=opened.by)
    except Refused as no:
        return _shown(request, opened, 409, also=[no.message])
    gate.say(request, opened.link, _("Thank you. We ask the other office whether it came."))
    return redirect("desk:page", opened.link.pk)


@public
@require_POST
@opened_with_both
def remind(request: HttpRequest, opened: Opened) -> HttpResponse:
    """Remind them of their report after the visit, or not after all."""
    try:
        if request.POST.get("do") == "no":
            wishes.take_back(opened.link, by=opened.by)
        else:
            wishes.ask(opened.link, by=opened.by)
    except Refused as no:
        return _shown(request, opened, 409, also=[no.message])
    return redirect(reverse("desk:page", args=[opened.link.pk]) + "#report")


def _shown(
    request: HttpRequest, opened: Opened, status: int, *, also: list[str] | None = None, **more: Any
) -> HttpResponse:
    """The page once more, as it is now, with what was typed."""
    opened = gate.opened(request, opened.link.pk)
    return pages.show(request, opened, status=status, also=also, **{showing.NAME: more})
