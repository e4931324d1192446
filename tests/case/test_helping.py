"""Helpers of a case: asked, agreed to, declined, changed, ended; and what each may meanwhile."""

import datetime as dt
import itertools

import pytest
from django.db import IntegrityError, transaction
from django.test import RequestFactory

from cases.case import actions as case_actions
from cases.case import people as rule
from cases.case.helping import actions, mandates, rules
from cases.case.helping.models import Helper, Mandate
from cases.case.models import Assignment, Case
from portal import clock
from portal.actors import SYSTEM, Actor
from portal.errors import Refused
from portal.history.models import Event
from portal.once import OnceMiddleware
from tests import factories, people

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 4, 17, tzinfo=dt.UTC)
LAST_DAY = dt.date(2026, 12, 31)


def act(key: str) -> Actor:
    return Actor.person(people.person(key))


@pytest.fixture(autouse=True)
def noon():
    with clock.lived_at(NOON):
        yield


@pytest.fixture
def case():
    """Ama began it for Rosa, and waits for her answer."""
    return factories.open_case(starter=people.person("ama"))


@pytest.fixture
def asked(case):
    return actions.ask(case, people.person("ama"), kin="sister", by=act("ama"))


def agreed(helper: Helper, chosen: str = "most", **wish) -> Helper:
    return actions.agree(helper, chosen=chosen, by=act("rosa"), **wish)


def verbs_of(case: Case, key: str) -> set[str]:
    """What somebody may, one by one; and the same for all cases at once."""
    user = people.person(key)
    one_by_one = {verb for verb in rule.MAY if rule.may(verb, case, user)}
    assert one_by_one == {verb for verb in rule.MAY if case in rule.cases_where(user, verb)}
    assert ("see" in one_by_one) == (case in Case.objects.visible_to(user))
    assert bool(one_by_one) == bool(rule.role_in(case, user))
    return one_by_one


def test_whoever_began_goes_on_while_she_waits_for_the_answer(case):
    before = verbs_of(case, "ama")

    actions.ask(case, people.person("ama"), by=act("ama"))

    assert before == verbs_of(case, "ama") == rule.BY_BEGINNING


def test_asked_twice_it_is_asked_once(case, asked):
    assert actions.ask(case, people.person("ama"), by=act("ama")) == asked
    assert Event.objects.filter(verb="helping.asked").count() == 1


@pytest.mark.parametrize(
    ("person", "by"), [("grace", "grace"), ("grace", "ama"), ("rosa", "rosa"), ("joanne", "rosa"), ("theo", "theo")]
)
def test_nobody_else_is_asked_for(case, person, by):
    with pytest.raises(Refused):
        actions.ask(case, people.person(person), by=act(by))
    assert not Helper.objects.exists()


@pytest.mark.parametrize(
    ("chosen", "may"),
    [
        ("dates", {"see", "rest", "ask_for_a_call", "see_reminders"}),
        (
            "most",
            {"see", "rest", "ask_for_a_call", "see_reminders", *rule.NEEDS} - {"see_private_words"},
        ),
        ("acts", {"see", "rest", "ask_for_a_call", "see_reminders", *rule.NEEDS}),
    ],
)
def test_each_set_opens_what_it_says_and_no_more(asked, chosen, may):
    helper = agreed(asked, chosen)

    assert verbs_of(helper.case, "ama") == may
    assert (helper.agreed_how, helper.recorded_by) == ("page", people.person("rosa"))


@pytest.mark.parametrize("switch", rules.SWITCHES)
def test_each_switch_alone_opens_what_needs_it(asked, switch):
    helper = agreed(asked, "own", switches=[switch])

    needed = {verb for verb, needs in rule.NEEDS.items() if needs == switch}
    assert verbs_of(helper.case, "ama") == {"see", "rest", "ask_for_a_call", "see_reminders"} | needed


