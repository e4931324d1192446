"""Adding and reading files in a real browser: with script and without, by keyboard, clean by axe."""

import os

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from cases.documents.models import Version
from cases.documents.worker import checking
from tests import people, plan_files
from tests.documents.files import added, checked

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PLAN = {"name": "Treatment plan, Dr. Keller.pdf", "mimeType": "application/pdf"}
PHOTO = {"name": "IMG_2291.jpg", "mimeType": "image/jpeg"}


def be(page: Page, site: str, key: str) -> None:
    """Sign one of the cast in, without walking through sign-in."""
    cookie = people.browser(people.person(key)).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": site}])


def check_all():
    """What the worker does meanwhile."""
    for pk in list(Version.objects.moving().values_list("pk", flat=True)):
        checking.check(pk)


@pytest.mark.full
def test_files_are_sent_one_by_one_and_the_list_follows_the_checks(site, page, case):
    said = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    be(page, site, "rosa")
    page.goto(f"{site}/cases/{case.pk}/plan/")
    expect(page.get_by_role("button", name="Add these files")).to_be_hidden()
    hostile = {"name": "page.html", "mimeType": "text/html", "buffer": b"<html>"}
    page.set_input_files(
        "#id_files", [PLAN | {"buffer": plan_files.pdf()}, hostile, PHOTO | {"buffer": plan_files.photo()}]
    )
    expect(page.locator("#files").get_by_text("IMG_2291.jpg").first).to_be_visible()
    expect(page.get_by_text("This file didn’t pass our safety check").first).to_be_visible()
    check_all()
    expect(page.locator("#files").get_by_text("Ready, not checked for viruses")).to_have_count(2, timeout=15_000)
    assert Version.objects.count() == 2
    assert [text for text in said if "422" not in text] == []


def test_save_and_continue_waits_for_the_last_file(site, page, case):
    be(page, site, "rosa")
    page.goto(f"{site}/cases/{case.pk}/plan/")
    page.set_input_files("#id_files", [PLAN | {"buffer": plan_files.pdf()}])
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url(f"**/cases/{case.pk}/")
    assert Version.objects.count() == 1


def test_a_lost_connection_is_told_and_tried_again(site, page, case):
    be(page, site, "rosa")
    page.goto(f"{site}/cases/{case.pk}/plan/")
    page.context.set_offline(True)
    page.set_input_files("#id_files", [PLAN | {"buffer": plan_files.pdf()}])
    expect(page.locator("[data-said]").get_by_text("This file starts again by itself")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator("#files").get_by_text(PLAN["name"]).first).to_be_visible()


def test_an_answer_that_is_no_page_of_ours_is_not_told_as_a_dropped_line(site, page, case):
    be(page, site, "rosa")
    page.goto(f"{site}/cases/{case.pk}/plan/")
    answers = iter([503, 403])

    def answer(route):
        status = next(answers, None) if route.request.method == "POST" else None
        route.fulfill(status=status, body="") if status else route.continue_()

    page.route("**/plan/", answer)
    page.set_input_files("#id_files", [PLAN | {"buffer": plan_files.pdf()}])
    said = page.locator("[data-said]")
    expect(said.get_by_text("We couldn’t save this file just now. It starts again by itself.")).to_be_visible()
    expect(said.get_by_text("Try again in a few minutes")).to_be_visible(timeout=15_000)
    assert not page.get_by_text("connection").filter(visible=True).count()
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#files").get_by_text(PLAN["name"]).first).to_be_visible()


def test_taking_a_refused_file_off_the_list_makes_no_room(site, page, case, settings):
    settings.CASE_LIMIT_MB = 1
    be(page, site, "rosa")
    page.goto(f"{site}/cases/{case.pk}/plan/")
    sent = []
    page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    big = {"buffer": b"%PDF" + bytes(1_500_000)}
    for name in ("one.pdf", "two.pdf"):
        page.set_input_files("#id_files", [PLAN | big | {"name": name}])
        row = page.locator("[data-uploading] > *").filter(has_text=name)
        expect(row.get_by_text("There is no room left for this file.")).to_be_visible()
        row.get_by_role("button").first.click()
        expect(row).to_have_count(0)
    assert [request.url for request in sent if request.url.endswith("/plan/")] == []


