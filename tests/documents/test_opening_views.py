"""Files opened: who is let in, how a file leaves, its pages in the viewer, and what is on record."""

import io
import re
from urllib.parse import unquote

import pikepdf
import pytest
from django.urls import reverse
from PIL import Image

from cases.documents import actions
from cases.documents.models import PageImage
from cases.documents.worker import checking
from portal.actors import Actor
from portal.history.models import Event
from tests import people, plan_files
from tests.documents import corpus
from tests.documents.files import added, read, upload

pytestmark = pytest.mark.django_db


def browser(key):
    return people.browser(people.person(key))


def plan_page(case):
    return reverse("documents:add_plan", args=[case.pk])


def seen(verb):
    return Event.objects.filter(verb=verb).count()


def addresses(version):
    page = version.page_images.first()
    return {
        "detail": version.document.get_absolute_url(),
        "file": reverse("documents:file", args=[version.pk]),
        "page": page.get_absolute_url(),
        "thumbnail": page.small_url,
    }


@pytest.mark.full
def test_stranger_gets_404_and_it_is_on_record(case):
    places = addresses(read(case))
    for key in ("grace", "amir", "mara"):
        for address in places.values():
            answer = browser(key).get(address, headers={"Range": "bytes=0-9"})
            assert (answer.status_code, b"%PDF" in answer.content) == (404, False)
            assert browser(key).head(address).status_code in (404, 405)
    assert seen("document.denied") == 3 * 2  # each person, the document and its version, once in half an hour
    assert seen("document.opened") + seen("document.downloaded") == 0


def test_own_file_on_a_page_that_does_not_show_it_is_no_refusal(case, rosa):
    version = read(case)
    pages = addresses(version)["page"]
    assert rosa.get(reverse("documents:arrange", args=[version.document_id])).status_code == 404
    actions.withdraw(version.document, by=Actor.person(case.patient))
    for address in (pages, reverse("documents:describe", args=[version.document_id])):
        assert rosa.get(address).status_code == 404
    assert seen("document.denied") == 0
    assert browser("joanne").get(pages).status_code == 404
    assert seen("document.denied") == 1


def test_each_opening_is_a_line_with_its_reason(case):
    version = read(case)
    for key, why in [("rosa", "own"), ("joanne", "preparing"), ("theo", "care")]:
        assert browser(key).get(version.document.get_absolute_url()).status_code == 200
        event = Event.objects.filter(verb="document.opened").latest("id")
        assert (event.why, event.patient, event.case_id) == (why, case.patient_id, case.pk)


def test_consultant_without_permission_to_read_is_a_stranger(case):
    version = read(case)
    consent = case.consents.get(kind="read")
    from cases.case.actions import withdraw_consent

    withdraw_consent(consent, by=Actor.person(case.patient))
    for address in addresses(version).values():
        assert browser("joanne").get(address).status_code == 404


def test_access_ends_with_the_assignment_at_once(case):
    from cases.case.actions import end_assignment

    version = read(case)
    end_assignment(case, people.person("joanne"), by=Actor.person(people.person("joanne")))
    assert browser("joanne").get(addresses(version)["page"]).status_code == 404


def test_only_me_file_is_for_the_patient_alone(case, rosa):
    version = read(case)
    actions.mark_only_me(version.document, by=Actor.person(case.patient))
    assert rosa.get(addresses(version)["file"]).status_code == 200
    for key in ("joanne", "theo"):
        assert browser(key).get(addresses(version)["file"]).status_code == 404


def test_withdrawn_file_opens_for_nobody(case, rosa):
    version = read(case)
    places = addresses(version)
    actions.withdraw(version.document, by=Actor.person(case.patient))
    assert "taken back" in rosa.get(places["detail"]).content.decode()
    assert rosa.get(places["file"]).status_code == 404
    assert rosa.get(places["page"]).status_code == 404
    assert browser("theo").get(places["detail"]).status_code == 404


@pytest.mark.parametrize("make", [lambda case: added(case), lambda case: read(case, content=plan_files.locked_pdf())])
def test_nothing_opens_before_it_was_checked(case, rosa, make):
    version = make(case)
    assert rosa.get(reverse("documents:file", args=[version.pk])).status_code == 404
    assert rosa.get(reverse("documents:file", args=[version.pk]) + "?as=sent").status_code == 404
    assert "rs-scan" not in rosa.get(version.document.get_absolute_url()).content.decode()


def test_cleaned_copy_leaves_as_an_attachment_that_cannot_run(case, rosa):
    version = read(case, "计划 “x”.pdf", plan_files.scripted_pdf())
    answer = rosa.get(reverse("documents:file", args=[version.pk]))
    content = b"".join(answer.streaming_content)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Security-Policy"].startswith("sandbox;")
    assert int(answer.headers["Content-Length"]) == len(content)
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert "/OpenAction" not in pdf.Root
    assert seen("document.downloaded") == 1


@pytest.mark.parametrize(
    "name", ['a"b; filename=evil.exe.pdf', "x\\y.pdf", "a\u2028Set-Cookie: a=b.pdf", "é" * 196 + ".pdf"]
)
def test_name_makes_no_second_header(case, rosa, name):
    version = read(case, name)
    answer = rosa.get(reverse("documents:file", args=[version.pk]))
    header = answer.headers["Content-Disposition"]
    assert header.startswith("attachment; filename")
    assert not re.search(r"[\r\n]", header)
    assert "Set-Cookie" not in answer.headers


