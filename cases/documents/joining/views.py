"""Pages on which photos become one document: which ones, and in which order, turned how."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cases.case.people import may, role_in
from cases.documents import lists, owning, rules, words
from cases.documents.finding import base_of, case_of, found
from cases.documents.joining import actions as joining
from cases.documents.joining.joined import JoinedPage
from cases.documents.models import Document, PageImage, Version
from cases.documents.worker import making
from portal import clock
from portal.access import PERSON, open_to
from portal.accounts import recheck
from portal.actors import Actor
from portal.errors import Refused

TURNED = {90: "rs-turned--1", 180: "rs-turned--2", 270: "rs-turned--3"}


@open_to(PERSON)
@recheck.required
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Choose the photos that are pages of one letter; they come in the order they were added."""
    case = case_of(request, pk)
    if not may("add_documents", case, request.user):
        raise Http404
    refused: list[str] = []
    chosen: list[UUID] = []
    if request.method == "POST":
        chosen = _ids(request.POST.getlist("photo"))
        if "apart" in request.POST:
            joining.keep_apart(case, chosen, by=Actor.of(request))
            messages.success(request, _("Each photo stays a file of its own."))
            return redirect("documents:list", case.pk)
        try:
            joined = joining.join(case, chosen, by=Actor.of(request))
        except Refused as error:
            refused = [str(error.message)]
        else:
            messages.success(request, _("Your photos become one file in a moment. Look whether the order is right."))
            _warn_if_hidden(request, joined)
            return redirect("documents:arrange", joined.pk)
    photos = joining.photos_of(case, Actor.of(request))
    context = {
        "case": case,
        "photos": _told(photos, request.user),
        "is_one_hidden": any(photo.only_me for photo in photos),
        "chosen": set(chosen) if refused else _of_late(photos),
        "refused": refused,
        "most": rules.MOST_JOINED,
        "base": base_of(request),
    }
    return render(request, "documents/join.html", context, status=422 if refused else 200)


@open_to(PERSON)
@recheck.required
@require_http_methods(["GET", "HEAD", "POST"])
def arrange(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The pages of a joined document: up, down, turn, take out, add; or separate them again."""
    visible = Document.objects.visible_to(request.user).here().select_related("case__patient")
    joined = found(request, visible.filter(pk__in=JoinedPage.objects.values("joined")), pk)
    case = joined.case
    is_own = owning.is_all_of(joined, request.user.pk)
    is_theirs = not rules.why_not_withdraw(role_in(case, request.user), is_own)
    if not may("add_documents", case, request.user) or not is_theirs:
        raise Http404
    if request.method == "POST":
        return _pressed(request, joined)
    others = joining.photos_of(case, Actor.of(request))
    context = {
        "case": case,
        "document": joined,
        "pages": _pages(joined, request.user),
        "warning": owning.warning(joined, request.user),
        "others": _told(others, request.user),
        "is_one_hidden": any(photo.only_me for photo in others) and not joined.only_me,
        "base": base_of(request),
    }
    return render(request, "documents/arrange.html", context)


def _pressed(request: HttpRequest, joined: Document) -> HttpResponse:
    """One button, one change; back to the same page, at the photo that moved."""
    verb, _space, about = request.POST.get("do", "").partition(" ")
    (photo, *_none) = _ids([about]) or [None]
    try:
        _do(verb, joined, photo, request)
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        if verb == "add" and not joined.only_me:
            joined.refresh_from_db(fields=["only_me"])
            _warn_if_hidden(request, joined)
        if verb == "apart":
            messages.success(request, _("Each photo is a file of its own again."))
            return redirect("documents:list", joined.case_id)
        if verb == "done":
            messages.success(request, _("The pages are saved. The file is made in a moment."))
            return redirect("documents:list", joined.case_id)
    answer = redirect("documents:arrange", joined.pk)
    if photo and verb != "out":
        answer.headers["Location"] += f"#photo-{photo}"
    return answer


def _warn_if_hidden(request: HttpRequest, joined: Document) -> None:
    if joined.only_me:
        said = _("One of these photos was “only me”, so this whole file is now. Your consultant can’t read it.")
        messages.warning(request, said)


def _do(verb: str, joined: Document, photo: UUID | None, request: HttpRequest) -> None:
    by = Actor.of(request)
    if verb == "apart":
        joining.separate(joined, by=by)
    elif verb == "done":
        joining.finish(joined, by=by)
    elif verb == "add":
        joining.put_in(joined, _ids(request.POST.getlist("photo")), by=by)
    elif photo and verb in ("up", "down"):
        joining.move(joined, photo, -1 if verb == "up" else 1, by=by)
    elif photo and verb == "turn":
        joining.turn(joined, photo, by=by)
    elif photo and verb == "out":
        joining.take_out(joined, photo, by=by)
    else:
        raise Refused(_("This has changed since you opened the page. Look at it once more."), code="state")


def _of_late(photos: list[Document]) -> set[UUID]:
    """Those that came within the last day, as many as one letter may have: older ones are seldom of the same.

    Not those marked "only me": one of them hides the others.
    """
    since = clock.now() - rules.LATELY
    late = [photo for photo in photos if photo.put_in_at > since and not photo.kept_apart and not photo.only_me]
    return {photo.pk for photo in late[: rules.MOST_JOINED]}


def _ids(sent: list[str]) -> list[UUID]:
    """The ids among what was sent; anything else is nobody's photo."""
    ids = []
    for each in sent:
        try:
            ids.append(UUID(each))
        except ValueError:
            continue
    return ids


def _told(photos: list[Document], user: Any, turns: Mapping[UUID, int] = MappingProxyType({})) -> list[dict[str, Any]]:
    """Photos as the templates show them: name, small picture, what is wrong with each."""
    pictures = PageImage.objects.visible_to(user).filter(version__document__in=photos, number=1)
    newest_picture = {
        picture.version.document_id: picture
        for picture in pictures.defer("text").select_related("version").order_by("version__number")
    }
    told = []
    for photo in photos:
        newest = lists.newest_of(photo.versions.all())
        text = _wrong_with(newest, turns.get(photo.pk, 0))
        name = photo.title or newest.name
        told.append({"photo": photo, "name": name, "text": text, "picture": newest_picture.get(photo.pk)})
    return told


def _wrong_with(photo: Version, turn: int) -> str:
    """Why it is no page, or what makes it hard to read; "" for a good one."""
    if photo.state == Version.State.REFUSED:
        return words.explanation(photo)
    return " ".join(str(words.NOTES[note]) for note in making.poor_notes(photo, turn))


def _pages(joined: Document, user: Any) -> list[dict[str, Any]]:
    """The same of a joined document's pages, each with its place and how it is turned."""
    known = joined.joined_pages.select_related("photo__case").prefetch_related("photo__versions")
    pages = [page for page in known if page.photo.versions.all()]  # without any: it was erased just now
    turns = {page.photo_id: page.turn for page in pages}
    told = zip(_told([page.photo for page in pages], user, turns), pages, strict=True)
    return [row | {"number": page.number, "turned": TURNED.get(page.turn, "")} for row, page in told]
