"""Every file of the corpus, on the way it takes: the page, the worker's sandbox, the pages that show it."""

import json
import subprocess
import sys
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.html import escape

from cases.documents import actions, kinds, words
from cases.documents.models import Document, Version
from cases.documents.sandbox import run as sandbox
from cases.documents.worker import checking
from portal import clock
from portal.actors import Actor
from tests import plan_files
from tests.documents import corpus

pytestmark = pytest.mark.django_db

ALWAYS = {"a letter.pdf", "a page.pdf", "a disc.zip", "macros.docx", "pages in a loop.pdf", "3.6 billion points.png"}
VERDICT_SECONDS = 200  # ten times the 20 in which a verdict is due


def marked(names):
    return [name if name in ALWAYS else pytest.param(name, marks=pytest.mark.full) for name in names]


def plan_page(case):
    return reverse("documents:add_plan", args=[case.pk])


def sent(rosa, case, name, content):
    """The page's answer to one file, and the version it made, if any."""
    answer = rosa.post(plan_page(case), {"files": SimpleUploadedFile(name, content)})
    return answer, Version.objects.filter(case=case).first()


def judged(version):
    """The version with its verdict; where the machine had no time for it, the worker comes again."""
    for _try in range(3):
        checking.check(version.pk)
        version.refresh_from_db()
        if version.state != Version.State.RECEIVED:
            break
        Version.objects.update(due_at=clock.now())
    return version


def test_corpus_is_large_enough():
    assert len(corpus.FILES) >= 60
    assert len(corpus.FILES) == sum(
        map(len, (corpus.GOOD, corpus.LOCKED, corpus.DISGUISED, corpus.BROKEN, corpus.BOMBS))
    )


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", marked(corpus.FILES))
def test_file_gets_its_verdict_and_no_page_fails(case, rosa, name, monkeypatch):
    if name in corpus.BOMBS:  # a busy machine should not have to give each the processor for 15 s
        monkeypatch.setattr(sandbox, "CPU_SECONDS", 4)
        monkeypatch.setattr(sandbox, "IDLE_CPU", 2)
    file = corpus.FILES[name]
    content = file.make()
    answer, version = sent(rosa, case, name, content)
    if version is None:
        _, code = corpus.first_look(name, content)
        assert (answer.status_code, {code}) == (422, file.reasons)
        assert escape(words.reason(code)) in answer.content.decode()
        return
    assert answer.status_code == 302
    began = time.monotonic()
    version = judged(version)
    assert name not in corpus.BOMBS or time.monotonic() - began < VERDICT_SECONDS
    assert version.state == file.state or (not file.state and version.state in {"ready", "refused"})
    assert version.reason in file.reasons
    if version.state == Version.State.READY:
        assert file.notes is None or set(version.notes) == file.notes
        assert version.pages == (file.pages or version.pages) == version.page_images.count()
    for page in (plan_page(case), reverse("documents:list", args=[case.pk]), version.document.get_absolute_url()):
        shown = rosa.get(page)
        assert shown.status_code == 200
        assert escape(words.explanation(version)) in shown.content.decode() or version.state == "ready"
    assert leaves_clean(rosa, version)


def leaves_clean(rosa, version):
    """Whether a ready file comes out as the kind it says, with its page, and nothing comes out of any other."""
    answer = rosa.get(reverse("documents:file", args=[version.pk]))
    if version.state != Version.State.READY:
        return answer.status_code == 404
    kind, _ = kinds.kind_of(b"".join(answer.streaming_content)[: kinds.HEAD])
    assert kind.code == version.file_kind
    return rosa.get(version.page_images.first().get_absolute_url()).status_code == 200


@pytest.mark.full
def test_bombs_stay_within_the_memory_of_the_sandbox(tmp_path):
    """Told by a process whose only children are the sandbox's: ours had others, browsers among them."""
    assert sandbox.MEMORY <= 600_000_000
    run = subprocess.run(
        [sys.executable, "-m", "bench.bombs", str(tmp_path), "3"], cwd=sandbox.ROOT, capture_output=True, check=True
    )
    figures = {figure["name"]: figure["value"] for figure in map(json.loads, run.stdout.splitlines())}
    assert 0 < figures["bomb: memory"] * 1_000_000 <= sandbox.MEMORY


@pytest.mark.full
def test_names_come_back_as_written_and_harmless(case, rosa):
    content = plan_files.pdf()
    for name, kept in corpus.NAMES.items():
        body = b'--b\r\nContent-Disposition: form-data; name="files"; filename="%b"\r\n' % name.encode()
        body += b"Content-Type: application/pdf\r\n\r\n" + content + b"\r\n--b--\r\n"
        answer = rosa.generic("POST", plan_page(case), body, content_type="multipart/form-data; boundary=b")
        assert answer.status_code == 302, name
        version = Version.objects.live().get()
        assert version.name == kept
        assert f"<bdi>{escape(kept)}</bdi>" in rosa.get(plan_page(case)).content.decode()
        actions.withdraw(version.document, by=Actor.person(case.patient))
    assert Document.objects.count() == len(corpus.NAMES)


@pytest.mark.parametrize("name", ["a\r\nSet-Cookie: a=b.pdf", 'a"; filename="b.exe', "", ".", "a\0.pdf", "\\"])
def test_name_that_breaks_its_own_header_is_no_fault_of_the_server(case, rosa, name):
    head = f'--b\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'
    body = head.encode() + plan_files.pdf() + b"\r\n--b--\r\n"
    answer = rosa.generic("POST", plan_page(case), body, content_type="multipart/form-data; boundary=b")
    assert answer.status_code in {302, 400, 422}  # 400: without a name its bytes are a field of text
    assert "Set-Cookie" not in answer.headers
    assert rosa.get(plan_page(case)).status_code == 200
