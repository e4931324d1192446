"""A new house, from its first administrator to its first booked call: all of it on pages."""

import re

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from bookings.models import Consultation
from cases.case.models import Case
from portal.reminders import sender
from portal.texts.words import organisation
from tests.forms_of_pages import on

pytestmark = pytest.mark.django_db
LINK = re.compile(r"http://testserver(/account/invitation/\S+)")
CODE = re.compile(r"^([A-Z0-9]{4}-[A-Z0-9]{4})\s*$", re.MULTILINE)


def code_in_mail() -> str:
    return CODE.search(mail.outbox[-1].body)[1]


class Hand:
    """Somebody with a browser: opens pages, and sends their forms as they stand with what was typed."""

    def __init__(self) -> None:
        self.browser = Client()

    def opens(self, address: str, *args: object):
        answer = self.browser.get(reverse(address, args=args))
        assert answer.status_code == 200, (address, answer.status_code, answer.headers.get("Location"))
        return answer

    def sends(self, page: str, *args: object, to: str = "", **typed: object):
        """The form on `page` that goes `to` an address by name, or to the page itself."""
        answer, path = self.opens(page, *args), reverse(page, args=args)
        fields = on(answer.content.decode(), path)[to or page]
        sent = {name: values[0] for name, values in fields.items()} | typed
        address = reverse(to) if to else path
        saved = self.browser.post(address, {name: value for name, value in sent.items() if value is not None})
        assert saved.status_code == 302, (page, saved.status_code, saved.content.decode()[:20000])
        return saved

    def signs_in(self, email: str) -> None:
        self.browser.post(reverse("account_request_login_code"), {"email": email})
        self.browser.post(reverse("account_confirm_login_code"), {"code": code_in_mail()})

    def sets_a_second_step(self) -> None:
        secret = self.browser.get(reverse("mfa_activate_totp")).context["form"].secret
        counter = next(iter(yield_hotp_counters_from_time()))
        code = format_hotp_value(hotp_value(secret, counter))
        assert self.browser.post(reverse("mfa_activate_totp"), {"code": code}).status_code == 302


def invites(chief: Hand, name: str, role: str) -> Hand:
    chief.sends("accounts:people", to="accounts:invite", name=name, email=f"{name[:3].lower()}@example.org", role=role)
    newcomer = Hand()
    newcomer.browser.post(LINK.search(mail.outbox[-1].body)[1])
    newcomer.sets_a_second_step()
    return newcomer


def test_a_new_house_books_its_first_call_without_a_shell(client):
    call_command("first_admin", "Mara Okafor", "mara@example.org")
    chief = Hand()
    chief.signs_in("mara@example.org")
    chief.sets_a_second_step()
    assert chief.browser.get("/home/").headers["Location"] == reverse("pages:organization")
    for page in ("pages:organization", "pages:system", "bookings:services", "bookings:closed_days", "pages:month"):
        chief.opens(page)
    assert missing(chief) == ["facts", "coordinator", "consultant", "hours"]
    facts = {"phone": "416-555-0100", "hours": "9 to 5 Eastern Time", "emergency_number": "911"}
    chief.sends("pages:organization", **facts, look=None)
    assert organisation().phone == "416-555-0100"
    coordinator = invites(chief, "Theo Lindqvist", "coordinator")
    consultant = invites(chief, "Joanne Pike", "consultant")
    week = {f"on-{day}": "on" for day in range(5)}
    week |= {f"from-{day}-0": "09:00" for day in range(5)} | {f"until-{day}-0": "17:00" for day in range(5)}
    consultant.sends("bookings:hours", add=None, remove=None, **week)
    coordinator.opens("pages:caseload")
    assert missing(chief) == []
    assert "(416) 555-0100" in client.get(reverse("pages:landing")).content.decode()
    patient = signs_up()
    books(patient)
    call = Consultation.objects.get()
    assert call.consultant.name == "Joanne Pike"
    sender.run()
    assert consultant.opens("bookings:calendar").status_code == 200


def missing(chief: Hand) -> list[str]:
    """What the page still asks for before the first call."""
    return [step["code"] for step in chief.opens("pages:organization").context["steps"] if not step["is_done"]]


def signs_up() -> Hand:
    patient = Hand()
    patient.browser.post(reverse("account_signup"), {"email": "nora@example.org", "privacy": "on"})
    patient.browser.post(reverse("account_email_verification_sent"), {"code": code_in_mail()})
    patient.sends("accounts:about_you", name="Nora Vance", birth_date="1970-05-04")
    return patient


def books(patient: Hand) -> None:
    patient.sends("case:open")
    case = Case.objects.get(patient__name="Nora Vance")
    page = patient.opens("bookings:pick", case.pk)
    slot = re.search(r'name="slot" value="([^"]+)"', page.content.decode())[1]
    held = patient.browser.post(
        reverse("bookings:pick", args=[case.pk]), {"slot": slot, "how": "phone", "service": "plan"}
    )
    patient.browser.post(held.headers["Location"], {"scope": "on", "may_read": "on", "hope": ""})