def test_a_file_on_its_way_at_a_reload_is_named_until_it_is_added_again(site, page, case):
    be(page, site, "rosa")
    page.goto(f"{site}/cases/{case.pk}/add/")
    page.route("**/add/", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    page.set_input_files("#id_files", [PLAN | {"buffer": plan_files.pdf()}])
    expect(page.locator("[data-said]").get_by_text("This file starts again by itself")).to_be_visible()
    page.unroute("**/add/")
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.locator(f'[data-missing="{PLAN["name"]}"]')).to_be_visible()
    page.set_input_files("#id_files", [PLAN | {"buffer": plan_files.pdf()}])
    expect(page.locator("#files").get_by_text(PLAN["name"]).first).to_be_visible()
    expect(page.get_by_text("Not here yet")).to_have_count(0)


@pytest.mark.full
def test_without_script_files_are_added_removed_and_read(site, browser, case):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    be(page, site, "rosa")
    page.goto(f"{site}/cases/{case.pk}/plan/")
    page.set_input_files(
        "#id_files", [PLAN | {"buffer": plan_files.pdf(pages=2)}, PHOTO | {"buffer": plan_files.photo()}]
    )
    page.get_by_role("button", name="Add these files").click()
    expect(page.get_by_text("We are checking them")).to_be_visible()
    check_all()
    page.get_by_role("link", name="Look again").click()
    page.get_by_role("button", name="Remove IMG_2291.jpg").click()
    expect(page.locator("#files").get_by_text("IMG_2291.jpg")).to_have_count(0)
    page.get_by_role("link", name=PLAN["name"], exact=True).click()
    expect(page.get_by_text("Page 1 of 2").first).to_be_visible()
    page.get_by_role("link", name="Next page").click()
    expect(page.get_by_text("Page 2 of 2").first).to_be_visible()
    context.close()


@pytest.mark.full
@pytest.mark.parametrize("what", ["plan", "any", "documents", "detail", "unlock", "new-version"])
def test_page_has_no_barriers(site, page, axe, case, what):
    ready = checked(case, PLAN["name"], plan_files.pdf(pages=3))
    checked(case, PHOTO["name"], plan_files.photo(is_dark=True))
    locked = checked(case, "portal-export-locked.pdf", plan_files.locked_pdf())
    added(case, "IMG_2292.jpg", plan_files.photo(size=(800, 1000)))
    address = {
        "plan": f"/cases/{case.pk}/plan/",
        "any": f"/cases/{case.pk}/add/",
        "documents": f"/cases/{case.pk}/documents/",
        "detail": f"/documents/{ready.document_id}/",
        "unlock": f"/versions/{locked.pk}/unlock/",
        "new-version": f"/documents/{ready.document_id}/new-version/",
    }[what]
    be(page, site, "rosa")
    page.emulate_media(reduced_motion="reduce")
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(site + address)
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if shots := os.environ.get("SHOTS"):
            page.screenshot(path=f"{shots}/{what}-{width}.png", full_page=True)


@pytest.mark.full
@pytest.mark.parametrize(
    "name", ["خطة العلاج.pdf", "治療計画書 🩺.pdf", "é" * 196 + ".pdf"], ids=["Arabic", "Chinese", "200"]
)
def test_download_has_the_name_that_was_given_to_the_upload(site, page, case, name):
    be(page, site, "rosa")
    page.goto(f"{site}/cases/{case.pk}/plan/")
    page.set_input_files("#id_files", {"name": name, "mimeType": "application/pdf", "buffer": plan_files.pdf()})
    expect(page.locator("#files").get_by_text(name).first).to_be_visible()
    check_all()
    version = Version.objects.get()
    with page.expect_download() as download:
        page.evaluate("place => { location.href = place }", f"/versions/{version.pk}/file/")
    assert download.value.suggested_filename == name