def test_switches_that_make_up_a_set_are_that_set():
    for size in range(len(rules.SWITCHES) + 1):
        for picked in itertools.combinations(rules.SWITCHES, size):
            assert rules.switches_of(rules.set_of(picked), picked) == frozenset(picked)
    assert rules.set_of(set(rules.SWITCHES) - {"private"}) == "most"
    for wrong in [("all", []), ("own", ["sign"])]:
        with pytest.raises(KeyError):
            rules.switches_of(*wrong)


@pytest.mark.parametrize("how", ["page", "mail", "text", "phone", "paper"])
@pytest.mark.parametrize("key", ["rosa", "theo", "ama", "grace", "joanne"])
def test_only_the_patient_says_yes_or_a_coordinator_who_heard_it(asked, key, how):
    case_actions.assign(asked.case, people.person("joanne"), why="taking", by=SYSTEM)
    is_heard = (key, how) in {("rosa", "page"), ("rosa", "mail"), ("rosa", "text")} | {
        ("theo", how) for how in ("mail", "text", "phone", "paper")
    }
    if not is_heard:
        with pytest.raises(Refused):
            actions.agree(asked, chosen="acts", how=how, by=act(key))
        with pytest.raises(Refused):
            actions.decline(asked, how=how, by=act(key))
    else:
        actions.agree(asked, chosen="acts", how=how, by=act(key))
    asked.refresh_from_db()
    assert (asked.agreed_at is not None, asked.agreed_how) == (is_heard, how if is_heard else "")


def test_a_second_yes_changes_nothing_and_a_change_does(asked):
    agreed(asked, "dates")
    assert agreed(asked, "acts").chosen == "dates"

    changed = actions.change(asked, chosen="own", switches=["files"], until_on=LAST_DAY, by=act("rosa"))
    actions.change(asked, chosen="own", switches=["files"], until_on=LAST_DAY, by=act("rosa"))

    assert (changed.chosen, changed.switches, changed.version) == ("own", {"files"}, 2)
    assert [event.verb for event in Event.objects.filter(verb__startswith="helping.").order_by("at", "pk")] == [
        "helping.asked",
        "helping.agreed",
        "helping.changed",
    ]


@pytest.mark.parametrize(("key", "why"), [("rosa", "patient"), ("ama", "helper"), ("theo", "staff")])
def test_ended_it_is_over_at_once_and_once(asked, key, why):
    helper = agreed(asked, "acts")

    ended = actions.end(helper, by=act(key))
    actions.end(helper, by=act(key))

    assert (ended.ended_why, verbs_of(helper.case, "ama")) == (why, set())
    assert Event.objects.filter(verb="helping.ended", why=f"ended_{why}").count() == 1
    with pytest.raises(Refused):
        actions.change(helper, chosen="acts", by=act("rosa"))
    with pytest.raises(Refused):
        actions.ask(helper.case, people.person("ama"), by=act("ama"))


@pytest.mark.parametrize("key", ["grace", "joanne", "mara"])
def test_nobody_else_ends_it(asked, key):
    with pytest.raises(Refused):
        actions.end(agreed(asked), by=act(key))


def test_declined_she_is_a_stranger_and_the_patient_can_ask_her_later(asked):
    actions.decline(asked, by=act("rosa"))
    assert actions.decline(asked, by=act("rosa")).ended_why == "declined"
    with pytest.raises(Refused):
        agreed(asked)
    assert verbs_of(asked.case, "ama") == set()

    again = actions.ask(asked.case, people.person("ama"), by=act("rosa"))
    agreed(again, "dates")

    assert (again.pk != asked.pk, "see" in verbs_of(asked.case, "ama")) == (True, True)


def test_it_holds_through_its_last_day_where_the_patient_lives(asked):
    helper = agreed(asked, "acts", until_on=LAST_DAY)  # Rosa lives in Toronto: five hours behind

    with clock.lived_at(dt.datetime(2027, 1, 1, 4, 59, tzinfo=dt.UTC)):
        assert "read_documents" in verbs_of(helper.case, "ama")
    with clock.lived_at(dt.datetime(2027, 1, 1, 5, tzinfo=dt.UTC)):
        assert verbs_of(helper.case, "ama") == set()
        actions.change(helper, chosen="dates", by=act("rosa"))
        assert "see" in verbs_of(helper.case, "ama")


