"""Files read and given out: only through the permission check, each look and each refusal on record."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from cases.documents import kinds, lists, words
from cases.documents.adding import waiting
from cases.documents.finding import base_of, found, number
from cases.documents.forms import PasswordForm
from cases.documents.models import Document, PageImage, Version
from cases.documents.reading import giving, looks, readers, side_by_side, viewing
from portal.access import PERSON, open_to
from portal.accounts import recheck
from portal.actors import Actor
from portal.vault import files


@open_to(PERSON)
@recheck.required
@require_safe
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A document as page pictures with its words; with `part`, one page or the thumbnails around it."""
    if same := waiting.nothing_new(request, _moving(request, pk)):
        return same
    document = _document(request, pk)
    version = _version_shown(document, request.GET)
    if request.htmx and "mark" in request.GET:  # type: ignore[attr-defined]
        return HttpResponse(headers={"HX-Refresh": "true"})
    if request.method == "GET" and version.is_ready:
        looks.note_opening(version, by=Actor.of(request))
    view = viewing.of_version(version, request.GET, request.user) if version.is_ready else None
    return _page(request, document, version, view, request.GET.get("part", ""))


@open_to(PERSON)
@recheck.required
@require_POST
def find(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Words looked for in one document: the places, and the pages with marks. They travel by POST, in no address."""
    document = _document(request, pk)
    version = _version_shown(document, request.POST)
    if not version.is_ready:
        raise Http404
    looks.note_opening(version, by=Actor.of(request))
    view = viewing.of_version(version, request.POST, request.user)
    view = view and viewing.looked_through(view, request.POST, request.user)
    return _page(request, document, version, view, request.POST.get("part", ""))


def _moving(request: HttpRequest, pk: UUID) -> QuerySet[Version]:
    return Version.objects.visible_to(request.user).moving().filter(document=pk)


def _document(request: HttpRequest, pk: UUID) -> Document:
    is_noted = looks.noted_by(Actor.of(request))
    known = lists.with_versions(Document.objects.visible_to(request.user), is_look_noted=is_noted)
    known = known.select_related("case__patient", "case__starter", "case__key", "put_in_by")
    document: Document = found(request, known, pk)
    for version in document.versions.all():
        version.case = document.case
    return document


def _page(
    request: HttpRequest, document: Document, version: Version, view: viewing.View | None, part: str
) -> HttpResponse:
    if view and part in viewing.PARTS:
        return render(request, viewing.PARTS[part], {"view": view})
    row = lists.row_of(document, request.user)
    if row is None:  # erased just now
        raise Http404
    context = {
        "case": document.case,
        "row": row,
        "document": document,
        "version": version,
        "view": view,
        "look": None if view else waiting.of(_moving(request, document.pk)),
        "notes": words.notes(version) if view else [],
        "may_have_original": view and _may_have_original(request, version),
        "has_two_versions": len(side_by_side.readable(document)) > 1,
        "readers": [reader.told_to(request.user) for reader in readers.readers_of(document)],
        "beyond": readers.beyond(document),
        "password_form": PasswordForm(),
        "base": base_of(request),
    }
    return render(request, "documents/detail.html", context)


def _version_shown(document: Document, asked: QueryDict) -> Version:
    """The version asked for, else the newest one that can be read, else the newest one; 404 without any."""
    versions = list(document.versions.all())  # who may know a document may know its versions
    if wanted := number(asked.get("version")):
        versions = [version for version in versions if version.number == wanted]
    if not versions:
        raise Http404
    return max(versions, key=lambda version: (version.is_ready, version.number))


@open_to(PERSON)
@recheck.required
@require_safe
def file(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The cleaned copy as an attachment, or (`?as=sent`) the file as it was sent, for those who sent it."""
    version = found(request, Version.objects.visible_to(request.user).select_related("case", "document"), pk)
    is_original = request.GET.get("as") == "sent"
    if not version.is_ready:
        raise Http404
    if is_original and not _may_have_original(request, version):
        looks.note_denial(Version, version.pk, by=Actor.of(request))
        raise Http404
    if request.method == "GET":
        looks.note_copy(version, is_original=is_original, by=Actor.of(request))
    with giving.while_it_is_here(version):
        if is_original:
            return giving.attachment(version.original, version.name, version.own_kind)
        return giving.attachment(version.file, version.copy_name, kinds.KINDS[version.file_kind])


def _may_have_original(request: HttpRequest, version: Version) -> bool:
    """Scripts and place are still in it: only for the patient and the one who put it in. Joined photos have none."""
    return version.original_id is not None and request.user.pk in (version.case.patient_id, version.put_in_by_id)


@open_to(PERSON)
@recheck.required
@require_safe
def page_image(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One page as a picture; on record when its document was not opened just before."""
    return _picture(request, _image(request, pk, "file__key"), "file")


@open_to(PERSON)
@recheck.required
@require_safe
def thumbnail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The same page, small; 404 until the worker has made it."""
    image = _image(request, pk, "small__key")
    if image.small is None:
        raise Http404
    return _picture(request, image, "small")


def _image(request: HttpRequest, pk: UUID, key: str) -> PageImage:
    visible = PageImage.objects.visible_to(request.user).select_related(key, "version__case").defer("text")
    image: PageImage = found(request, visible, pk)
    return image


def _picture(request: HttpRequest, image: PageImage, which: str) -> HttpResponse:
    if request.method == "GET":
        looks.note_opening(image.version, by=Actor.of(request))
    with giving.while_it_is_here(image.version):
        return giving.unrunnable(HttpResponse(files.read_bytes(getattr(image, which)), content_type="image/webp"))
