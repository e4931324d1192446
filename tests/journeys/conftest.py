"""A browser at a person's hand, on the real parts."""

import pytest
from django.conf import settings

from tests import people


@pytest.fixture
def come(browser, site):
    """`come("rosa", width=390)` is a page on which this person is signed in; without a key, nobody is."""
    contexts = []

    def come(key: str = "", *, width: int = 1280, **options):
        context = browser.new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce", **options)
        contexts.append(context)
        if key:
            value = people.browser(people.person(key)).cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": site}])
        page = context.new_page()
        page.said = []
        page.on("console", lambda said: page.said.append(said.text) if said.type == "error" else None)
        page.on("request", lambda ask: page.said.append(ask.url) if not ask.url.startswith((site, "data:")) else None)
        page.set_default_timeout(20_000)
        return page

    yield come
    for context in contexts:
        context.close()
