"""The worker reads pages that are pictures: after the file is ready, one at a time, never for ever."""

import datetime as dt
import io
import json

import pikepdf
import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from cases.documents import actions, erasing, rules, tasks, words
from cases.documents.models import CLAIM_LASTS, Guess, PageImage, Version
from cases.documents.sandbox import run as sandbox
from cases.documents.search import hits
from cases.documents.worker import checking, machine_text
from portal import clock
from portal.actors import Actor
from tests import page_pictures, people, plan_files
from tests.documents.files import added, read
from tests.documents.test_models import refuses

pytestmark = pytest.mark.django_db

full = pytest.mark.full
Reading = PageImage.Reading
SAID = "Take tamoxifen 20 mg"


@pytest.fixture
def fake(settings, tmp_path, monkeypatch):
    """Call it with what a program does that stands in the place of tesseract; it knows English."""
    monkeypatch.setattr(sandbox, "MORE_GENTLY", 0)

    def write(script):
        program = tmp_path / "engine"
        program.write_text(f'#!/bin/sh\n[ "$1" = --list-langs ] && echo eng && exit\n{script}\n')
        program.chmod(0o755)
        settings.TEXT_ENGINE = str(program)

    return write


def saying(line=SAID, turn=0):
    rows = [f"5\\t1\\t1\\t1\\t1\\t{n}\\t{n * 90}\\t10\\t80\\t20\\t93\\t{word}" for n, word in enumerate(line.split())]
    up = f"case $* in *osd*) printf 'Rotate: {turn}\\nOrientation confidence: 9\\n';; "
    return up + "*) printf '" + "\\n".join(rows) + "\\n';; esac"


def photo_of(case, **also):
    return read(case, "plan.jpg", page_pictures.photo(**also))


def page_of(version, number=1):
    return version.page_images.get(number=number)


def found(*lines, turn=0, certainty=93):
    return {"lines": [[10, 20, 300, 20, line, []] for line in lines], "certainty": certainty, "turn": turn}


def dead(page):
    PageImage.objects.filter(pk=page.pk).update(read_claimed_at=clock.now() - CLAIM_LASTS - dt.timedelta(seconds=1))


@pytest.mark.full
def test_photo_is_ready_first_and_read_afterwards(case, text_engine):
    version = photo_of(case)
    assert version.is_ready
    assert page_of(version).reading == Reading.WAITING
    tasks.read_pictures()
    page = page_of(version)
    assert (page.reading, page.read_claimed_at) == (Reading.READ, None)
    assert "Take tamoxifen 20 mg every day" in page.words
    assert list(checking.rooms().iterdir()) == []


def test_page_says_that_a_machine_read_it(case, rosa, fake):
    version = photo_of(case)
    fake(saying())
    tasks.read_pictures()
    html = rosa.get(reverse("documents:detail", args=[version.document_id])).content.decode()
    assert SAID in html
    assert "Read by machine. Check the picture." in html


def test_uncertain_words_are_marked_on_the_page(case, rosa):
    version = photo_of(case)
    line = [10, 20, 300, 20, "Take <b>tamoxifen</b> 20 mg […]", [2]]
    machine_text.keep(machine_text.claim(), {"lines": [line], "certainty": 70, "turn": 0})
    html = rosa.get(reverse("documents:detail", args=[version.document_id])).content.decode()
    assert "Take &lt;b&gt;tamoxifen&lt;/b&gt; 20[?] mg […]" in html
    assert "[?] stands after what the machine is not sure of" in html


def test_machine_words_are_sealed_in_the_row(case):
    photo_of(case)
    machine_text.keep(machine_text.claim(), found(SAID))
    with connection.cursor() as cursor:
        cursor.execute("SELECT text, certainty FROM documents_pageimage")
        sealed, certainty = cursor.fetchone()
    assert certainty == 93
    assert b"tamoxifen" not in bytes(sealed)


def test_pages_with_words_of_their_own_are_left_as_they_are(case):
    read(case, "plan.pdf", plan_files.pdf(pages=2))
    assert not PageImage.objects.to_read().exists()


def mixed_pdf():
    """A letter with words, a scan behind it."""
    with (
        pikepdf.open(plan_file(plan_files.pdf())) as letter,
        pikepdf.open(plan_file(page_pictures.scanned_pdf())) as scan,
    ):
        letter.pages.extend(scan.pages)
        return plan_files.saved(letter)


def plan_file(content):

    return io.BytesIO(content)


