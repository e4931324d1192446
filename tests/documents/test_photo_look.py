"""The browser's quick look before sending: the same words as the worker's, and the person's choice."""

import base64
import io

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from cases.documents.adding import legibility
from cases.documents.models import Version
from tests import factories, people, photos

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TWINS = {
    "good": lambda: photos.taken(photos.page()),
    "three lines on a dark table": lambda: photos.taken(photos.page(11, 3), table=12),
    "dim": lambda: photos.dimmed(photos.taken(photos.page()), 0.2),
    "half in a shadow": lambda: photos.shadowed(photos.taken(photos.page()), 0.25),
    "a little out of focus": lambda: photos.blurred(photos.taken(photos.page()), 0.8),
    "out of focus": lambda: photos.blurred(photos.taken(photos.page()), 1.8),
    "moved": lambda: photos.moved(photos.taken(photos.page()), 9),
    "small": lambda: photos.resized(photos.taken(photos.page()), 480),
    "noisy": lambda: photos.noisy(photos.taken(photos.page()), 20),
    "an X-ray": photos.x_ray,
}


def saved(photo) -> bytes:
    out = io.BytesIO()
    photo.save(out, "JPEG", quality=88)
    return out.getvalue()


@pytest.fixture
def plan_page(live_server, page) -> Page:
    """Rosa's page for adding her plan."""
    site = live_server.url.replace("127.0.0.1", "localhost")
    case = factories.open_case()
    cookie = people.browser(case.patient).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": site}])
    page.goto(f"{site}/cases/{case.pk}/plan/")
    return page


@pytest.mark.full
def test_poor_photo_is_asked_about_before_it_is_sent_and_another_takes_its_place(plan_page, folder):
    good, poor = photos.taken(photos.page()), photos.dimmed(photos.taken(photos.page()), 0.2)
    kind = {"mimeType": "image/jpeg"}
    plan_page.set_input_files(
        "#id_files",
        [
            kind | {"name": "one.jpg", "buffer": saved(poor)},
            kind | {"name": "two.jpg", "buffer": saved(good)},
            kind | {"name": "three.jpg", "buffer": saved(photos.noisy(poor, 3))},
        ],
    )
    expect(plan_page.locator("#files").get_by_text("two.jpg").first).to_be_visible()
    expect(plan_page.get_by_text("It looks dark.")).to_have_count(2)
    with plan_page.expect_file_chooser() as chooser:
        plan_page.get_by_role("button", name="Take it again one.jpg").click()
    chooser.value.set_files([kind | {"name": "one again.jpg", "buffer": saved(photos.noisy(good, 3))}])
    expect(plan_page.locator("#files").get_by_text("one again.jpg").first).to_be_visible()
    plan_page.get_by_role("button", name="Keep this one three.jpg").click()
    expect(plan_page.locator("#files").get_by_text("three.jpg").first).to_be_visible()
    assert {version.name for version in Version.objects.all()} == {"one again.jpg", "two.jpg", "three.jpg"}


@pytest.mark.full
def test_browser_and_worker_say_the_same(plan_page):
    for name, made in TWINS.items():
        photo = made()
        said = plan_page.evaluate(
            """async (photo) => {
                const { notesOf } = await import("/static/documents/photo_look.js");
                const bytes = Uint8Array.from(atob(photo), (letter) => letter.charCodeAt(0));
                return notesOf(new Blob([bytes], { type: "image/jpeg" }));
            }""",
            base64.b64encode(saved(photo)).decode(),
        )
        assert sorted(said) == sorted(legibility.look(photo)), name
