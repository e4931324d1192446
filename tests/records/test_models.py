"""The database refuses impossible rows, whoever writes them."""

from datetime import date, time

import pytest
from django.db import IntegrityError, transaction

from cases.records.days.kinds import DEFAULT_KINDS
from cases.records.models import RecordItem, RecordKind, Referral, Visit
from tests import people
from tests.records.builders import case_of_rosa, item, named_visit, on_november_5

pytestmark = pytest.mark.django_db
NOV_5, NOV_6 = date(2026, 11, 5), date(2026, 11, 6)


@pytest.fixture(autouse=True)
def november_5():
    with on_november_5():
        yield


@pytest.fixture
def visit():
    return named_visit()


def refuses(name, rows, **values):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        rows.update(**values)


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("visit_", {"state": "maybe"}),  # two constraints know the states
        ("visit_round_is_second_or_third", {"round": 4}),
        ("visit_way_is_known", {"way": "sideways"}),
        ("visit_booked_means_on_date", {"state": "booked"}),
        ("visit_booked_means_on_date", {"on_date": NOV_5}),
        ("visit_at_time_needs_on_date", {"at_time": time(9)}),
    ],
)
def test_visit(visit, constraint, values):
    refuses(constraint, Visit.objects.filter(pk=visit.pk), **values)


def test_visit_moved_by_has_moved_at(visit):
    refuses("visit_moved_by_has_moved_at", Visit.objects.filter(pk=visit.pk), moved_by=people.person("rosa"))


def test_one_live_visit_a_round(visit):
    with pytest.raises(IntegrityError, match="visit_one_live_per_round"), transaction.atomic():
        Visit.objects.create(case=visit.case)
    Visit.objects.create(case=visit.case, round=3)
    Visit.objects.create(case=visit.case, state="cancelled")


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("referral_", {"state": "maybe"}),
        ("referral_asked_means_asked_on", {"state": "asked"}),
        ("referral_asked_means_asked_on", {"asked_on": NOV_5}),
        ("referral_sent_means_sent_on", {"state": "sent", "asked_on": NOV_5}),
        ("referral_sent_means_sent_on", {"state": "agreed", "asked_on": NOV_5, "sent_on": NOV_5}),
        ("referral_dates_in_order", {"state": "sent", "asked_on": NOV_6, "sent_on": NOV_5}),
        ("referral_dates_in_order", {"state": "agreed", "asked_on": NOV_6, "answered_on": NOV_5}),
    ],
)
def test_referral(visit, constraint, values):
    refuses(constraint, Referral.objects.filter(visit=visit), **values)


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("recorditem_state_is_known", {"state": "maybe"}),
        ("recorditem_route_is_known", {"route": "pigeon"}),
        ("recorditem_asked_means_asked_on", {"state": "asked"}),
        ("recorditem_asked_means_asked_on", {"asked_on": NOV_5}),
        ("recorditem_sent_means_sent_on", {"state": "sent", "asked_on": NOV_5}),
        ("recorditem_sent_means_sent_on", {"state": "asked", "asked_on": NOV_5, "sent_on": NOV_5}),
        ("recorditem_arrived_means_arrived_on", {"state": "arrived", "asked_on": NOV_5, "sent_on": NOV_5}),
        (
            "recorditem_opens_fine_means_opens_on",
            {"state": "opens_fine", "asked_on": NOV_5, "sent_on": NOV_5, "arrived_on": NOV_5},
        ),
        ("recorditem_held_is_not_direct", {"state": "held", "asked_on": NOV_5, "held_on": NOV_5}),
        ("recorditem_held_is_not_direct", {"state": "held", "asked_on": NOV_5, "route": "carried"}),
        ("recorditem_needs_you_says_what", {"state": "needs_you"}),
        ("recorditem_dates_in_order", {"state": "sent", "asked_on": NOV_6, "sent_on": NOV_5}),
        (
            "recorditem_dates_in_order",
            {"state": "arrived", "asked_on": NOV_5, "sent_on": NOV_6, "arrived_on": NOV_5},
        ),
        ("recorditem_dates_in_order", {"state": "acknowledged", "asked_on": NOV_6, "acknowledged_on": NOV_5}),
    ],
)
def test_record_item(visit, constraint, values):
    refuses(constraint, RecordItem.objects.filter(pk=item(visit).pk), **values)


def test_one_item_of_a_kind(visit):
    kind = RecordKind.objects.get(pk="pathology_report")
    with pytest.raises(IntegrityError, match="recorditem_one_per_kind"), transaction.atomic():
        RecordItem.objects.create(visit=visit, kind=kind, is_core=True)


def test_safe_is_not_sooner_than_expected():
    refuses("recordkind_safe_is_not_sooner", RecordKind.objects.filter(pk="slides"), safe=1)


def test_the_kinds_of_the_product_s_table_are_there():
    rows = {kind.pk: (kind.expected, kind.safe, kind.reading, kind.is_core) for kind in RecordKind.objects.all()}
    assert rows == {kind.code: (*vars_of(kind.lead), kind.is_core) for kind in DEFAULT_KINDS}
    assert rows["pathology_report"] == (2, 10, 0, True)
    assert rows["slides"] == (10, 15, 3, False)
    assert rows["imaging_disc"] == (5, 10, 3, False)
    assert sum(is_core for *_, is_core in rows.values()) == 4


def vars_of(lead):
    return lead.expected, lead.safe, lead.reading


def test_rows_show_no_health_data(visit):
    for thing in (visit, visit.referral, item(visit)):
        assert str(thing).endswith(str(thing.pk))


@pytest.mark.parametrize("key", ["grace", "amir", "mara"])
def test_strangers_know_of_nothing(visit, key):
    stranger = people.person(key)
    for model in (Visit, Referral, RecordItem):
        assert not model.objects.visible_to(stranger).exists()
        assert model.objects.visible_to(people.person("rosa")).exists()


def test_two_cases_keep_apart(visit):
    from tests import factories

    other = factories.open_case(people.person("grace"))
    assert not Visit.objects.visible_to(people.person("grace")).exists()
    assert visit.case != other
    assert case_of_rosa().visits.count() == 0