def named(header):
    """The name that a browser gives a download (RFC 6266): the extended one, else the quoted one."""
    if extended := re.search(r"filename\*=utf-8''(\S+)$", header):
        return unquote(extended[1])
    return re.sub(r"\\(.)", r"\1", re.search(r'filename="(.*)"$', header)[1])


def test_every_name_comes_back_as_written(case, rosa):
    version = read(case)
    for name in corpus.NAMES.values():
        version.name = name
        version.save(update_fields=["name"])
        for asked in ("", "?as=sent"):
            answer = rosa.get(reverse("documents:file", args=[version.pk]) + asked)
            assert named(answer.headers["Content-Disposition"]) == name
            assert answer.headers["Content-Disposition"].isascii()


def test_part_of_a_file_is_not_served_the_whole_is(case, rosa):
    version = read(case)
    answer = rosa.get(reverse("documents:file", args=[version.pk]), headers={"Range": "bytes=0-3"})
    assert (answer.status_code, answer.headers["Accept-Ranges"]) == (200, "none")


CONDITIONS = [
    {},
    {"Range": "bytes=0-3", "If-Range": '"x"'},
    {"If-None-Match": "*"},
    {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"},
]


def test_every_address_of_a_file_answers_whole_and_harmless(case, rosa):
    version = read(case, "IMG_1.jpg", plan_files.photo())
    places = addresses(version)
    places.pop("detail")
    places["sent"] = places["file"] + "?as=sent"
    for name, place in places.items():
        bodies = set()
        for asked in CONDITIONS:
            answer = rosa.get(place, headers=asked)
            bodies.add(b"".join(answer) if answer.streaming else answer.content)
            assert answer.status_code == 200, (name, asked)
            assert answer.headers["Content-Type"] == ("image/jpeg" if name in {"file", "sent"} else "image/webp")
            assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "no-store" in answer.headers["Cache-Control"]
            assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
            assert not answer.headers.keys() & {"ETag", "Last-Modified", "Content-Range"}
            is_attached = answer.headers.get("Content-Disposition", "").startswith("attachment;")
            assert is_attached == (name in {"file", "sent"})
        assert len(bodies) == 1
        for method in ("post", "put", "patch", "delete"):
            assert getattr(rosa, method)(place).status_code in {404, 405}
            assert getattr(browser("grace"), method)(place).status_code in {404, 405}


def test_head_of_a_file_is_no_download_on_record(case, rosa):
    version = read(case)
    assert rosa.head(reverse("documents:file", args=[version.pk])).status_code == 200
    assert seen("document.downloaded") == 0


def test_original_is_only_for_those_who_sent_it(case, rosa):
    content = plan_files.photo()
    version = read(case, "IMG_1.jpg", content)
    address = reverse("documents:file", args=[version.pk]) + "?as=sent"
    assert b"".join(rosa.get(address).streaming_content) == content
    assert Event.objects.get(verb="document.downloaded").why == "original"
    assert browser("joanne").get(address).status_code == 404


def test_page_picture_is_a_picture_and_nothing_else(case, rosa):
    version = read(case, "IMG_1.jpg", plan_files.photo())
    answer = rosa.get(addresses(version)["page"])
    assert answer.headers["Content-Type"] == "image/webp"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox;")
    assert Image.open(io.BytesIO(answer.content)).format == "WEBP"


def test_pages_turned_after_an_opening_belong_to_it(case, rosa):
    version = read(case, content=plan_files.pdf(pages=2))
    rosa.get(version.document.get_absolute_url())
    for image in PageImage.objects.all():
        rosa.get(image.get_absolute_url())
    assert seen("document.opened") == 1


def test_page_asked_for_by_itself_is_a_look_too(case):
    version = read(case)
    browser("joanne").get(addresses(version)["page"])
    assert Event.objects.get(verb="document.opened").why == "preparing"


def test_photo_says_that_its_words_cannot_be_read_out(case, rosa):
    version = read(case, "IMG_1.jpg", plan_files.photo())
    assert "This page is a picture" in rosa.get(version.document.get_absolute_url()).content.decode()


def test_older_version_can_be_read(case, rosa):
    first = read(case)
    second = actions.add_version(first.document, upload("new.pdf", plan_files.pdf(2)), by=Actor.person(case.patient))
    checking.check(second.pk)
    page = rosa.get(first.document.get_absolute_url()).content.decode()
    assert "new.pdf" in page
    assert "?version=1" in page
    assert "Page 1 of 1" in rosa.get(first.document.get_absolute_url() + "?version=1").content.decode()
    assert rosa.get(first.document.get_absolute_url() + "?version=9").status_code == 404


@pytest.mark.parametrize("name", ["list", "search", "join", "add_plan", "add"])
def test_refusal_at_the_pages_of_a_cases_files_is_on_record_once(case, name):
    stranger = people.browser(people.person("grace"))
    for _press in range(2):
        assert stranger.get(reverse(f"documents:{name}", args=[case.pk])).status_code == 404
    line = Event.objects.get(verb="document.denied")
    assert (line.about_id, line.patient, line.case_id) == (str(case.pk), case.patient_id, case.pk)
    assert line.actor_id == people.person("grace").pk
    assert stranger.get(reverse(f"documents:{name}", args=[people.person("grace").pk])).status_code == 404
    assert seen("document.denied") == 1
