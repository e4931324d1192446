"""A consultant's own sentences: kept sealed, in her order, seen by nobody else, and gone with her account."""

import uuid

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from cases.reviews.models import Sentence
from cases.reviews.sentences import actions, erasing, rules
from portal import clock, retention
from portal.accounts import actions as accounts
from portal.actors import Actor
from portal.errors import Refused
from portal.history.models import Event
from tests import people
from tests.reviews import world
from tests.reviews.world import by

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script> {{ 7|add:7 }} \u202e' OR 1=1 --"
PAGE = "/staff/sentences/"


def add(text="Take your time with this.", *, part="plain", title="Time", key="joanne", pk=None) -> Sentence:
    return actions.add(part=part, title=title, text=text, pk=pk or uuid.uuid4(), by=by(key))


def order(key="joanne", part="plain") -> list[str]:
    own = Sentence.objects.visible_to(people.person(key)).filter(part=part).ordered()
    return [each.title for each in own]


def write(sentence: Sentence, wrong: dict) -> None:
    """Past every rule, as far as the database lets it; what waits for the end of the transaction is judged now."""
    Sentence.objects.filter(pk=sentence.pk).update(**wrong)
    connection.check_constraints()


def verbs() -> list[str]:
    return list(Event.objects.filter(verb__startswith="sentence.").order_by("pk").values_list("verb", flat=True))


def sent(**changes) -> dict:
    return {"part": "plain", "title": "Time", "text": "Take your time.", "pk": str(uuid.uuid4())} | changes


def browser(key="joanne"):
    return people.browser(people.person(key))


# What may be kept


