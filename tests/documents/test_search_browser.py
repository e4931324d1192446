"""From the list of files to the marked words, by keyboard and without script; clean by axe."""

import pytest
from django.conf import settings
from playwright.sync_api import expect

from cases.documents.worker import machine_text
from tests import page_pictures, people
from tests.documents.files import read

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def photo(case):
    """A photo of a letter, read by machine."""
    version = read(case, "Letter from Dr. Keller.jpg", page_pictures.photo())
    line = [104, 284, 406, 22, "Take tamoxifen 20 mg every day", [2]]
    machine_text.keep(machine_text.claim(), {"lines": [line], "certainty": 90, "turn": 0})
    return version


@pytest.mark.parametrize("scripts", [True, False], ids=["script", "no script"])
@pytest.mark.full
def test_words_on_a_photo_are_found_and_shown_in_the_viewer(browser, site, axe, case, photo, scripts):
    context = browser.new_context(java_script_enabled=scripts, reduced_motion="reduce")
    cookie = people.browser(case.patient).cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": site}])
    page = context.new_page()
    page.goto(f"{site}/cases/{case.pk}/documents/")
    page.get_by_label("Look for words in the files").focus()
    page.keyboard.type("Tamoxifen")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Found in 1 file")).to_be_visible()
    expect(page.get_by_text("Take tamoxifen 20[?] mg")).to_be_visible()
    assert "amoxifen" not in page.url
    if scripts:
        assert axe(page) == []
    page.get_by_role("button", name="Page 1").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".rs-scan__hit")).to_have_count(1)
    expect(page.get_by_text("Read by machine. Check the picture.").first).to_be_visible()
    assert "amoxifen" not in page.url
    context.close()
