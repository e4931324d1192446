"""Both kinds of store for the tests: a folder of this test alone, and a bucket of a server on this machine."""

import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from portal import local
from portal.vault import store
from tests.programs import free_port, listens, wait_until

NAMES = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": "us-east-1"}
BUCKET = "remission-tests"


@contextmanager
def s3_bucket(name: str) -> Iterator[str]:
    """Moto's server in a process of its own, with one bucket; yields its address and port."""
    import boto3

    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=local.die_with_parent(signal.SIGKILL),
    )

    def is_there() -> bool:
        assert process.poll() is None
        return listens(port)

    try:
        wait_until(is_there, 60, "the S3 server")
        with closing(boto3.client("s3", endpoint_url=f"http://127.0.0.1:{port}", **NAMES)) as client:
            client.create_bucket(Bucket=name)
        yield f"127.0.0.1:{port}"
    finally:
        local.stop(process, signal.SIGTERM)


@pytest.fixture(scope="session")
def s3_server():
    with s3_bucket(BUCKET) as there:
        yield there


@pytest.fixture
def folder_store(settings, tmp_path):
    settings.DOCUMENTS_FOLDER = tmp_path / "documents"
    return store.current()


@pytest.fixture
def bucket_store(settings, s3_server):
    """The bucket, emptied afterwards."""
    settings.DOCUMENTS_URL = f"s3+http://key:secret@{s3_server}/{BUCKET}/sealed?region=us-east-1"
    there = store.current()
    yield there
    client, place = there.client, there.place
    for thing in client.list_objects_v2(**place).get("Contents", []):
        client.delete_object(**place, Key=thing["Key"])
    for thing in client.list_multipart_uploads(**place).get("Uploads", []):
        client.abort_multipart_upload(**place, Key=thing["Key"], UploadId=thing["UploadId"])


@pytest.fixture(params=["folder", "bucket"])
def any_store(request):
    """The same test over both."""
    return request.getfixturevalue(f"{request.param}_store")


@pytest.fixture(params=["folder", pytest.param("bucket", marks=pytest.mark.full)])
def either_store(request):
    """The same, where the bucket shows little more."""
    return request.getfixturevalue(f"{request.param}_store")


def lying(there) -> list[str]:
    """Paths of everything in a store, halves included."""
    if isinstance(there, store.Folder):
        return sorted(str(path.relative_to(there.root)) for path in there.root.rglob("*") if path.is_file())
    place = there.place
    found = [thing["Key"] for thing in there.client.list_objects_v2(**place).get("Contents", [])]
    halves = [thing["Key"] + store.HALF for thing in there.client.list_multipart_uploads(**place).get("Uploads", [])]
    return sorted(key.removeprefix(there.folder) for key in found + halves)


def sealed_bytes(path: str) -> bytes:
    with store.current().reading(path) as source:
        return source.read()


def overwrite(path: str, data: bytes) -> None:
    store.current().remove(path)
    with store.current().writing(path) as out:
        out.write(data)


def leave(data: bytes = b"nobody's") -> uuid.UUID:
    """Bytes in the store that have no row."""
    name = uuid.uuid4()
    overwrite(f"{name.hex[:2]}/{name.hex}", data)
    return name


def said(command: str, *arguments: str) -> str:
    """What a command wrote, with the sentence of its error at the end."""
    out = StringIO()
    try:
        call_command(command, *arguments, stdout=out, stderr=StringIO())
    except CommandError as error:
        out.write(f"ERROR {error}")
    return out.getvalue()
