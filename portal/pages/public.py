"""What the organisation says, for everybody: the first page and the pages about second opinions."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from portal.access import public

ABOUT = {
    "when-to-ask": _("When to ask"),
    "how-to-ask": _("How to ask your doctor"),
    "three-steps": _("The three steps"),
    "how-to-use-it": _("How to use what you hear"),
    "scope": _("What we do, and don’t do"),
    "privacy": _("Privacy"),
    "accessibility": _("Accessibility"),
}


@public
@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """The first page: the right to ask, one way to start, what we do and don't do."""
    return render(request, "pages/landing.html", {"is_open_to_search": True})


@public
@require_safe
def about(request: HttpRequest, slug: str) -> HttpResponse:
    """One of the organisation's pages."""
    if slug not in ABOUT:
        raise Http404
    others = [(key, name) for key, name in ABOUT.items() if key != slug]
    return render(
        request,
        f"pages/about/{slug}.html",
        {"name": ABOUT[slug], "others": others, "is_open_to_search": True},
    )
