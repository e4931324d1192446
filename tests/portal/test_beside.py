"""Rows that come beside another are the same as those that are asked for themselves."""

from django.apps import apps
from django.db import connection
from django.db.models import Exists, OuterRef, Prefetch
from django.test.utils import CaptureQueriesContext

from cases.case.models import CallLog, Case, CaseClinician, ToDo
from cases.records.models import Release
from cases.records.release.models import ReleaseItem, ReleaseRecipient
from portal import beside
from portal.accounts.models import User
from tests.test_queries import grow


def words(row):
    """Every field as it is read: words that are sealed, opened."""
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_a_row_of_every_table_comes_as_it_is(world):
    case = Case.objects.get(pk=world["case"])
    grow(case, range(1))
    ours = [model for model in apps.get_models() if model.__module__.split(".")[0] in {"portal", "cases", "bookings"}]
    wrong = []
    for model in ours:
        query = model._base_manager.order_by("pk")[:3]
        found = beside.lists(case, rows=query)["rows"]
        if [words(row) for row in found] != [words(row) for row in query]:
            wrong.append(model._meta.label)
    assert len(ours) > 40
    assert not wrong


def test_what_a_query_selects_annotates_and_prefetches_comes_along(world):
    case = Case.objects.get(pk=world["case"])
    grow(case, range(1))
    named = (Prefetch("named", ReleaseItem.objects.all()), Prefetch("to", ReleaseRecipient.objects.order_by("kind")))
    plain = {
        "doctors": CaseClinician.objects.filter(case=case)
        .select_related("clinician__office", "case")
        .order_by("-role"),
        "papers": Release.objects.filter(visit__case=case).select_related("paper", "visit").prefetch_related(*named),
        "people": User.objects.annotate(has_case=Exists(Case.objects.filter(patient=OuterRef("pk")))).order_by("name"),
        "calls": CallLog.objects.filter(case=case).select_related("todo"),
        "nothing": ToDo.objects.none(),
        "first": ToDo.objects.order_by("-asked_at")[:1],
    }
    with CaptureQueriesContext(connection) as asked:
        found = beside.lists(case, **plain)
        doctors = [(each, each.clinician, each.clinician.office, each.case.pk) for each in found["doctors"]]
        papers = [(each, each.paper, each.visit, [*each.named.all()], [*each.to.all()]) for each in found["papers"]]
    assert len(asked) == 1
    assert doctors == [(each, each.clinician, each.clinician.office, case.pk) for each in plain["doctors"]]
    assert papers == [(one, one.paper, one.visit, [*one.named.all()], [*one.to.all()]) for one in plain["papers"]]
    assert all(one.release is each for each in found["papers"] for one in each.named.all())
    assert [(each, each.has_case) for each in found["people"]] == [(each, each.has_case) for each in plain["people"]]
    sent = Release.objects.filter(visit__case=case).with_all_they_name()
    (again,) = beside.lists(case, sent=sent).values()
    assert [(each.named_items, each.named_to) for each in again] == [(one.named_items, one.named_to) for one in sent]
    assert any(each.named_items for each in again)
    assert (found["nothing"], found["first"]) == ([], list(plain["first"]))
    assert doctors
    assert papers


def test_beside_a_row_that_is_gone_stands_nothing(world):
    case = Case(pk=world["talk"])
    assert beside.lists(case, todos=ToDo.objects.all()) == {"todos": []}
