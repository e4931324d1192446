"""Photos joined into one document: in order, turned, taken out, added, separated; what reaches the other side."""

import datetime as dt
import io
import uuid

import pikepdf
import pytest
from django.db import IntegrityError, connection, transaction
from PIL import Image

from cases.documents import actions, erasing, lists, plans, rules, words
from cases.documents.describing import actions as describing
from cases.documents.joining import actions as joining
from cases.documents.joining.joined import JoinedPage
from cases.documents.models import Document, Version
from cases.documents.search import case_search as search
from cases.documents.worker import checking, making
from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.history.models import Event
from portal.vault import files as vault
from portal.vault.models import StoredFile
from tests import factories, people
from tests.documents.files import added, read, upload

pytestmark = pytest.mark.django_db

SHADES = (40, 90, 140, 190, 240)


def by(key="rosa"):
    return Actor.person(people.person(key))


def photo(number, kind="JPEG", size=(300, 400)):
    """A photo told from the others by its shade; its top left corner is white."""
    made = Image.new("RGB", size, (SHADES[number % 5],) * 3)
    made.paste("white", (0, 0, size[0] // 3, size[1] // 4))
    out = io.BytesIO()
    made.save(out, kind)
    return out.getvalue()


def photos(case, count=3, *, key="rosa", start=0):
    made = [
        read(case, f"IMG_{number}.jpg", photo(number), by=people.person(key)) for number in range(start, start + count)
    ]
    return [version.document_id for version in made]


def work():
    """What the worker does with all that is due."""
    Version.objects.filter(state="received").update(due_at=clock.now())
    checking.check_waiting()


def joined_of(case, count=3):
    joined = joining.join(case, photos(case, count), by=by())
    work()
    return joined


def order(joined):
    return list(joined.joined_pages.values_list("photo", flat=True))


def shades(joined):
    """The shade of each page of the newest ready copy, and whether its top left corner is white."""
    version = joined.versions.filter(state="ready", withdrawn_at=None).order_by("-number").first()
    with pikepdf.open(io.BytesIO(vault.read_bytes(version.file))) as pdf:
        found = []
        for page in pdf.pages:
            sheet = pikepdf.PdfImage(page.Resources.XObject.Scan).as_pil_image().convert("L")
            middle = sheet.getpixel((sheet.width // 2, sheet.height // 2))
            shade = min(SHADES, key=lambda each: abs(each - middle))
            corners = [(5, 5), (sheet.width - 5, 5), (sheet.width - 5, sheet.height - 5), (5, sheet.height - 5)]
            found.append((SHADES.index(shade), [sheet.getpixel(at) > 250 for at in corners].index(True) * 90))
        return found


def test_photos_become_pages_of_one_document_in_order(case):
    first, second, third = photos(case)
    joined = joining.join(case, [third, first, second], by=by())
    assert [row.version.made_of for row in lists.here(case, case.patient, kind="plan")] == [[third, first, second]]
    work()
    version = joined.versions.get()
    assert (version.state, version.pages, version.kind, version.original) == ("ready", 3, "pdf", None)
    assert shades(joined) == [(2, 0), (0, 0), (1, 0)]
    assert version.page_images.count() == 3
    assert [plan.document_id for plan in plans.plan_files(case)] == [joined.pk]
    assert Event.objects.filter(verb="document.joined", about_id=str(joined.pk)).count() == 1
    # The photos are kept as they were sent.
    assert vault.read_bytes(Version.objects.get(document=third).original) == photo(2)


def test_photos_are_read_on_their_own_until_the_document_is_made(case):
    joined = joining.join(case, photos(case), by=by())
    assert len(plans.plan_files(case)) == 3
    assert joined.versions.get().state == "received"


def test_same_photos_joined_twice_are_one_document(case):
    wanted = photos(case)
    first = joining.join(case, wanted, by=by())
    assert joining.join(case, wanted[::-1], by=by()) == first
    assert (JoinedPage.objects.count(), Document.objects.count()) == (3, 4)
    with pytest.raises(Refused):
        joining.join(case, [*wanted, *photos(case, 1, start=3)], by=by())


@pytest.mark.full
def test_pages_are_moved_and_turned_by_quarters(case):
    joined = joined_of(case)
    first, second, third = order(joined)
    joining.move(joined, first, 1, by=by())
    joining.move(joined, third, 1, by=by())  # it is the last already
    joining.turn(joined, first, by=by())
    for _press in range(3):
        joining.turn(joined, third, by=by())
    assert order(joined) == [second, first, third]
    work()
    assert shades(joined) == [(1, 0), (0, 90), (2, 270)]
    assert joined.versions.count() == 2  # presses that follow each other make one version


@pytest.mark.full
def test_presses_wait_for_the_last_one_and_done_does_not(case):
    joined = joined_of(case)
    now = clock.now()
    joining.turn(joined, order(joined)[0], by=by())
    version = joined.versions.get(number=2)
    assert version.due_at - now > rules.PRESSES_END / 2
    joining.finish(joined, by=by())
    version.refresh_from_db()
    assert version.due_at <= clock.now()


@pytest.mark.full
def test_pages_that_are_as_before_are_not_made_again(case):
    joined = joined_of(case)
    joining.finish(joined, by=by())
    joining.move(joined, order(joined)[0], -1, by=by())
    assert joined.versions.count() == 1


@pytest.mark.full
def test_page_is_taken_out_and_another_put_in(case):
    joined = joined_of(case)
    first, second, third = order(joined)
    (more,) = photos(case, 1, start=3)
    joining.take_out(joined, second, by=by())
    joining.put_in(joined, [more, more, first], by=by())
    assert order(joined) == [first, third, more]
    work()
    assert [shade for shade, _turn in shades(joined)] == [0, 2, 3]
    assert {plan.document_id for plan in plans.plan_files(case)} == {joined.pk, second}
    joining.take_out(joined, first, by=by())
    with pytest.raises(Refused):
        joining.take_out(joined, third, by=by())


@pytest.mark.full
def test_separated_photos_stand_on_their_own_again(case):
    joined = joined_of(case)
    wanted = set(order(joined))
    joining.separate(joined, by=by())
    joining.separate(joined, by=by())
    assert {plan.document_id for plan in plans.plan_files(case)} == wanted
    assert Event.objects.filter(verb="document.separated").count() == 1
    with pytest.raises(Refused):
        actions.restore(joined, by=by())


@pytest.mark.full
def test_newer_photo_takes_the_place_of_a_poor_one(case):
    joined = joined_of(case)
    _first, second, _third = order(joined)
    newer = actions.add_version(Document.objects.get(pk=second), upload("again.jpg", photo(4)), by=by())
    checking.check(joined.versions.get(number=2).pk)
    assert joined.versions.get(number=2).state == "received"  # it waits for the newer photo's own check
    checking.check(newer.pk)
    work()
    assert [shade for shade, _turn in shades(joined)] == [0, 4, 2]
    assert len(order(joined)) == 3


@pytest.mark.full
def test_document_waits_for_photos_that_are_still_checked(case):
    waiting = [added(case, f"IMG_{number}.jpg", photo(number)) for number in range(2)]
    joined = joining.join(case, [version.document_id for version in waiting], by=by())
    version = joined.versions.get()
    checking.check(waiting[0].pk)
    checking.check(version.pk)
    version.refresh_from_db()
    assert version.state == "received"
    checking.check(waiting[1].pk)
    checking.check(version.pk)
    assert len(shades(joined)) == 2


@pytest.mark.full
def test_photo_that_does_not_open_is_left_out(case):
    good = photos(case, 2)
    broken = added(case, "IMG_9.jpg", photo(4)[:300])
    joined = joining.join(case, [good[0], broken.document_id, good[1]], by=by())
    work()
    work()
    broken.refresh_from_db()
    assert broken.state == "refused"
    assert [shade for shade, _turn in shades(joined)] == [0, 1]
    assert joined.versions.get().notes == ["missing_pages", "poor_pages"]
    actions.add_version(broken.document, upload("again.jpg", photo(4)), by=by())
    work()
    work()
    assert [shade for shade, _turn in shades(joined)] == [0, 4, 1]
    assert joined.versions.get(number=2).notes == ["poor_pages"]


@pytest.mark.full
def test_added_page_is_read_on_its_own_while_no_copy_shows_it(case):
    joined = joined_of(case)
    (more,) = photos(case, 1, start=3)
    joining.put_in(joined, [more], by=by())
    Version.objects.filter(document=joined, number=2).update(state="refused", reason="too_complex")
    assert {plan.document_id for plan in plans.plan_files(case)} == {joined.pk, more}
    assert more in {file.document.pk for file in search.in_case(case, case.patient, ["img_3"]).files}


def test_document_of_photos_that_do_not_open_is_refused_in_words(case):
    broken = [added(case, f"IMG_{number}.jpg", photo(number)[: 300 + number]) for number in range(2)]
    joined = joining.join(case, [version.document_id for version in broken], by=by())
    work()
    work()
    version = joined.versions.get()
    assert (version.state, version.reason) == ("refused", "no_photos")


def test_what_was_said_of_the_photos_is_said_of_the_document(case):
    first, second = (Document.objects.get(pk=pk) for pk in photos(case, 2))
    day, kind = dt.date(2026, 3, 5), "pathology_report"
    describing.describe(first, title="Biopsy", kind=kind, author="Dr. Ruiz", dated_on=day, by=by())
    joined = joining.join(case, [first.pk, second.pk], by=by())
    joined = Document.objects.get(pk=joined.pk)
    assert (joined.title, joined.kind, joined.author, joined.dated_on) == ("Biopsy", kind, "Dr. Ruiz", day)
    assert {joined.kind_said_by, joined.author_said_by, joined.dated_said_by} == {people.person("rosa")}


@pytest.mark.full
def test_erasing_leaves_nothing_of_either_side(case):
    joined = joined_of(case)
    actions.withdraw(joined, by=by())
    now = clock.now() + rules.KEPT_AFTER_WITHDRAWAL * 2
    erasing.erase_versions(erasing.taken_back(now))
    assert (Document.objects.count(), Version.objects.count(), JoinedPage.objects.count()) == (0, 0, 0)
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize("key", ["ama", "theo"])
def test_others_join_only_what_they_put_in(case, key):
    case = factories.open_case(people.person("grace"), starter=people.person("ama"))
    theirs, hers = photos(case, 2, key="grace"), photos(case, 2, key=key, start=2)
    with pytest.raises(Refused):
        joining.join(case, theirs, by=by(key))
    joined = joining.join(case, hers, by=by(key))
    assert joined.put_in_by == people.person(key)
    with pytest.raises(Refused):
        joining.put_in(joined, theirs, by=by(key))


def test_photos_of_another_case_or_none_at_all_are_refused(case):
    other = factories.open_case(people.person("grace"))
    foreign = read(other, "IMG_1.jpg", photo(1), by=other.patient).document_id
    letter = read(case).document_id
    for wanted in ([], [foreign, *photos(case, 1)], [letter, uuid.uuid4()]):
        with pytest.raises(Refused):
            joining.join(case, wanted, by=by())
    assert not JoinedPage.objects.exists()


def test_more_photos_than_fit_are_refused():
    assert rules.why_not_join("patient", False, rules.MOST_JOINED + 1)
    assert not rules.why_not_join("helper", True, rules.MOST_JOINED)
    assert rules.why_not_join("consultant", True, 2)


@pytest.mark.full
def test_joined_photos_do_not_count_twice_against_the_room_of_the_case(case):
    wanted = photos(case)
    used = words.used_by(case)
    joining.join(case, wanted, by=by())
    work()
    assert words.used_by(case) == used


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("joinedpage_one_per_number", {"number": 2}),
        ("joinedpage_number_counts_from_1", {"number": 0}),
        ("joinedpage_turns_by_quarters", {"turn": 45}),
    ],
)
def test_page_that_cannot_be_is_refused(case, constraint, changes):
    joined = joining.join(case, photos(case, 2), by=by())
    page = joined.joined_pages.first()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # the order is judged when a transaction ends
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        JoinedPage.objects.filter(pk=page.pk).update(**changes)
    assert constraint in str(error.value)


def test_photo_is_a_page_of_one_document_at_most(case):
    wanted = photos(case, 2)
    joined = joining.join(case, wanted, by=by())
    for also in ({"photo_id": wanted[0], "joined": joined}, {"photo": joined, "joined": joined}):
        with pytest.raises(IntegrityError), transaction.atomic():
            JoinedPage.objects.create(number=9, **also)
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.filter(document=wanted[0]).update(made_of=[wanted[1]])


@pytest.mark.full
def test_worker_that_died_half_way_is_followed_by_another(case):
    joined = joining.join(case, photos(case), by=by())
    claimed = checking.claim(joined.versions.get().pk)
    Version.objects.filter(pk=claimed.pk).update(claimed_at=clock.now() - rules.ONE_LOOK)
    work()
    assert len(shades(joined)) == 3


def test_page_that_lay_on_its_side_and_was_turned_is_not_poor(case):
    version = Version(notes=["sideways", "dark"])
    assert making.poor_notes(version, 0) == ["sideways", "dark"]
    assert making.poor_notes(version, 90) == ["dark"]
