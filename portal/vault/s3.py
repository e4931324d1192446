"""The store in a bucket of S3: sealed bytes go up in parts as they are made, and are called off on a break."""

import functools
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import groupby
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.exceptions import ImproperlyConfigured

from portal.vault.store import Away, Found, Sink, Source

PART = 8 * 1024 * 1024  # bytes held in memory for each file on its way up; S3 takes no part under 5 MiB but the last
CONNECT_SECONDS, ANSWER_SECONDS, TRIES = 3, 10, 2
NOT_THERE = {"404", "NoSuchKey", "NoSuchUpload", "NotFound"}


@functools.cache
def bucket(url: str) -> "Bucket":
    """The bucket at s3://KEY:SECRET@HOST/BUCKET/FOLDER?region=R (s3+http:// without TLS), for all threads.

    Without KEY the machine's own credentials are used. Raises ImproperlyConfigured.
    """
    parts = urlsplit(url)
    name, _, folder = parts.path.strip("/").partition("/")
    if parts.scheme not in {"s3", "s3+http"} or not parts.hostname or not name:
        raise ImproperlyConfigured("DOCUMENTS_URL must be s3://KEY:SECRET@HOST/BUCKET?region=REGION.")
    port = f":{parts.port}" if parts.port else ""
    client = boto3.session.Session().client(
        "s3",
        endpoint_url=f"{'https' if parts.scheme == 's3' else 'http'}://{parts.hostname}{port}",
        region_name=parse_qs(parts.query).get("region", ["us-east-1"])[0],
        aws_access_key_id=unquote(parts.username or "") or None,
        aws_secret_access_key=unquote(parts.password or "") or None,
        config=Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=ANSWER_SECONDS,
            retries={"total_max_attempts": TRIES, "mode": "standard"},
            max_pool_connections=20,
            s3={"addressing_style": "path"},
            request_checksum_calculation="when_required",  # not every server knows the newer checksums
            response_checksum_validation="when_required",
        ),
    )
    return Bucket(client, name, f"{folder}/" if folder else "")


@contextmanager
def _in_our_words() -> Iterator[None]:
    """FileNotFoundError for what is not there, Away for everything else that goes wrong on the way."""
    try:
        yield
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in NOT_THERE:
            raise FileNotFoundError("not in the bucket") from error
        raise Away("the bucket refused") from error
    except BotoCoreError as error:
        raise Away("the bucket does not answer") from error


class Bucket:
    """One bucket, or one folder in it."""

    def __init__(self, client: Any, name: str, folder: str):
        self.client, self.folder = client, folder
        self.place = {"Bucket": name}

    def key(self, path: str) -> dict[str, str]:
        return {**self.place, "Key": self.folder + path}

    @contextmanager
    def writing(self, path: str) -> Iterator[Sink]:
        upload = Upload(self, path)
        try:
            yield upload
            upload.finish()
        except BaseException:
            upload.call_off()
            raise

    @contextmanager
    def reading(self, path: str) -> Iterator[Source]:
        with _in_our_words():
            body = self.client.get_object(**self.key(path))["Body"]
        try:
            yield Download(body)
        finally:
            body.close()

    def has(self, path: str) -> bool:
        try:
            with _in_our_words():
                self.client.head_object(**self.key(path))
        except FileNotFoundError:
            return False
        return True

    def remove(self, path: str) -> None:
        with _in_our_words():
            self.client.delete_object(**self.key(path))

    def shelves(self) -> Iterator[tuple[str, list[Found]]]:
        halves: dict[str, list[Found]] = {}
        for thing in self._pages("list_multipart_uploads", "Uploads"):
            path = thing["Key"].removeprefix(self.folder)
            half = Found(path, thing["Initiated"], is_half=True, upload=thing["UploadId"])
            halves.setdefault(path[:2], []).append(half)
        whole = self._pages("list_objects_v2", "Contents")  # in the order of their keys
        found = (Found(thing["Key"].removeprefix(self.folder), thing["LastModified"]) for thing in whole)
        for shelf, group in groupby(found, key=lambda thing: thing.path[:2]):
            yield shelf, [*group, *halves.pop(shelf, [])]
        yield from halves.items()

    def _pages(self, operation: str, part: str) -> Iterator[dict[str, Any]]:
        with _in_our_words():
            for page in self.client.get_paginator(operation).paginate(**self.place, Prefix=self.folder):
                yield from page.get(part, [])

    def clear(self, found: Found) -> None:
        if not found.is_half:
            return self.remove(found.path)
        with suppress(FileNotFoundError), _in_our_words():
            self.client.abort_multipart_upload(**self.key(found.path), UploadId=found.upload)

    def answers(self) -> bool:
        try:
            with _in_our_words():
                self.client.head_bucket(**self.place)
        except OSError:
            return False
        return True


class Upload:
    """One file on its way up: a single request when it is small, else part by part, one of them in memory."""

    def __init__(self, bucket: Bucket, path: str):
        self.client, self.key = bucket.client, bucket.key(path)
        self.held = bytearray()
        self.id = ""
        self.parts: list[dict[str, Any]] = []

    def write(self, data: bytes, /) -> None:
        self.held += data
        while len(self.held) >= PART:
            self._send(bytes(self.held[:PART]))
            del self.held[:PART]

    def _send(self, part: bytes) -> None:
        with _in_our_words():
            if not self.id:
                self.id = self.client.create_multipart_upload(**self.key)["UploadId"]
            number = len(self.parts) + 1
            sent = self.client.upload_part(**self.key, UploadId=self.id, PartNumber=number, Body=part)
        self.parts.append({"PartNumber": number, "ETag": sent["ETag"]})

    def finish(self) -> None:
        if not self.id:
            with _in_our_words():
                self.client.put_object(**self.key, Body=bytes(self.held))
            return
        if self.held:
            self._send(bytes(self.held))
        with _in_our_words():
            done = {"Parts": self.parts}
            self.client.complete_multipart_upload(**self.key, UploadId=self.id, MultipartUpload=done)

    def call_off(self) -> None:
        """Leave neither parts nor a file whose answer got lost. What cannot be reached now is found at night."""
        with suppress(OSError), _in_our_words():
            if self.id:
                self.client.abort_multipart_upload(**self.key, UploadId=self.id)
        with suppress(OSError), _in_our_words():
            self.client.delete_object(**self.key)


class Download:
    """A file on its way down, as a stream."""

    def __init__(self, body: Any):
        self.body = body

    def read(self, size: int = -1, /) -> bytes:
        with _in_our_words():
            return self.body.read(size if size >= 0 else None)