@full
def test_mixed_file_is_read_page_by_page(case, fake):
    version = read(case, "plan.pdf", mixed_pdf())
    own = page_of(version, 1).words
    fake(saying())
    tasks.read_pictures()
    assert (page_of(version, 1).reading, page_of(version, 1).words) == (Reading.OWN, own)
    assert (page_of(version, 2).reading, page_of(version, 2).words) == (Reading.READ, SAID)


def test_without_a_machine_pictures_stay_pictures(case, rosa, settings):
    version = photo_of(case)
    settings.TEXT_ENGINE = ""
    tasks.read_pictures()
    page = page_of(version)
    assert (page.reading, page.read_tries) == (Reading.WAITING, 0)
    html = rosa.get(reverse("documents:detail", args=[version.document_id])).content.decode()
    assert "This page is a picture. Its words can’t be read out or copied." in html


@pytest.mark.parametrize(("program", "languages"), [("/nonexistent/tesseract", "eng"), ("", "xxx")])
def test_machine_that_cannot_work_tries_no_page(case, settings, fake, program, languages):
    version = photo_of(case)
    fake(saying())
    settings.TEXT_ENGINE, settings.TEXT_LANGUAGES = program or settings.TEXT_ENGINE, languages
    tasks.read_pictures()
    assert page_of(version).read_tries == 0


@pytest.mark.parametrize("script", ["exit 1", "kill -9 $$", "exec sleep 99"])
@full
def test_page_that_fails_is_tried_a_few_times_then_stays_a_picture(case, fake, monkeypatch, script):
    monkeypatch.setattr(machine_text, "PAGE_SECONDS", 0.2)
    version = photo_of(case)
    fake(script)
    for tries in range(1, rules.MOST_READINGS + 1):
        tasks.read_pictures()
        assert page_of(version).read_tries == tries
    tasks.read_pictures()
    page = page_of(version)
    assert (page.reading, page.read_tries, page.words) == (Reading.UNREAD, rules.MOST_READINGS, "")
    assert Version.objects.get().is_ready


def test_picture_without_words_is_not_asked_again(case, fake):
    version = photo_of(case)
    fake("exit 0")
    tasks.read_pictures()
    assert page_of(version).reading == Reading.EMPTY
    assert machine_text.claim() is None


@pytest.mark.parametrize(
    ("also", "waiting"), [([], {Reading.WAITING, Reading.EMPTY}), (["--empty"], {Reading.WAITING})]
)
def test_pages_that_stayed_pictures_can_wait_again(case, also, waiting):
    read(case, "scan.pdf", page_pictures.scanned_pdf(*page_pictures.LINES[:2]))
    PageImage.objects.filter(number=1).update(reading=Reading.UNREAD, read_tries=rules.MOST_READINGS)
    PageImage.objects.filter(number=2).update(reading=Reading.EMPTY, read_tries=1)
    call_command("read_again", *also)
    assert set(PageImage.objects.values_list("reading", flat=True)) == waiting
    assert PageImage.objects.get(number=1).read_tries == 0


@pytest.mark.parametrize(
    ("turn", "sentence"), [(90, "It lies on its side. You can take it again"), (180, "It is upside down. You can")]
)
def test_photo_that_lies_is_noted_and_stays_ready(case, fake, turn, sentence):
    version = photo_of(case)
    fake(saying(turn=turn))
    tasks.read_pictures()
    version.refresh_from_db()
    assert version.is_ready
    assert sentence in words.explanation(version)
    assert page_of(version).turn == turn


def test_lying_page_has_its_words_beside_the_picture_not_over_it(case, rosa):
    version = photo_of(case)
    machine_text.keep(machine_text.claim(), found(SAID, turn=90))
    html = rosa.get(reverse("documents:detail", args=[version.document_id])).content.decode()
    assert "rs-scan__words" not in html
    assert SAID in html


def test_one_page_is_read_at_a_time(case):
    version = read(case, "scan.pdf", page_pictures.scanned_pdf(*page_pictures.LINES[:2]))
    assert machine_text.claim().number == 1
    assert machine_text.claim() is None
    waiting = version.page_images.get(reading=Reading.WAITING)
    refuses(waiting, "pageimage_one_is_read_at_a_time", reading=Reading.READING, read_claimed_at=clock.now())


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("pageimage_reading_is_known", {"reading": "lost"}),
        ("pageimage_claimed_while_read", {"reading": "reading"}),
        ("pageimage_claimed_while_read", {"read_claimed_at": clock.now()}),
        ("pageimage_read_says_how_certain", {"reading": "read"}),
        ("pageimage_read_says_how_certain", {"reading": "read", "certainty": 101}),
        ("pageimage_read_says_how_certain", {"certainty": 90}),
        ("pageimage_turns_by_quarters", {"turn": 45}),
    ],
)
def test_page_that_cannot_be_is_refused(case, constraint, changes):
    refuses(page_of(photo_of(case)), constraint, **changes)


