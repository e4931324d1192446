"""Faxing a letter through a mail-to-fax gateway: by TLS, an empty mail with one PDF, once, and what comes back."""

import datetime as dt
import ssl

import pytest
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import IntegrityError, transaction

from cases.case import directory
from cases.case.models import ToDo
from cases.desk.fax import actions, gateway, sending
from cases.desk.fax.models import Fax
from cases.desk.fax.states import Failure
from cases.desk.fax.telling import FAX_FAILED
from cases.desk.letters.sending import LETTER_OUT
from cases.desk.letters.states import SentHow
from cases.documents.sandbox import run as sandbox
from cases.records.models import Release
from cases.records.release import actions as release_actions
from cases.records.states import ItemState
from portal import mail
from portal.errors import Refused
from tests import people, programs
from tests.desk.letter_builders import letter as made_letter
from tests.desk.letter_builders import signed_on_paper, signed_visit
from tests.records.builders import NOVEMBER_5, actor, item

pytestmark = pytest.mark.django_db
DIALED = "14165550132"


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """(certificate, key) of a mail server named localhost, which the test trusts."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2036, 1, 1, tzinfo=dt.UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "cert.pem").write_bytes(made.public_bytes(encoding))
    (folder / "key.pem").write_bytes(key.private_bytes(encoding, *plain))
    return folder / "cert.pem", folder / "key.pem"


@pytest.fixture
def fax_line(certificate, settings, monkeypatch):
    """A gateway's mail server that speaks TLS and nothing else."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*map(str, certificate))
    sink = programs.SmtpSink(context)
    sink.start()
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    settings.FAX_GATEWAY = "{number}@fax.example"
    settings.EMAIL_BACKEND = gateway.SMTP
    settings.EMAIL_HOST, settings.EMAIL_PORT = "localhost", sink.port
    settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = True, False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    yield sink
    sink.stop()


@pytest.fixture
def clock():
    with time_machine.travel(NOVEMBER_5, tick=False) as traveller:
        yield traveller


def ready_to_fax(office):
    directory.change_entry(office, fax="(416) 555-0132", phone="+1 555 010 0177", by=actor("theo"))
    directory.check_office(office, by=actor("theo"))


@pytest.fixture
def letter(clock):
    visit = signed_visit()
    ready_to_fax(item(visit, "slides").holder)
    return made_letter(visit)


@pytest.fixture
def pressed(letter, fax_line):
    return actions.send(letter, number=DIALED, by=actor("theo"))


def now_of(fax):
    fax.refresh_from_db()
    return fax


def to_dos():
    return ToDo.objects.open().filter(kind=FAX_FAILED)


def test_one_empty_mail_with_one_pdf_goes_by_tls(pressed, fax_line, letter):
    assert sending.send_due() == 1
    assert sending.send_due() == 0
    [message] = fax_line.messages
    assert fax_line.recipients == [["14165550132@fax.example"]]
    body, paper = message.iter_parts()
    assert (body.get_content().strip(), message["Subject"] or "") == ("", "")
    assert paper.get_content_type() == "application/pdf"
    assert paper.get_payload(decode=True).startswith(b"%PDF")
    assert message["Message-ID"] == mail.message_id_for(str(pressed.pk))
    assert now_of(pressed).sent_at is not None


def test_once_the_gateway_has_it_the_letter_is_out_and_its_records_are_asked_for(pressed, letter):
    sending.send_due()
    letter.refresh_from_db()
    assert letter.sent_how == SentHow.FAXED
    assert item(letter.visit, "slides").state == ItemState.ASKED


def test_no_header_names_the_patient_or_the_disease(pressed, fax_line, letter):
    sending.send_due()
    [message] = fax_line.messages
    headers = " ".join(str(value) for value in message.values()).casefold()
    assert not [word for word in (*letter.case.patient.name.casefold().split(), "slides", "cancer") if word in headers]


def test_pressed_twice_it_is_one_fax(pressed, letter):
    assert actions.send(letter, number=DIALED, by=actor("theo")) == pressed


def test_database_refuses_a_second_open_fax_of_a_letter(pressed):
    twin = Fax(letter=pressed.letter, number=DIALED, asked_at=pressed.asked_at, asked_by=pressed.asked_by)
    with pytest.raises(IntegrityError, match="fax_one_open_per_letter"), transaction.atomic():
        twin.save(force_insert=True)


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"number": "+1 416"}, "fax_number_is_digits"),
        ({"failure": "refused"}, "fax_failed_says_why"),
        ({"delivered_at": dt.datetime(2026, 11, 6, tzinfo=dt.UTC)}, "fax_delivered_was_sent"),
        ({"sent_at": dt.datetime(2026, 11, 6, tzinfo=dt.UTC)}, "fax_sent_was_handed_over"),
    ],
)
def test_database_refuses_a_bad_row(pressed, change, refused):
    with pytest.raises(IntegrityError, match=refused), transaction.atomic():
        Fax.objects.filter(pk=pressed.pk).update(**change)


