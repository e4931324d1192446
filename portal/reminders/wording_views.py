"""The words of messages for administrators: the list, one message's words with their preview, and the way back."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.access import open_to
from portal.accounts.models import User
from portal.actors import Actor
from portal.errors import Refused
from portal.reminders import looks, patterns, rewording, wording_rules, wordings
from portal.reminders.forms import WordingForm
from portal.reminders.models import Wording
from portal.reminders.patterns import Pattern


@open_to(User.Role.ADMINISTRATOR)
@require_safe
def wordings_list(request: HttpRequest) -> HttpResponse:
    """Every message that patients read, with its first words now."""
    language = _language(request.GET)
    held = Wording.objects.visible_to(request.user).holding().filter(language=language)
    rows = {row.code: row for row in held}
    lines = [_line(pattern, rows.get(pattern.code), language) for pattern in patterns.all_patterns()]
    page = {
        "lines": sorted(lines, key=lambda line: line["title"]),
        "is_any_unfit": any(line["is_unfit"] for line in lines),
        "languages": _languages(language),
    }
    return render(request, "reminders/wordings.html", page)


@open_to(User.Role.ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def wording(request: HttpRequest, code: str) -> HttpResponse:
    """The words of one message: looked at as it would go, and saved as a new version."""
    pattern = _pattern(code)
    if request.method != "POST":
        language = _language(request.GET)
        last = rewording.newest(pattern, language)
        parts = _parts(pattern, last, language)
        initial = {**parts, "seen": last.version if last else 0, "language": language}
        form = WordingForm(pattern=pattern, ours=_ours(pattern, language), initial=initial)
        return _page(request, pattern, language, form, parts)
    language = _language(request.POST)
    form = WordingForm(request.POST, pattern=pattern, ours=_ours(pattern, language))
    if not form.is_valid():
        return _page(request, pattern, language, form, status=422)
    if "look" in request.POST:
        form.add_problems(rewording.problems(pattern, form.parts, language))
        return _page(request, pattern, language, form, form.parts, status=422 if form.errors else 200)
    try:
        rewording.reword(pattern, form.parts, language=language, seen=form.cleaned_data["seen"], by=Actor.of(request))
    except Refused as no:
        return _refused(request, pattern, language, form, no)
    messages.success(request, _("Saved. Messages made from now on say it so. What has gone out stays as it was."))
    return redirect(_address("reminders:wordings", language))


@open_to(User.Role.ADMINISTRATOR)
@require_POST
def take_back(request: HttpRequest, code: str) -> HttpResponse:
    """Say it again as in an earlier version, or as we do."""
    pattern, language = _pattern(code), _language(request.POST)
    version, seen = _number(request.POST.get("version")), _number(request.POST.get("seen"))
    try:
        rewording.go_back(pattern, version, language=language, seen=seen, by=Actor.of(request))
        messages.success(request, _("Saved. Messages made from now on say it so. What has gone out stays as it was."))
    except Refused as no:
        messages.error(request, " ".join([no.message, *no.extra.get("problems", {}).values()]))
    return redirect(_address("reminders:wording", language, pattern.code))


def _refused(request: HttpRequest, pattern: Pattern, language: str, form: WordingForm, no: Refused) -> HttpResponse:
    form.add_problems(no.extra.get("problems") or {"": no.message})
    if no.code != "state":
        return _page(request, pattern, language, form, status=422)
    last = rewording.newest(pattern, language)
    form.show_again_for(last.version if last else 0)
    theirs = _parts(pattern, last, language)
    return _page(request, pattern, language, form, status=409, theirs=_named(theirs), their_version=last)


def _page(
    request: HttpRequest,
    pattern: Pattern,
    language: str,
    form: WordingForm,
    parts: Mapping[str, str] | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The form, the earlier versions, and how these words look when they can go out."""
    versions = list(_versions(request, pattern, language))
    page = {
        "pattern": pattern,
        "form": form,
        "known": wording_rules.known_sentence(pattern),
        "examples": [(f"{{{name}}}", example) for name, example in pattern.examples.items()],
        "look": looks.look(pattern, parts, language) if parts and not form.errors else None,
        "versions": [_version(row, pattern) for row in versions],
        "is_changed": bool(versions and versions[0].parts),
        "is_unfit": bool(versions and versions[0].parts and not wordings.is_fitting(versions[0])),
        "newest": versions[0].version if versions else 0,
        "language": language,
        "languages": _languages(language, pattern.code),
        "list_url": _address("reminders:wordings", language),
    }
    return render(request, "reminders/wording.html", page | more, status=status)


def _versions(request: HttpRequest, pattern: Pattern, language: str) -> Any:
    rows = Wording.objects.visible_to(request.user).filter(code=pattern.code, language=language)
    return rows.select_related("changed_by").order_by("-version")[:20]


def _version(row: Wording, pattern: Pattern) -> dict[str, Any]:
    first = next(iter(pattern.parts)) if "lead" not in pattern.parts else "lead"
    return {"row": row, "words": row.parts.get(first, "")}


def _line(pattern: Pattern, row: Wording | None, language: str) -> dict[str, Any]:
    parts = _parts(pattern, row, language)
    is_unfit = row is not None and bool(row.parts) and not wordings.is_fitting(row)
    tag = None
    if is_unfit:
        tag = {"label": _("No longer fits: ours go out"), "kind": "warn"}
    elif row and row.parts:
        tag = {"label": _("Changed"), "kind": "info", "icon": "check"}
    return {
        "title": str(pattern.about),
        "hint": parts.get("lead") or next(iter(parts.values())),
        "href": _address("reminders:wording", language, pattern.code),
        "tag": tag,
        "is_unfit": is_unfit,
    }


def _parts(pattern: Pattern, row: Wording | None, language: str) -> dict[str, str]:
    """The words that hold: those stored, as far as they have a place, else ours."""
    ours = _ours(pattern, language)
    return {part: row.parts.get(part, words) if row else words for part, words in ours.items()}


def _ours(pattern: Pattern, language: str) -> dict[str, str]:
    with translation.override(language):
        return pattern.ours()


def _named(parts: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"label": str(wording_rules.PARTS[part]), "value": words} for part, words in parts.items()]


def _pattern(code: str) -> Pattern:
    pattern = patterns.known(code)
    if pattern is None:
        raise Http404
    return pattern


def _language(given: Mapping[str, str]) -> str:
    """The language asked for, or the reader's own. Http404 for one that the portal does not speak."""
    language = given.get("language") or translation.get_language() or settings.LANGUAGE_CODE
    if language not in dict(settings.LANGUAGES):
        raise Http404
    return language


def _languages(language: str, *args: str) -> list[dict[str, Any]]:
    """The languages to choose from; empty when there is only one."""
    name = "reminders:wording" if args else "reminders:wordings"
    if len(settings.LANGUAGES) < 2:
        return []
    return [
        {"code": code, "label": label, "href": _address(name, code, *args), "is_here": code == language}
        for code, label in settings.LANGUAGES
    ]


def _address(name: str, language: str, *args: str) -> str:
    path = reverse(name, args=args)
    return path if len(settings.LANGUAGES) < 2 else f"{path}?language={language}"


def _number(given: str | None) -> int:
    if given is None or not given.isascii() or not given.isdigit() or len(given) > 6:
        raise Http404
    return int(given)
