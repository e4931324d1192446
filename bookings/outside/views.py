"""A consultant's page of the calendars that are read as busy: add, remove, read again, what is in the way."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from bookings.models import OutsideCalendar, Practice
from bookings.outside import actions, notices
from bookings.outside.net import LONGEST_ADDRESS, Trouble
from portal import clock
from portal.access import find_or_404, open_to
from portal.actors import Actor
from portal.errors import Refused


class AddressForm(forms.Form):
    """The secret address, as the other calendar gives it."""

    address = forms.CharField(
        label=gettext_lazy("Secret address of the calendar"),
        help_text=gettext_lazy("Begins with https:// and often ends with .ics. We keep it sealed and show it no more."),
        max_length=LONGEST_ADDRESS,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "url", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Paste the address of the calendar.")},
    )

    def clean_address(self) -> str:
        """What calendars call webcal:// is the same address by https."""
        written = str(self.cleaned_data["address"]).strip()
        head, rest = written[:9].lower(), written[9:]
        return f"https://{rest}" if head == "webcal://" else written


def sentence(trouble: str) -> str:
    """What went wrong with the last reading, and what to do."""
    sentences = {
        Trouble.ADDRESS: _("Its address leads where we do not read. Remove it, and paste its public one."),
        Trouble.UNREACHABLE: _("The other side did not answer. We try again by ourselves."),
        Trouble.REFUSED: _("The other side said no. Its address may have ended: paste a new one."),
        Trouble.TOO_BIG: _("The file is too big to read. Share a smaller calendar, only what is ahead."),
        Trouble.TOO_SLOW: _("The answer took too long. We try again by ourselves."),
        Trouble.LOOP: _("The address leads from one to the next without an end. Paste the address again."),
        Trouble.NO_CALENDAR: _("What came is no calendar. Look for an address that ends with .ics, and paste that."),
        Trouble.TOO_MUCH: _("It says too much, like something that repeats every minute. Share a simpler one."),
    }
    return sentences[Trouble(trouble)] if trouble else ""


def _line(row: OutsideCalendar) -> dict[str, Any]:
    return {"row": row, "trouble": sentence(row.trouble), "unread": notices.unread_words(row.unread)}


def _page(request: HttpRequest, form: AddressForm, status: int = 200) -> HttpResponse:
    user: Any = request.user
    practice = Practice.objects.of(user).first() or Practice(consultant=user, time_zone=user.time_zone)
    found = OutsideCalendar.objects.visible_to(user).select_related("consultant")
    context = {
        "form": form,
        "practice": practice,
        "calendars": [_line(row) for row in found],
        "in_the_way": actions.in_the_way(user, clock.now()),
    }
    answer = render(request, "bookings/outside.html", context, status=status)
    answer["Cache-Control"] = "no-store, private"
    return answer


@open_to("consultant")
@require_http_methods(["GET", "HEAD", "POST"])
def outside(request: HttpRequest) -> HttpResponse:
    """Add an address; it is read within a minute. Once it is kept, it is not shown again."""
    user: Any = request.user
    if request.method != "POST":
        return _page(request, AddressForm())
    form = AddressForm(request.POST)
    if form.is_valid():
        try:
            actions.add(user, address=form.cleaned_data["address"], by=Actor.of(request))
        except Refused as no:
            form.add_error("address", no.message)
        else:
            messages.success(request, _("Added. We read it within some minutes."))
            return redirect("bookings:outside")
    return _page(request, form, 422)


@open_to("consultant")
@require_POST
def remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Forget the address, and when it says busy."""
    found = find_or_404(OutsideCalendar.objects.visible_to(request.user).select_related("consultant"), pk=pk)
    actions.remove(found, by=Actor.of(request))
    messages.success(request, _("Removed. Its address and its busy times are gone."))
    return redirect("bookings:outside")


@open_to("consultant")
@require_POST
def again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Read it now, not with its quarter of an hour."""
    found = find_or_404(OutsideCalendar.objects.visible_to(request.user).select_related("consultant"), pk=pk)
    actions.ask_again(found, by=Actor.of(request))
    messages.success(request, _("We read it within some minutes."))
    return redirect("bookings:outside")
