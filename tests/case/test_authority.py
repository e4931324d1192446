"""Signed once: we may ask about, receive and pass on the records of a case."""

import uuid

import pytest
from django.db import IntegrityError

from cases.case.authority import Authority
from cases.case.authority_actions import sign_authority, sign_authority_on_paper, standing, take_back_authority
from cases.case.signatures import Signature, SignedHow
from portal import clock
from portal.errors import Refused
from portal.history.models import Event
from portal.texts.words import text
from tests import factories
from tests.records.builders import actor

pytestmark = pytest.mark.django_db
TYPED = Signature(SignedHow.TYPED, "Rosa Delgado")


@pytest.fixture
def case():
    from tests import people

    return factories.open_case(starter=people.person("ama"))


def test_the_patient_signs_once_by_version(case):
    first = sign_authority(case, TYPED, version=1, by=actor("rosa"))
    again = sign_authority(case, TYPED, version=1, by=actor("rosa"))

    found = Authority.objects.get()
    assert first == again == standing(case) == found
    assert (found.text, found.signature, found.how) == (text("authority"), "Rosa Delgado", "typed")
    assert Event.objects.filter(verb="authority.signed", why="typed").count() == 1


@pytest.mark.parametrize("who", ["ama", "theo", "grace"])
def test_nobody_signs_for_the_patient(case, who):
    with pytest.raises(Refused):
        sign_authority(case, TYPED, version=1, by=actor(who))


def test_words_that_have_changed_are_not_signed(case):
    with pytest.raises(Refused):
        sign_authority(case, TYPED, version=2, by=actor("rosa"))


def test_a_coordinator_says_that_a_paper_is_signed_and_a_helper_does_not(case):
    paper = uuid.uuid4()
    with pytest.raises(Refused):
        sign_authority_on_paper(case, paper, version=1, by=actor("ama"))

    signed = sign_authority_on_paper(case, paper, version=1, by=actor("theo"))

    assert (signed.paper, signed.how, signed.signed_by.name) == (paper, "paper", "Theo Lindqvist")


def test_taken_back_it_stands_no_more_and_can_be_signed_again(case):
    sign_authority(case, TYPED, version=1, by=actor("rosa"))

    take_back_authority(case, by=actor("rosa"))
    assert take_back_authority(case, by=actor("rosa")) is None
    assert standing(case) is None
    sign_authority(case, TYPED, version=1, by=actor("rosa"))

    assert Authority.objects.count() == 2


def test_only_patient_and_coordinator_see_it(case):
    sign_authority(case, TYPED, version=1, by=actor("rosa"))

    seen = {key: Authority.objects.visible_to(actor(key).user).exists() for key in ("rosa", "ama", "grace", "theo")}
    assert seen == {"rosa": True, "ama": False, "grace": False, "theo": True}


@pytest.mark.parametrize("fields", [{"how": "typed"}, {"how": "paper"}, {"how": "told", "paper": uuid.uuid4()}])
def test_the_database_refuses_one_without_a_signature(case, fields):
    with pytest.raises(IntegrityError):
        Authority.objects.create(
            case=case, text=text("authority"), signed_at=clock.now(), signed_by=case.patient, **fields
        )


def test_the_database_keeps_one_standing(case):
    sign_authority(case, TYPED, version=1, by=actor("rosa"))
    with pytest.raises(IntegrityError):
        Authority.objects.create(
            case=case,
            text=text("authority"),
            how="paper",
            paper=uuid.uuid4(),
            signed_at=clock.now(),
            signed_by=case.patient,
        )
