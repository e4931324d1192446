"""How files come in: names as people wrote them, and an end to a body that is too large."""

import errno
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParser
from django.shortcuts import render
from django.utils.datastructures import MultiValueDict

from cases.documents import names, words

FORM_AROUND = 1024 * 1024  # bytes of fields and boundaries beside the files
READ_ON = 16 * 1024 * 1024  # bytes past the limit that are read and dropped, so that a browser gets to see the page
DISK_FULL = {errno.ENOSPC, errno.EDQUOT}
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
            if error.errno not in DISK_FULL:
                raise
            request.disk_is_full = True  # the page says so; what was parsed before the files is still good
            return parser.without_files()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


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


class BodyLimitMiddleware:
    """Answers 413 near the limit instead of taking in what no form of ours may send."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        size = int(length) if length.isdecimal() else 0
        if size <= settings.SEND_LIMIT_MB * words.MB + FORM_AROUND:
            return self.get_response(request)
        _read_and_drop(request, min(size, settings.SEND_LIMIT_MB * words.MB + READ_ON))
        context = {"limits_in_words": words.limits_in_words()}
        return render(request, "413.html", context, status=413)


def _read_and_drop(request: HttpRequest, left: int) -> None:
    stream = request.META["wsgi.input"]
    try:
        while left > 0 and (piece := stream.read(min(PIECE, left))):
            left -= len(piece)
    except OSError:  # the sender has gone
        return
