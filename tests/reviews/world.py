"""A case whose plan waits to be read, brought there as people and the worker do it."""

import datetime as dt
import io
import json
import uuid
from zoneinfo import ZoneInfo

from django.urls import reverse
from PIL import Image

from bookings.models import Consultation, Service
from cases.case import actions as case_actions
from cases.case.models import Case
from cases.documents.models import Document, PageImage, Version
from cases.opinions.checklist import POINTS
from cases.reviews import actions, opening, writing
from cases.reviews.models import Review, Summary
from cases.reviews.writing import Change, Found
from portal import clock
from portal.accounts.models import User
from portal.actors import Actor
from portal.vault import files as vault
from tests import factories, people

PLAIN = (
    "An operation: To take out the lump and test the first lymph node. (page 1)\n"
    "A daily tablet: For five years, so that it is less likely to come back. (page 2)"
)
HOPE = "Is a smaller operation possible for me?\nWhat is the second area on my MRI?"


def by(key: str) -> Actor:
    return Actor.person(people.person(key))


def plan(case: Case, pages: int = 2, name: str = "plan.pdf") -> Version:
    """A plan as the worker leaves it behind once it is checked: the check itself takes seconds."""
    now, owner = clock.now(), case.patient
    document = Document.objects.create(case=case, put_in_by=owner, put_in_at=now)
    version = Version(
        case=case,
        document=document,
        kind="pdf",
        size=1,
        digest=uuid.uuid4().hex,
        put_in_by=owner,
        put_in_at=now,
        original=vault.put([b"as sent"], key=case.sealing_key),
        file=vault.put([b"cleaned"], key=case.sealing_key),
        file_kind="pdf",
        pages=pages,
        state=Version.State.READY,
        due_at=now,
        judged_at=now,
    )
    version.name = name
    version.save()
    for number in range(1, pages + 1):
        image = PageImage(version=version, number=number, width=850, height=1100, file=_picture(case))
        image.small = _picture(case)
        image.text = json.dumps([[80, 100, 300, 20, f"Words of page {number}"]])
        image.save()
    return version


def _picture(case: Case):
    out = io.BytesIO()
    Image.new("L", (85, 110), 255).save(out, "PNG")
    return vault.put([out.getvalue()], key=case.sealing_key)


def talk(case: Case, consultant: User, *, days: float = 5, hope: str = HOPE, service: str = "plan") -> Consultation:
    """A booked consultation, `days` from now."""
    case_actions.assign(case, consultant, why="booking", by=Actor.person(case.patient))
    case_actions.give_consent(
        "read", person=case.patient, case=case, consultant=consultant, by=Actor.person(case.patient)
    )
    scope = case_actions.give_consent("scope", person=case.patient, by=Actor.person(case.patient))
    starts_at = clock.now() + dt.timedelta(days=days)
    kind = Service.objects.get(code=service)
    booked = Consultation(
        case=case,
        patient=case.patient,
        consultant=consultant,
        service=kind,
        needs_plan=kind.needs_plan,
        starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(minutes=60),
        wall_at=starts_at.astimezone(ZoneInfo(consultant.time_zone)).strftime("%Y-%m-%dT%H:%M"),
        time_zone=consultant.time_zone,
        how="video",
        uid=str(uuid.uuid4()),
        reference=uuid.uuid4().hex[:8],
        held_as=uuid.uuid4(),
        scope=scope,
        booked_at=clock.now(),
        booked_by=case.patient,
    )
    booked.hope = hope
    booked.save()
    return booked


def waiting(key: str = "rosa", *, days: float = 5, pages: int = 2) -> Review:
    """A plan that is ready, a call that is booked, a review nobody has taken."""
    case = factories.open_case(people.person(key))
    plan(case, pages)
    talk(case, people.person("joanne"), days=days)
    opening.open_due_reviews(clock.now())
    return Review.objects.get(case=case)


def taken(**also) -> Review:
    return actions.take(waiting(**also), by=by("joanne"))


def write(review: Review, key: str = "joanne", **parts: str) -> Review:
    """Write these parts, or all that sharing needs."""
    said = parts or {"plain": PLAIN}
    versions = {section.code: section.version for section in review.sections.all()}
    changes = {code: Change(words, versions.get(code, 0)) for code, words in said.items()}
    writing.save_parts(review, changes, by=by(key))
    return Review.objects.get(pk=review.pk)


def look_for_all(review: Review, *, missing: tuple[str, ...] = ("cost",)) -> Review:
    """Look for every point; those named are not in the plan."""
    found = {point.code: Found(None if point.code in missing else 1) for point in POINTS}
    section = review.sections.filter(code="checklist").first()
    change = Change("", section.version if section else 0)
    writing.save_parts(review, {"checklist": change}, findings=found, by=by("joanne"))
    return Review.objects.get(pk=review.pk)


def written(**also) -> Review:
    """Ready to be shared."""
    return look_for_all(write(taken(**also)))


def ticked(client, review: Review, **also: str) -> dict[str, str]:
    """The form of the preview as this browser is shown it now, with the statement ticked."""
    page = client.get(reverse("reviews:preview", args=[review.pk]))
    return {"statement": "on", "seen": page.context["seen"], **also}


def shared(**also) -> Summary:
    return actions.share(written(**also), is_ticked=True, by=by("joanne"))
