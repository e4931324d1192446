"""One table says how long each kind is kept; a dry run lists by id and changes nothing; each erasure is on record."""

import datetime as dt
import re
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command

from cases.documents import actions
from cases.documents.models import Version
from portal import clock, retention
from portal.accounts import drafts
from portal.accounts.models import Draft, User
from portal.actors import Actor
from portal.history.models import Event
from portal.tasks import keep_no_longer
from tests import factories
from tests.at_once.rivals import at_once
from tests.documents.files import folder, read

__all__ = ["folder"]

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def old_things(folder):
    """One of each that is due: a file taken back, a sign-up, a draft, an old line of history."""
    case = factories.open_case()
    version = read(case, "Biopsy of Rosa.pdf")
    actions.withdraw(version.document, by=Actor.person(case.patient))
    Version.objects.update(withdrawn_at=clock.now() - 31 * DAY)
    stranger = User.objects.create_user("stranger@example.org")
    User.objects.filter(pk=stranger.pk).update(joined_at=clock.now() - 31 * DAY)
    drafts.keep(case.patient, "questions", "", {"q": "Will it hurt?"})
    Draft.objects.update(kept_at=clock.now() - 31 * DAY)
    line = Event.objects.order_by("pk").first()
    Event.objects.create(
        at=clock.now() - 2500 * DAY, actor_kind="system", verb="case.seen", about_type="x", about_id="1"
    )
    return {"version": version, "stranger": stranger, "line": line}


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("retention", *arguments, stdout=out)
    return out.getvalue()


def counts() -> dict[str, int]:
    return {rule.code: rule.due(clock.now()).count() for rule in retention.RULES}


def test_the_kinds_and_ages_of_the_product():
    assert {rule.code: rule.kept.days for rule in retention.RULES} == {
        "refused_files": 1,
        "withdrawn_files": 30,
        "bytes_left": 0,
        "not_ours_papers": 30,
        "identity_copies": 30,
        "unfinished_intake": 30,
        "files_not_arrived": 1,
        "drafts": 30,
        "invited_addresses": 30,
        "companions": 30,
        "message_words": 90,
        "own_sentences": 0,
        "closed_cases": 731,
        "asked_erasures": 14,
        "farewell_words": 731,
        "access_record": 2192,
        "rights_of_staff": 2192,
        "rights_to_help": 2192,
        "rights_in_law": 2192,
        "rights_in_cases": 2192,
        "rights_by_consent": 2192,
        "erased_accounts": 30,
        "rights_to_read_along": 2192,
        "rights_to_look": 2192,
    }


def test_whoever_runs_the_house_reads_of_each_kind():
    told = (settings.BASE_DIR / "docs" / "operations.md").read_text()
    assert [rule.code for rule in retention.RULES if rule.words.split(",")[0] not in told] == []


def test_dry_run_lists_ids_and_counts_and_no_names(old_things):
    before, lines = counts(), Event.objects.count()

    words = said("--dry-run")

    assert words.startswith("These ages are to be confirmed by counsel.\n")
    assert re.search(r"^withdrawn_files: 1 would go \(.*: 30 days\)\n  " + str(old_things["version"].pk), words, re.M)
    assert "unfinished_intake: 1 would go" in words
    assert str(old_things["stranger"].pk) in words
    assert not re.search("Biopsy|Rosa|stranger@|hurt", words)
    assert (counts(), Event.objects.count()) == (before, lines)


def test_the_night_erases_each_kind_on_record_and_once(old_things):
    erased = keep_no_longer()

    assert {code for code, count in erased.items() if count} == {
        "withdrawn_files",
        "unfinished_intake",
        "drafts",
        "access_record",
    }
    assert not any(counts().values())
    told = set(Event.objects.filter(verb="retention.erased").values_list("why", flat=True))
    assert told == {"drafts 1", "access_record 1"}
    assert Event.objects.filter(verb="document.erased", about_id=str(old_things["version"].pk)).count() == 1
    assert Event.objects.filter(verb="account.forgotten", about_id=str(old_things["stranger"].pk)).count() == 1
    assert Event.objects.filter(pk=old_things["line"].pk).exists()

    assert not any(keep_no_longer().values())


def test_one_kind_that_fails_keeps_no_other(old_things, monkeypatch):
    def fails(now):
        raise RuntimeError("no luck")

    broken = retention.Rule("broken", "nothing", DAY, lambda now: Version.objects.none(), fails)
    monkeypatch.setattr(retention, "RULES", [broken, *retention.RULES])
    with pytest.raises(RuntimeError, match="no luck"):
        retention.run(clock.now())
    assert not any(rule.due(clock.now()).exists() for rule in retention.RULES)


def test_a_clock_set_forward_does_not_reach_the_record():
    assert retention._record_ends(clock.real_now() + 4000 * DAY) < clock.real_now() - 2191 * DAY


@pytest.mark.django_db(transaction=True)
def test_two_nights_at_once_erase_each_thing_once(old_things):
    now = clock.now()

    outcomes = at_once(lambda: retention.run(now), lambda: retention.run(now))

    assert [outcome.error for outcome in outcomes] == [None, None]
    assert not any(counts().values())
    for verb in ("document.erased", "account.forgotten"):
        assert Event.objects.filter(verb=verb).count() == 1
