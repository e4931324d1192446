"""Six photos of one letter, from sending them to one file in the right order, by keyboard."""

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from cases.documents.models import Document, Version
from cases.documents.worker import checking
from tests import factories, people
from tests.documents.test_joining import photo, work

pytestmark = [pytest.mark.browser, pytest.mark.full, pytest.mark.django_db(transaction=True)]


def test_photos_become_one_letter_in_the_order_she_sees(live_server, page: Page, axe):
    site = live_server.url.replace("127.0.0.1", "localhost")
    case = factories.open_case()
    cookie = people.browser(case.patient).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": site}])
    page.goto(f"{site}/cases/{case.pk}/plan/")
    sent = [
        {"name": f"IMG_{number}.png", "mimeType": "image/png", "buffer": photo(number, "PNG", (900, 1200))}
        for number in (1, 0, 2)
    ]
    page.set_input_files("#id_files", sent)
    expect(page.get_by_role("heading", name="Are these 3 photos pages of one letter?")).to_be_visible()
    checking.check_waiting()
    page.get_by_role("button", name="Yes, make one file").click()
    rows = page.get_by_role("list", name="Pages, in order").get_by_role("listitem")
    expect(rows).to_have_count(3)
    assert axe(page) == []
    up = page.get_by_role("button", name="Up IMG_0.png")
    up.focus()
    page.keyboard.press("Enter")
    expect(rows.first).to_contain_text("IMG_0.png")
    page.get_by_role("button", name="Turn IMG_2.png").click()
    expect(page.locator(".rs-turned--1")).to_be_visible()
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_text("3 photos, joined.pdf").first).to_be_visible()
    work()
    page.reload()
    page.get_by_role("link", name="3 photos, joined.pdf").first.click()
    expect(page.get_by_role("heading", name="3 photos, joined.pdf")).to_be_visible()
    joined = Document.objects.get(joined_pages__number=1)
    names = [Version.objects.get(document=pk).name for pk in joined.versions.latest("number").made_of]
    assert names == ["IMG_0.png", "IMG_1.png", "IMG_2.png"]