def test_one_that_is_over_makes_room_for_a_new_one(asked):
    agreed(asked, until_on=LAST_DAY)

    with clock.lived_at(NOON + dt.timedelta(days=90)):
        anew = actions.ask(asked.case, people.person("ama"), by=act("rosa"))
        asked.refresh_from_db()
        assert (anew.is_asked, asked.ended_why) == (True, "expired")


@pytest.mark.parametrize("day", [dt.date(2026, 11, 3), dt.date(2036, 1, 1)])
def test_a_last_day_that_cannot_be_is_refused(asked, day):
    with pytest.raises(Refused):
        agreed(asked, until_on=day)
    assert Helper.objects.get().is_asked


def test_a_closed_case_has_no_helpers(asked):
    agreed(asked, "acts")
    Case.objects.filter(pk=asked.case_id).update(state="closed", closed_at=clock.now())
    assert verbs_of(Case.objects.get(pk=asked.case_id), "ama") == set()

    actions.end_all(asked.case, by=SYSTEM)

    assert Helper.objects.get().ended_why == "closed"


def test_staff_never_act_by_a_grant(asked):
    helper = agreed(asked, "acts")
    for role, may in [("consultant", set()), ("administrator", set()), ("coordinator", {"see", "log_calls"})]:
        ama = people.person("ama")
        ama.role = role
        ama.save(update_fields=["role"])
        assert verbs_of(helper.case, "ama") >= may
        assert not verbs_of(helper.case, "ama") & {"see_private_words", "choose_helpers"}


def test_only_a_paper_that_stands_lets_a_helper_sign_and_decide(asked):
    helper = agreed(asked, "acts")
    mandate = Mandate.objects.create(
        case=helper.case,
        person=helper.person,
        kind="power",
        from_on=NOON.date(),
        until_on=LAST_DAY,
        over_at=rules.over_at(LAST_DAY, helper.patient.zone),
        recorded_at=clock.now(),
        recorded_by=people.person("theo"),
    )
    assert verbs_of(helper.case, "ama") >= rule.BY_MANDATE

    with clock.lived_at(mandate.over_at):
        assert not verbs_of(helper.case, "ama") & rule.BY_MANDATE
    actions.end(helper, by=act("rosa"))
    assert verbs_of(helper.case, "ama") == set()


def test_everybody_of_a_case_may_the_same_one_by_one_and_for_all_cases(case):
    factories.assign(case, people.person("joanne"))
    factories.open_case(people.person("grace"))

    assert verbs_of(case, "joanne") >= {"review", "read_documents"}
    assert verbs_of(case, "rosa") >= {"sign", "decide", "choose_helpers"}
    assert verbs_of(case, "theo") >= {"log_calls", "record_helpers"}
    for stranger in ("grace", "amir", "mara", "dora"):
        assert verbs_of(case, stranger) == set()
    Assignment.objects.update(ended_at=clock.now())
    assert verbs_of(case, "joanne") == set()


def test_who_can_open_names_helpers_who_may(asked):
    helper = agreed(asked, "most")
    names = {user.name: words for user, words in rule.who_can_open(helper.case)}
    assert names["Ama Osei"] == "your helper"

    actions.change(helper, chosen="dates", by=act("rosa"))
    assert "Ama Osei" not in {user.name for user, _words in rule.who_can_open(helper.case)}


