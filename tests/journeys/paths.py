"""Who goes the way from the first signature to "report confirmed": a patient without e-mail, a coordinator, desks.

Each presses on the pages of their own. A case may be asked about with every mix of fax, phone, paper and link.
"""

import datetime as dt
import re
from uuid import UUID
from zoneinfo import ZoneInfo

from django.urls import reverse

from cases.case import actions as case_actions
from cases.case import authority_actions
from cases.case.models import Case, Office
from cases.case.signatures import Signature, SignedHow
from cases.desk.letters.models import Letter
from cases.desk.links.models import OfficeLink
from cases.desk.tray import checking as tray_checking
from cases.desk.tray.models import Incoming
from cases.documents.models import Version
from cases.documents.worker import checking
from cases.records import actions as records
from cases.records.items.telling import set_holder
from cases.records.models import RecordItem, Release, ReportLoop, Visit
from portal import clock
from portal.accounts.models import User
from portal.actors import Actor
from portal.pages.demo.plan_files import make_plan_pdf
from portal.texts.models import Text
from portal.texts.words import text
from tests import factories, people
from tests.documents.files import upload
from tests.pdf_letters import words_of
from tests.records.builders import VISIT_ON, actor
from tests.records.release_builders import sign

BORN, BORN_TYPED = dt.date(1949, 3, 2), "3 2 1949"
TORONTO = ZoneInfo("America/Toronto")
CODE = re.compile(r"\b[A-Z]{4} [A-Z]{4} [A-Z]{4}\b")


def harold(email: str | None = None) -> User:
    """He has a phone, and no e-mail unless it is given: then he comes in and signs with his name."""
    return User.objects.create_user(
        email=email, name="Harold Quist", called="Harold", can_sign_in=email is not None, birth_date=BORN,
        time_zone="America/Toronto", phone="+14165550134", postal="14 Mill Lane, Apt 3\nToronto ON M4C 1A1",
        channel="call",
    )  # fmt: skip


def case_of_harold(*wanted: str, email: str | None = None) -> Case:
    """His visit at Northfield on November 24, for which Lakeside has these kinds of record and nothing else is wanted.

    Elm Street is where his own doctor is. No office has an address for e-mail.
    """
    case = factories.open_case(harold(email), starter=people.person("ama"))
    name_offices(case)
    by = actor("theo")
    visit = records.name_visit(
        case, doctor="Dr. Raman", office_name="Northfield", office_details={"region": "US-PA"}, by=by
    )
    records.set_visit_date(visit, on=VISIT_ON, by=by)
    for item in visit.items.exclude(kind__in=wanted or ("pathology_report",)):
        records.tell(item, "not_wanted", by=by)
    return case


def name_offices(case: Case) -> None:
    """Lakeside gave the plan, Elm Street is the own doctor's."""
    by = actor("theo")
    for role, doctor, name in (("first", "Dr. Keller", "Lakeside"), ("primary", "Dr. Abara", "Elm Street")):
        office = case_actions.add_office(case, name=name, region="US-PA", by=by)
        case_actions.change_office(office, phone="+15550100179", fax="+15550100176", by=by)
        case_actions.set_clinician(case, role, name=doctor, office=office, by=by)


def the_record(case: Case, kind: str = "pathology_report") -> RecordItem:
    return RecordItem.objects.select_related("visit__office", "holder").get(visit__case=case, kind=kind)


def the_visit(case: Case) -> Visit:
    return Visit.objects.get(case=case)


def the_loop(case: Case) -> ReportLoop:
    return ReportLoop.objects.get(visit__case=case)


def signs(case: Case) -> None:
    """The patient signs with his name, where no paper is part of the path: that we may ask, and for Lakeside."""
    by, name = Actor.person(case.patient), Signature(SignedHow.TYPED, case.patient.name)
    authority_actions.sign_authority(case, name, version=text(Text.Kind.AUTHORITY).version, by=by)
    sign(the_visit(case), signature=name, by=by)