def test_killed_worker_s_page_is_read_by_the_next(case, fake):
    version = photo_of(case)
    dead(machine_text.claim())
    fake(saying())
    tasks.read_pictures()
    assert page_of(version).words == SAID


def test_page_that_kills_workers_is_given_up(case):
    version = photo_of(case)
    for _again in range(rules.MOST_READINGS):
        dead(machine_text.claim())
    assert machine_text.claim() is None
    assert page_of(version).reading == Reading.UNREAD


def test_late_worker_changes_nothing_after_another_took_over(case):
    version = photo_of(case)
    slow = machine_text.claim()
    dead(slow)
    quick = machine_text.claim()
    machine_text.keep(slow, found("old words"))
    machine_text.keep(quick, found(SAID))
    machine_text.put_off(slow)
    assert page_of(version).words == SAID


def test_files_that_wait_for_their_check_come_first(case, fake):
    version = photo_of(case)
    fake(saying())
    added(case, "other.pdf")
    tasks.read_pictures()
    assert page_of(version).reading == Reading.WAITING


def test_file_that_was_taken_back_is_not_read(case):
    version = photo_of(case)
    actions.withdraw(version.document, by=Actor.person(case.patient))
    assert machine_text.claim() is None


def test_case_erased_while_its_page_is_read_keeps_no_word(case):
    photo_of(case)
    page = machine_text.claim()
    type(case).objects.filter(pk=case.pk).update(state="closed", closed_at=clock.now())
    erasing.erase_case(type(case).objects.get(), by=Actor.person(people.person("theo")))
    machine_text.keep(page, found(SAID))
    assert not PageImage.objects.exists()


def test_key_destroyed_before_the_page_is_laid_out_is_no_error(case, fake):
    from portal.vault import files

    photo_of(case)
    page = machine_text.claim()
    files.erase(case.key)
    PageImage.objects.filter(pk=page.pk).update(reading=Reading.WAITING, read_claimed_at=None)
    fake(saying())
    tasks.read_pictures()
    assert page_of(page.version).reading == Reading.WAITING


@full
def test_round_that_is_over_queues_again_behind_other_work(case, fake, monkeypatch):
    read(case, "scan.pdf", page_pictures.scanned_pdf(*page_pictures.LINES[:2]))
    fake(saying())
    monkeypatch.setattr(machine_text, "ONE_ROUND", 0.0)
    assert machine_text.read_waiting()
    monkeypatch.setattr(machine_text, "ONE_ROUND", 60)
    assert not machine_text.read_waiting()
    assert set(PageImage.objects.values_list("reading", flat=True)) == {Reading.READ}


def test_older_pages_without_words_wait_too(case):
    from importlib import import_module

    from django.apps import apps

    version, letter = photo_of(case), read(case, "letter.pdf", plan_files.pdf())
    PageImage.objects.update(reading=Reading.OWN)
    import_module("cases.documents.migrations.0004_read_older_pictures").let_wait(apps, None)
    assert page_of(version).reading == Reading.WAITING
    assert page_of(letter).reading == Reading.OWN


def test_lines_of_both_kinds_have_their_places(case):
    page = page_of(photo_of(case))
    page.text = json.dumps([[1, 2, 3, 4, "own words"], [1.5, 2, 3, 4, "read 20 words", [1]]])
    first, second = page.lines
    assert first == {"x": "1", "y": "2", "length": "3", "size": "4", "words": "own words"}
    assert second["words"] == "read 20[?] words"


def test_what_the_machine_read_says_what_the_file_is(case):
    version = photo_of(case)
    lines = ["Pathology report", "Reported on March 3, 2025"]
    machine_text.keep(machine_text.claim(), found(*lines))
    guess = Guess.objects.get(document=version.document)
    assert (guess.kind, str(guess.dated_on)) == ("pathology_report", "2025-03-03")


def test_place_found_on_a_page_that_a_machine_read_shows_its_marks(case):
    version = photo_of(case)
    line = [10, 20, 300, 20, "Take tamoxifen 20 mg", [2]]
    machine_text.keep(machine_text.claim(), {"lines": [line], "certainty": 70, "turn": 0})
    (hit,) = hits.on_page(page_of(version), "tamoxifen")
    assert "20[?] mg" in hit.after