@pytest.mark.parametrize(
    "wrong",
    [
        {"person": "rosa"},
        {"chosen": "dates"},
        {"agreed_at": NOON},
        {"kin": "neighbor"},
        {"ended_at": NOON + dt.timedelta(days=1)},
        {"ended_at": NOON - dt.timedelta(days=1), "ended_why": "patient"},
        {"files": True},
        {"until_on": LAST_DAY},
        {"chosen": "most", "files": True, "agreed": True},
        {"chosen": "acts", "agreed": True},
        {"chosen": "all", "agreed": True},
        {"chosen": "dates", "agreed": True, "agreed_how": "said"},
        {"chosen": "dates", "agreed": True, "agreed_at": NOON - dt.timedelta(days=1)},
        {"chosen": "dates", "agreed": True, "ended_at": NOON, "ended_why": "declined"},
    ],
)
def test_the_database_refuses_what_cannot_be(case, wrong):
    person = people.person(wrong.pop("person", "ama"))
    if wrong.pop("agreed", False):
        wrong = {"agreed_at": NOON, "agreed_how": "page", "recorded_by": case.patient} | wrong
    fields = {"patient": case.patient, "asked_at": NOON, "asked_by": person} | wrong
    with pytest.raises(IntegrityError), transaction.atomic():
        Helper.objects.create(case=case, person=person, **fields)


def test_the_database_keeps_one_open_row_for_each_person(asked):
    asked.pk, asked._state.adding = None, True
    with pytest.raises(IntegrityError), transaction.atomic():
        asked.save()


def paper(case: Case, **said) -> Mandate:
    return mandates.record_mandate(
        case, people.person("ama"), kind="power", from_on=NOON.date(), by=act("theo"), **said
    )


def test_help_by_a_paper_alone_ends_with_the_paper(case, asked):
    mandate = paper(case)
    assert verbs_of(case, "ama") >= {"see_private_words", "decide"}

    mandates.end_mandate(mandate, by=act("theo"))

    assert (verbs_of(case, "ama"), Helper.objects.get().ended_why) == (set(), "staff")


def test_what_the_patient_allowed_stays_when_the_paper_ends(case, asked):
    mandate = paper(case)
    actions.change(Helper.objects.get(), chosen="acts", by=act("rosa"))  # the same set, now by her own word

    mandates.end_mandate(mandate, by=act("theo"))

    assert "see_private_words" in verbs_of(case, "ama")
    assert not verbs_of(case, "ama") & rule.BY_MANDATE


def test_help_by_a_paper_lasts_as_long_as_the_newest_paper_says(case, asked):
    paper(case, until_on=LAST_DAY)
    paper(case, until_on=LAST_DAY - dt.timedelta(days=30))
    with clock.lived_at(NOON + dt.timedelta(days=40)):
        assert verbs_of(case, "ama") == set()


@pytest.mark.parametrize("over", ["ended", "closed", "passed", "lengthened"])
def test_a_paper_never_outlives_the_help_it_was_recorded_for(case, asked, over):
    helper = agreed(asked, "dates", until_on=LAST_DAY)
    paper(case)
    assert "sign" in verbs_of(case, "ama")
    with clock.lived_at(NOON + dt.timedelta(days=90 if over in {"passed", "lengthened"} else 1)):
        if over == "ended":
            actions.end(helper, by=act("rosa"))
        elif over == "closed":
            actions.end_all(case, by=SYSTEM)
        if over == "lengthened":
            actions.change(helper, chosen="dates", by=act("rosa"))
        else:
            agreed(actions.ask(case, people.person("ama"), by=act("rosa")), "dates")

        assert "see" in verbs_of(case, "ama")
        assert not verbs_of(case, "ama") & rule.BY_MANDATE

        paper(case)
        assert verbs_of(case, "ama") >= rule.BY_MANDATE


def test_a_page_asks_once_what_somebody_is_in_a_case(case, asked, django_assert_num_queries):
    agreed(asked, "acts")
    case_actions.assign(case, people.person("joanne"), why="booking", by=SYSTEM)
    keys = ("ama", "joanne")
    users = [people.person(key) for key in keys]

    def page(_request):
        return [{verb for verb in rule.MAY if rule.may(verb, case, user)} for user in users]

    with django_assert_num_queries(len(keys)):
        told = OnceMiddleware(page)(RequestFactory().get("/"))
    assert told == [verbs_of(case, key) for key in keys]