@pytest.mark.parametrize(
    ("part", "title", "text", "field"),
    [
        ("plain", " ", "Take your time.", "title"),
        ("plain", "t" * (rules.LONGEST_TITLE + 1), "Take your time.", "title"),
        ("plain", "Time", " \n ", "text"),
        ("plain", "Time", "t" * (rules.LONGEST_WHOLE + 1), "text"),
        ("for", "Time", "t" * (rules.LONGEST + 1), "text"),
        ("missing", "Time", "t" * (rules.LONGEST_MISSING + 1), "text"),
        ("private", "Time", "Take your time.", "part"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_field(part, title, text, field):
    with pytest.raises(Refused) as refused:
        add(text, part=part, title=title)
    assert refused.value.code == field
    assert not Sentence.objects.exists()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Take your time.", []),
        ("Rosa’s tablets come first.", ["Rosa’s"]),
        ("Ask Delgado, and Rosa.", ["Delgado", "Rosa"]),
        ("A rosa is a flower.", []),
        ("It begins on March 3, or 12/04/2026.", ["March 3", "12/04/2026"]),
        ("From 2026-12-01, or the 3rd December.", ["2026-12-01", "3rd December"]),
        ("You may ask 3 questions on 2 pages.", []),
    ],
)
def test_names_of_patients_and_dates_are_found(words, found):
    assert rules.looks_like_a_patients(words, ["Rosa Delgado", "Al Bo"]) == found


def test_no_more_than_fit_on_a_page():
    for number in range(rules.MOST):
        add(title=f"Number {number}")
    with pytest.raises(Refused, match="Take one away first"):
        add()
    assert Sentence.objects.count() == rules.MOST


# Whose they are


def test_each_consultant_sees_her_own_and_nobody_sees_anothers():
    add(key="joanne")
    assert Sentence.objects.visible_to(people.person("joanne")).count() == 1
    for key in ("amir", "rosa", "theo", "mara"):
        assert not Sentence.objects.visible_to(people.person(key)).exists()


@pytest.mark.parametrize("key", ["rosa", "theo", "mara"])
def test_only_consultants_keep_sentences(key):
    with pytest.raises(Refused, match="Only our consultants"):
        add(key=key)


def test_with_anothers_sentence_nothing_can_be_done():
    sentence = add(key="joanne")
    amir = {"by": by("amir")}
    for act in (
        lambda: actions.change(sentence, part="plain", title="Mine", text="Mine.", seen=1, **amir),
        lambda: actions.move(sentence, 1, seen=1, **amir),
        lambda: actions.remove(sentence, **amir),
        lambda: add(pk=sentence.pk, key="amir"),
    ):
        with pytest.raises(Refused):
            act()
    assert Sentence.objects.get().title == "Time"
    assert verbs() == ["sentence.added"]


def test_words_are_sealed_in_the_row_and_in_no_event():
    sentence = add("Take your time.", title="Breathe")
    with connection.cursor() as cursor:
        cursor.execute("SELECT title, text FROM reviews_sentence")
        row = b"".join(bytes(each) for each in cursor.fetchone())
    assert b"Breathe" not in row
    assert b"time" not in row
    assert str(sentence) == f"sentence {sentence.pk}"
    event = Event.objects.get(verb="sentence.added")
    assert (event.about_id, event.patient, event.case_id, event.why) == (str(sentence.pk), None, None, "")


# Doing it twice, late, and from two windows


def test_the_same_press_twice_is_one_sentence():
    pk = uuid.uuid4()
    assert add(pk=pk) == add("Other words.", pk=pk)
    assert Sentence.objects.get().text == "Take your time with this."
    assert verbs() == ["sentence.added"]


def test_a_change_over_an_older_version_is_refused_and_the_same_words_are_not():
    sentence = add()
    actions.change(sentence, part="plain", title="Time", text="One.", seen=1, by=by("joanne"))
    actions.change(sentence, part="plain", title="Time", text="One.", seen=1, by=by("joanne"))
    with pytest.raises(Refused) as refused:
        actions.change(sentence, part="plain", title="Time", text="Two.", seen=1, by=by("joanne"))
    assert refused.value.code == "seen"
    assert (Sentence.objects.get().text, Sentence.objects.get().version) == ("One.", 2)
    assert verbs() == ["sentence.added", "sentence.changed"]


def test_a_sentence_of_another_part_goes_to_its_end():
    add(title="Q", part="questions")
    sentence = add()
    actions.change(sentence, part="questions", title="Time", text="One.", seen=1, by=by("joanne"))
    assert (order(), order(part="questions")) == ([], ["Q", "Time"])


def test_up_and_down_within_the_part_and_no_further():
    first, second, third = (add(title=title) for title in ("A", "B", "C"))
    add(title="Q", part="questions")
    actions.move(third, -1, seen=3, by=by("joanne"))
    assert order() == ["A", "C", "B"]
    actions.move(third, -1, seen=3, by=by("joanne"))  # the same press again
    assert order() == ["A", "C", "B"]
    actions.move(first, -1, seen=1, by=by("joanne"))
    actions.move(second, 1, seen=3, by=by("joanne"))
    assert order() == ["A", "C", "B"]
    assert verbs().count("sentence.moved") == 1


def test_what_was_taken_away_leaves_the_order_and_is_not_there_twice():
    first, second, _third = (add(title=title) for title in ("A", "B", "C"))
    actions.remove(second, by=by("joanne"))
    with pytest.raises(Refused, match="not there any more"):
        actions.remove(second, by=by("joanne"))
    actions.move(first, 1, seen=1, by=by("joanne"))
    assert order() == ["C", "A"]
    assert add(title="D").place == 4


@pytest.mark.parametrize(
    "wrong",
    [{"part": "private"}, {"place": 0}, {"version": 0}, {"title": b""}, {"text": b""}, {"place": 1}],
)
def test_the_database_refuses_rows_that_cannot_be(wrong):
    add()
    second = add(title="B")
    with pytest.raises(IntegrityError), transaction.atomic():
        write(second, wrong)


# When the account ends


@pytest.mark.parametrize("ends", ["closed", "role"])
def test_they_go_in_the_night_after_the_account_ended_and_others_stay(ends):
    add(key="joanne")
    kept = add(key="amir")
    assert retention.run(clock.now())["own_sentences"] == 0
    mara = Actor.person(people.person("mara"))
    if ends == "closed":
        accounts.close_account(people.person("joanne"), by=mara)
    else:
        accounts.change_role(people.person("joanne"), role="coordinator", by=mara)
    assert erasing.left(clock.now()).count() == 1
    assert retention.run(clock.now())["own_sentences"] == 1
    assert Sentence.objects.get() == kept
    assert Event.objects.filter(verb="retention.erased", why="own_sentences 1").count() == 1


# The page


def test_the_page_says_plainly_what_does_not_belong_there():
    assert "No names, no dates, nothing about one patient." in browser().get(PAGE).text


def test_kept_changed_ordered_and_taken_away_on_the_page():
    joanne = browser()
    assert joanne.post(PAGE, sent(title="A")).status_code == 302
    joanne.post(PAGE, sent(title="B"))
    last = Sentence.objects.get(place=2)
    joanne.post(reverse("reviews:move_sentence", args=[last.pk, "up"]), {"place": "2"})
    assert order() == ["B", "A"]
    joanne.post(reverse("reviews:change_sentence", args=[last.pk]), sent(title="B2", seen="1"))
    assert order() == ["B2", "A"]
    joanne.post(reverse("reviews:remove_sentence", args=[last.pk]))
    assert order() == ["A"]


def test_a_name_of_her_patient_or_a_date_is_asked_about_and_kept_once_she_says_so():
    world.taken()
    joanne, words = browser(), sent(text="Rosa takes it from March 3.")
    page = joanne.post(PAGE, words)
    assert page.status_code == 422
    assert "This may be from one patient: “Rosa”, “March 3”." in page.text
    assert "Rosa takes it from March 3." in page.text
    assert not Sentence.objects.exists()
    assert joanne.post(PAGE, words | {"is_sure": "on"}).status_code == 302
    assert Sentence.objects.get().text == "Rosa takes it from March 3."


def test_the_name_of_somebody_elses_patient_says_nothing():
    world.taken()
    assert browser("amir").post(PAGE, sent(text="Rosa is a flower.")).status_code == 302


def test_two_windows_show_both_texts_and_the_second_press_is_knowing():
    sentence, joanne = add(), browser()
    address = reverse("reviews:change_sentence", args=[sentence.pk])
    joanne.post(address, sent(text="Saved first.", seen="1"))
    page = joanne.post(address, sent(text="Typed second.", seen="1"))
    assert page.status_code == 409
    assert "Saved first." in page.text
    assert "Typed second." in page.text
    assert 'name="seen" value="2"' in page.text
    assert joanne.post(address, sent(text="Typed second.", seen="2")).status_code == 302
    assert Sentence.objects.get().text == "Typed second."


def test_hostile_words_stand_as_words():
    joanne = browser()
    joanne.post(PAGE, sent(title=HOSTILE[:60], text=HOSTILE))
    page = joanne.get(PAGE).text
    assert "<script>alert(1)" not in page
    assert "{{ 7|add:7 }}" in page
    assert (
        "<script>alert(1)" not in joanne.get(reverse("reviews:change_sentence", args=[Sentence.objects.get().pk])).text
    )


@pytest.mark.parametrize("wrong", [{"pk": "nonsense"}, {"part": "private"}, {"title": ""}, {"text": "t" * 9999}])
def test_what_cannot_be_comes_back_with_a_reason(wrong):
    page = browser().post(PAGE, sent(**wrong))
    assert page.status_code == 422
    assert not Sentence.objects.exists()


def test_anothers_sentence_is_missing():
    pk = add(key="amir").pk
    joanne = browser()
    for address in (
        reverse("reviews:change_sentence", args=[pk]),
        reverse("reviews:remove_sentence", args=[pk]),
        reverse("reviews:move_sentence", args=[pk, "up"]),
    ):
        assert joanne.post(address, sent(seen="1", place="1")).status_code == 404
    assert Sentence.objects.get().title == "Time"


@pytest.mark.parametrize("verb", ["sideways", "remove-all"])
def test_no_other_way_to_move(verb):
    assert browser().post(reverse("reviews:move_sentence", args=[add().pk, verb]), {"place": "1"}).status_code == 404


def test_the_page_asks_as_little_for_many(django_assert_max_num_queries):
    for number in range(rules.MOST):
        add(title=f"Number {number}", part=rules.Part.values[number % len(rules.Part)])
    joanne = browser()
    joanne.get(PAGE)
    with django_assert_max_num_queries(15):
        assert joanne.get(PAGE).status_code == 200