def test_without_tls_nothing_is_faxed(letter, fax_line, settings):
    settings.EMAIL_USE_TLS = False
    with pytest.raises(Refused, match="not set up"):
        actions.send(letter, number=DIALED, by=actor("theo"))


def test_without_a_gateway_nothing_is_faxed(letter, settings):
    settings.FAX_GATEWAY = ""
    with pytest.raises(Refused, match="not set up"):
        actions.send(letter, number=DIALED, by=actor("theo"))


def test_tls_that_went_away_keeps_the_fax_here(pressed, fax_line, settings):
    settings.EMAIL_USE_TLS = False
    assert sending.send_due() == 0
    assert (fax_line.messages, now_of(pressed).tries) == ([], 1)


def test_another_number_than_the_page_showed_is_refused(letter, fax_line):
    with pytest.raises(Refused, match="has changed"):
        actions.send(letter, number="14165550199", by=actor("theo"))


def test_an_unchecked_number_needs_a_word(letter, fax_line):
    type(letter.office).objects.filter(pk=letter.office_id).update(checked_at=None, checked_by=None)
    with pytest.raises(Refused, match="Nobody has called"):
        actions.send(letter, number=DIALED, by=actor("theo"))
    assert actions.send(letter, number=DIALED, is_sure=True, by=actor("theo")).number == DIALED


@pytest.mark.parametrize("key", ["rosa", "joanne"])
def test_only_a_coordinator_presses(letter, fax_line, key):
    with pytest.raises(Refused):
        actions.send(letter, number=DIALED, by=actor(key))


def withdraw(letter):
    release_actions.take_back(Release.objects.get(visit=letter.visit), by=actor("rosa"))


def renumber(letter):
    directory.change_entry(letter.office, fax="(416) 555-0199", by=actor("theo"))


@pytest.mark.parametrize("change", [withdraw, renumber])
def test_what_changed_since_the_press_stops_it(pressed, fax_line, letter, change):
    change(letter)
    assert sending.send_due() == 0
    assert fax_line.messages == []
    assert now_of(pressed).failure == Failure.STOPPED
    assert to_dos().count() == 1


def test_whoever_dies_after_the_line_was_opened_sends_no_second_one(pressed, fax_line, clock, monkeypatch):
    def die(pk):
        raise KeyboardInterrupt

    monkeypatch.setattr(sending, "_took", die)  # as if it died before its commit
    with pytest.raises(KeyboardInterrupt):
        sending.send_due()
    monkeypatch.undo()
    clock.shift(dt.timedelta(minutes=4))
    sending.send_due()
    assert len(fax_line.messages) == 1
    assert now_of(pressed).failure == Failure.UNSURE
    assert to_dos().count() == 1


def test_whoever_dies_before_that_leaves_it_to_the_next(pressed, fax_line, clock):
    sending._claim()
    assert sending.send_due() == 0
    clock.shift(dt.timedelta(minutes=4))
    assert sending.send_due() == 1
    assert len(fax_line.messages) == 1


def no_coordinator(pressed):
    theo = people.person("theo")
    theo.role = ""
    theo.save(update_fields=["role"])


def stopped_at_the_last_moment(pressed):
    withdraw(pressed.letter)


@pytest.mark.parametrize("change", [no_coordinator, stopped_at_the_last_moment])
def test_a_fax_that_is_out_is_never_sent_again_and_one_of_us_is_told(pressed, fax_line, monkeypatch, change):
    hand_over = gateway.send

    def meanwhile(*details):
        hand_over(*details)
        change(pressed)

    monkeypatch.setattr(gateway, "send", meanwhile)
    assert sending.send_due() == 1
    letter = type(pressed.letter).objects.get(pk=pressed.letter_id)
    assert (letter.sent_how, letter.sent_by) == (SentHow.FAXED, pressed.asked_by)
    assert item(letter.visit, "slides").state != ItemState.ASKED
    assert ToDo.objects.open().get(kind=LETTER_OUT).about_id == str(letter.pk)
    assert not letter.is_to_go


def test_papers_that_cannot_be_opened_just_now_make_it_wait(clock, fax_line, monkeypatch):
    visit = signed_on_paper().visit
    ready_to_fax(item(visit, "slides").holder)
    pressed = actions.send(made_letter(visit), number=DIALED, by=actor("theo"))

    def busy(*_said):
        raise sandbox.Busy

    with monkeypatch.context() as now:
        now.setattr(sandbox, "append", busy)
        assert sending.send_due() == 0
    assert (now_of(pressed).tries, now_of(pressed).failed_at) == (1, None)
    clock.shift(dt.timedelta(minutes=1))
    assert sending.send_due() == 1


def test_a_refused_number_is_a_thing_to_do(pressed, fax_line):
    fax_line.refused.add("14165550132@fax.example")
    sending.send_due()
    assert now_of(pressed).failure == Failure.REFUSED
    assert to_dos().get().about_id == str(pressed.letter_id)


def test_a_server_that_says_later_is_tried_again(pressed, fax_line, clock):
    fax_line.is_down = True
    sending.send_due()
    fax_line.is_down = False
    assert sending.send_due() == 0
    clock.shift(dt.timedelta(minutes=1))
    assert sending.send_due() == 1