class Theo:
    """The coordinator, each morning anew: nobody stays signed in over night."""

    def __init__(self) -> None:
        self.page = people.browser(people.person("theo"))

    def presses(self, name: str, /, *args: object, **said: object):
        answer = self.page.post(reverse(name, args=args), said)
        assert answer.status_code == 302, answer.text
        return answer

    # --- the tray ---

    def puts_in(self, words: str, how: str) -> Incoming:
        """A scan on the tray, checked like any other."""
        scan = upload(f"{words}.pdf", make_plan_pdf(words, []))
        self.presses("desk:add_scan", how=how, came_on=str(clock.today(TORONTO)), files=[scan])
        paper = Incoming.objects.get(state="waiting")
        tray_checking.check(paper.pk)
        return paper

    def files(self, paper: Incoming, case: Case, about: str, **said: object) -> None:
        """Whose, about what, what it says; what is filed was shown before."""
        order = {"whose": str(case.pk), "about": about, **said}
        seen = self.page.post(paper.get_absolute_url(), order | {"do": "see"}).text
        shown = re.search(r'name="shown" value="(\w+)"', seen)
        assert shown, seen
        answer = self.page.post(paper.get_absolute_url(), order | {"do": "file", "shown": shown[1]})
        assert answer.status_code == 302, answer.text
        check_files()

    def files_strip(self, letter: Letter, how: str, **said: object) -> None:
        """A strip came back, which answers for all that its letter names, or for its one record."""
        asks = list(letter.asks.all())
        about = f"item:{asks[0].item_id}" if len(asks) == 1 and letter.kind != "cover" else f"letter:{letter.pk}"
        self.files(self.puts_in(f"Strip {letter.mark}", how), letter.case, about, **said)

    def files_permissions(self, case: Case, *items: RecordItem) -> None:
        """Signed by hand at the kitchen table and posted to us: that we may ask, and one form for each office."""
        self.files(self.puts_in("Authority", "post"), case, "authority")
        assert authority_actions.standing(case)
        for item in items:
            self.files(self.puts_in(f"Release {item.kind_id}", "post"), case, f"release:{item.pk}")
            [release] = [each for each in Release.objects.filter(holder=item.holder) if not each.is_signed]
            self.presses("records:move_release", release.pk, "say-signed", looked="yes")
            assert Release.objects.get(pk=release.pk).is_signed

    # --- letters ---

    def sends(self, kind: str, about: UUID, how: str = "posted") -> Letter:
        """A letter: made, printed, out. The code at its foot is kept as `code`."""
        made = self.presses("desk:new_letter", kind, about)["Location"]
        letter = Letter.objects.get(pk=made.rstrip("/").rpartition("/")[2])
        printed = self.page.post(reverse("desk:print_letter", args=[letter.pk])).content
        assert printed.startswith(b"%PDF")
        self.presses("desk:send_letter", letter.pk, how)
        letter = Letter.objects.select_related("case").get(pk=letter.pk)
        letter.code = CODE.search(words_of(printed))[0]
        return letter

    # --- the phone ---

    def hears(self, item: RecordItem, verb: str, **said: object) -> None:
        """What an office says of a record by phone, typed in on the records' page."""
        self.presses("records:tell", item.pk, verb, told="staff_call", **said)

    def hears_of_report(self, case: Case, verb: str, told: str = "staff_call", on: str = "") -> None:
        """The same of the report: only what its page offers."""
        address = reverse("records:tell_report", args=[case.pk, verb])
        assert address in self.page.get(reverse("records:report", args=[case.pk])).text
        self.presses("records:tell_report", case.pk, verb, told=told, on=on)


class Desk:
    """A desk of an office, in a browser of its own, without an account."""

    def __init__(self) -> None:
        self.page, self.link = people.browser(), ""

    def types(self, code: str) -> "Desk":
        """The short address on the letter, with its code and the birth date from their own chart."""
        return self._comes(self.page.post(reverse("desk:code"), {"code": code, "born": BORN_TYPED}))

    def follows(self, address: str) -> "Desk":
        """The address in a mail, with the birth date."""
        return self._comes(self.page.post(address, {"born": BORN_TYPED}))

    def asks_for_code(self, address: str) -> None:
        assert "We have your request" in self.page.post(address, {"do": "fresh"}).text

    def _comes(self, answer) -> "Desk":
        assert answer.status_code == 302, answer.text
        self.link = OfficeLink.objects.get(pk=re.search(r"/page/([\w-]+)/", answer["Location"])[1]).pk
        return self

    @property
    def reads(self) -> str:
        """The page, in one line."""
        return " ".join(self.page.get(reverse("desk:page", args=[self.link])).text.split())

    def presses(self, name: str, *args: object, **said: object) -> None:
        """One of the forms that the page offers."""
        address = reverse(f"desk:{name}", args=[self.link, *args])
        assert address in self.reads
        answer = self.page.post(address, said)
        assert answer.status_code == 302, answer.text

    def answers(self, item: RecordItem, said: str, **more: object) -> None:
        """One of the three answers of the strip."""
        prefix = f"r{item.pk.hex[:8]}"
        self.presses(
            "answer", item.pk, **{f"{prefix}-{name}": value for name, value in ({"said": said} | more).items()}
        )

    def saves(self, name: str, *args: object) -> bytes:
        """A download, to its last byte."""
        address = reverse(f"desk:{name}", args=[self.link, *args])
        assert address in self.reads
        return b"".join(self.page.get(address).streaming_content)

    def sends_report(self) -> None:
        self.presses("send_report", files=upload("report.pdf", make_plan_pdf("Second opinion", ["We agree."])))
        check_files()


def check_files() -> None:
    """What a worker does next to each file that came."""
    for version in Version.objects.filter(state="received"):
        checking.check(version.pk)


def mails_page(theo: Theo, case: Case, office: Office) -> None:
    """One press of a coordinator: the address of its page goes to the office, in its hours."""
    theo.presses("desk:send_page", case.pk, office.pk, email=office.email)


def another_holder(item: RecordItem, name: str) -> RecordItem:
    """This record is with an office of its own."""
    by = actor("theo")
    office = case_actions.add_office(item.visit.case, name=name, region="US-PA", by=by)
    case_actions.change_office(office, phone="+15550100171", fax="+15550100172", by=by)
    return set_holder(item, office=office, by=by)
