"""How files come in: names as people wrote them, none of them on disk, and an end to a body that is too large."""

import tempfile
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from django.shortcuts import render
from django.utils.datastructures import MultiValueDict

from cases.documents import names, words
from cases.documents.sandbox import run as sandbox

FORM_AROUND = 1024 * 1024  # bytes of fields and boundaries beside the files
READ_ON = 16 * 1024 * 1024  # bytes past the limit that are read and dropped, so that a browser gets to see the page
PIECE = 256 * 1024


class NamesAsWritten(FileUploadHandler):
    """Parses the form with our own reading of file names: Django's drops joiners of emoji and of Persian words."""

    def handle_raw_input(
        self, input_data: Any, META: dict[str, Any], content_length: int, boundary: bytes, encoding: Any = None
    ) -> Any:
        request: Any = self.request
        others = [handler for handler in request.upload_handlers if handler is not self]
        parser = _Parser(META, input_data, others, encoding)
        try:
            return parser.parse()
        except OSError as error:
            if error.errno not in sandbox.DISK_FULL:
                raise
            request.disk_is_full = True  # the page says so; what was parsed before the files is still good
            return parser.without_files()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


class NamelessFiles(FileUploadHandler):
    """What is too large for memory goes to a file without a name: gone with its process, and no ending tells of it."""

    def new_file(self, *args: Any, **more: Any) -> None:
        super().new_file(*args, **more)
        self.file = tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115 -- the upload closes it

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.file.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:
        self.file.seek(0)
        return UploadedFile(self.file, self.file_name, self.content_type, file_size, self.charset)

    def upload_interrupted(self) -> None:
        if hasattr(self, "file"):
            self.file.close()


class _Parser(MultiPartParser):
    def sanitize_file_name(self, file_name: str) -> str | None:
        return names.clean(file_name) or None

    def without_files(self) -> Any:
        """The fields alone; every temporary file is closed, and so deleted."""
        self._close_files()
        for upload in (upload for uploads in self._files.lists() for upload in uploads[1]):
            upload.close()
        self._post._mutable = False
        return self._post, MultiValueDict()


class FormFirstMiddleware:
    """Takes the whole form in before anything asks the database: a slow sender keeps none of its few connections."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST" and _is_within_limit(request):
            try:
                _take_in(request)
            except UnreadablePostError:  # the sender has gone, or says nothing any more
                return HttpResponse(status=400)
            except (MultiPartParserError, SuspiciousOperation) as fault:
                request.fault_of_form = fault  # type: ignore[attr-defined] -- told by a page, which needs the person
        return self.get_response(request)


def _take_in(request: HttpRequest) -> None:
    if request.content_type == "multipart/form-data":
        request.POST  # noqa: B018 -- parsed when first asked for
    else:
        request.body  # noqa: B018


def _size(request: HttpRequest) -> int:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isdecimal() else 0


def _is_within_limit(request: HttpRequest) -> bool:
    return _size(request) <= settings.SEND_LIMIT_MB * words.MB + FORM_AROUND


class BodyLimitMiddleware:
    """Answers 413 near the limit instead of taking in what no form of ours may send."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if fault := getattr(request, "fault_of_form", None):
            raise fault
        if _is_within_limit(request):
            return self.get_response(request)
        _read_and_drop(request, min(_size(request), settings.SEND_LIMIT_MB * words.MB + READ_ON))
        context = {"limits_in_words": words.limits_in_words()}
        return render(request, "413.html", context, status=413)


def _read_and_drop(request: HttpRequest, left: int) -> None:
    stream = request.META["wsgi.input"]
    try:
        while left > 0 and (piece := stream.read(min(PIECE, left))):
            left -= len(piece)
    except OSError:  # the sender has gone
        return
