"""Language, zone and addresses of one thread are not those of another."""

import threading
from zoneinfo import ZoneInfo

from django.urls import get_script_prefix, set_script_prefix
from django.utils import timezone, translation

from portal import threads


def seen():
    return (translation.get_language(), timezone.get_current_timezone_name(), get_script_prefix())


def test_each_thread_keeps_its_own():
    found = []

    def other():
        found.append(seen())
        translation.activate("qps")
        timezone.activate(ZoneInfo("Asia/Tokyo"))
        set_script_prefix("/elsewhere/")
        found.append(seen())

    with translation.override("en"), timezone.override(ZoneInfo("America/Toronto")):
        before = seen()
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
        assert seen() == before == ("en", "America/Toronto", "/")
    assert found == [("en", "UTC", "/"), ("qps", "Asia/Tokyo", "/elsewhere/")]


def test_all_of_it_is_kept_plainly_and_once():
    kept = [getattr(module, name) for module, name in threads.KEPT]
    assert all(isinstance(each, threading.local) for each in kept)
    threads.keep_plainly()
    assert [getattr(module, name) for module, name in threads.KEPT] == kept
