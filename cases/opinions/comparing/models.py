"""Lines of the comparison: what one doctor says about a topic, or where doctors agree and differ, with the pages."""

import uuid
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from cases.case import people
from cases.case.models import Case, Clinician
from cases.opinions.comparing.rules import MOST_PAGES, OF_ALL, Topic
from cases.opinions.deciding.rules import PLANS
from portal.accounts.models import User
from portal.vault.fields import SealedText
from portal.vault.models import DataKey

ROLES = [choice.value for choice in PLANS]  # first, second, third
AS_WHAT = [people.PATIENT, people.HELPER, people.CONSULTANT, people.COORDINATOR]


class PointQuerySet(models.QuerySet["Point"]):
    def visible_to(self, user: Any) -> "PointQuerySet":
        return self.filter(people.where(user, "see_opinions", "case"))

    def standing(self) -> "PointQuerySet":
        return self.filter(removed_at=None)


class Point(models.Model):
    """One line, marked by who wrote it. Taken away it stays for the record and can be put back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    topic = models.CharField(max_length=10, choices=Topic.choices)
    role = models.CharField(max_length=10, blank=True)  # whose opinion; "" where the doctors agree or differ
    text = SealedText()
    put_in_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    put_in_as = models.CharField(max_length=12)
    put_in_at = models.DateTimeField()
    changed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = PointQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="point_topic_is_known", condition=Q(topic__in=Topic.values)),
            models.CheckConstraint(name="point_put_in_as_is_known", condition=Q(put_in_as__in=AS_WHAT)),
            models.CheckConstraint(name="point_says_something", condition=~Q(text=b"")),
            models.CheckConstraint(
                name="point_is_one_doctors_or_of_all",
                condition=Q(topic__in=OF_ALL, role="") | (~Q(topic__in=OF_ALL) & Q(role__in=ROLES)),
            ),
            models.CheckConstraint(
                name="point_removed_when_and_by_whom",
                condition=Q(removed_at__isnull=True, removed_by__isnull=True)
                | Q(removed_at__isnull=False, removed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="point_changed_when_and_by_whom",
                condition=Q(changed_at__isnull=True, changed_by__isnull=True)
                | Q(changed_at__isnull=False, changed_by__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["case", "put_in_at"], name="point_of_case")]

    def __str__(self) -> str:
        return f"point {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("opinions:compare", args=[self.case_id]) + f"#line-{self.pk}"

    @property
    def sealing_key(self) -> DataKey:
        return self.case.key


class Source(models.Model):
    """The page of a doctor's paper on which a line stands. It stays that doctor's, whoever has the role later."""

    point = models.ForeignKey(Point, on_delete=models.CASCADE, related_name="sources")
    role = models.CharField(max_length=10, choices=[(role, role) for role in ROLES])
    clinician = models.ForeignKey(Clinician, on_delete=models.PROTECT, related_name="+")
    page = models.PositiveSmallIntegerField()
    page_to = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="source_one_of_each_doctor", fields=["point", "role"]),
            models.CheckConstraint(name="source_role_is_a_doctors", condition=Q(role__in=ROLES)),
            models.CheckConstraint(
                name="source_pages_are_in_order",
                condition=Q(page__gte=1, page__lte=MOST_PAGES)
                & (Q(page_to__isnull=True) | Q(page_to__gt=F("page"), page_to__lte=MOST_PAGES)),
            ),
        ]

    def __str__(self) -> str:
        return f"source of {self.point_id}"
