"""Offices and their doctors: one directory for all cases, and entries that serve one case until they are checked."""

import uuid
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import BooleanField, F, Func, Q, Value
from django.db.models.lookups import Exact
from django.urls import reverse

from portal import phones
from portal.accounts.models import User

FEWEST_DIGITS = 3
NUMBERS = ("phone", "fax")


class OfficeQuerySet(models.QuerySet["Office"]):
    def known_to(self, user: Any) -> "OfficeQuerySet":
        """Those that are visible, and the entries that became part of another one: their address leads on."""
        from cases.case.people import put_in, where

        if not user.is_authenticated:
            return self.filter(checked_at__isnull=False)
        own = where(user, "see_records", "for_case") & put_in(user, "for_case")
        return self.filter(Q(checked_at__isnull=False) | Q(for_case__isnull=False) & own)

    def visible_to(self, user: Any) -> "OfficeQuerySet":
        """Checked offices serve everyone; one that somebody typed in serves its own case until it is checked."""
        return self.known_to(user).filter(merged_into__isnull=True)

    def matching(self, words: str) -> "OfficeQuerySet":
        """By a part of the name, desk or place, or by some digits of phone or fax, however they are written."""
        found = Q(name__icontains=words) | Q(desk__icontains=words) | Q(place__icontains=words)
        digits = "".join(sign for sign in words if sign.isdigit())
        if len(digits) < FEWEST_DIGITS:
            return self.filter(found)
        bare = {name: Func(F(name), Value(r"\D"), Value(""), Value("g"), function="regexp_replace") for name in NUMBERS}
        dialed = Q(bare_phone__contains=digits) | Q(bare_fax__contains=digits)
        return self.alias(bare_phone=bare["phone"], bare_fax=bare["fax"]).filter(found | dialed)


MOST_USUAL_DAYS = 250
# What PostgreSQL looks for in {code of a kind of record: business days}: anything but a whole number of days.
NO_DAYS = f'$.* ? (@.type() != "number" || @ < 1 || @ > {MOST_USUAL_DAYS} || @ != @.floor())'


def _usual_days(function: str, *more: Any, gives: Any) -> Func:
    return Func(F("usual_days"), *more, function=function, output_field=gives)


class Office(models.Model):
    """A clinic's desk, shared by all cases once a coordinator has checked it (called the number)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=160)
    desk = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    fax = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    place = models.CharField(max_length=200, blank=True)
    hours = models.CharField(max_length=120, blank=True)
    time_zone = models.CharField(max_length=40, default="America/New_York")
    region = models.CharField(max_length=10, default="US")  # for public holidays
    likes_to_be_asked = models.CharField(max_length=120, blank=True)
    takes_no_mail = models.BooleanField(default=False, db_default=False)  # then nothing goes to its address by mail
    has_own_form = models.BooleanField(default=False)
    own_form = models.CharField(max_length=200, blank=True)  # its name, and how we use it
    wants_with_it = models.CharField(max_length=200, blank=True)  # a copy of an ID, a signature by hand
    fee = models.CharField(max_length=120, blank=True)
    never_releases = models.CharField(max_length=200, blank=True)
    asks_for = ArrayField(models.SlugField(max_length=30), default=list, blank=True)  # its own list replaces ours
    usual_days = models.JSONField(default=dict, blank=True)  # what staff know of its speed, by kind of record
    # What finished requests say, by kind of record: [median, 90th percentile, how many], in business days.
    learned_days = models.JSONField(default=dict, blank=True, db_default=Value({}, models.JSONField()))
    note = models.TextField(max_length=600, blank=True)  # for the team
    for_case = models.ForeignKey("case.Case", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    put_in_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    merged_at = models.DateTimeField(null=True, blank=True)
    merged_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = OfficeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="office_checked_by_and_at_together",
                condition=Q(checked_at__isnull=True, checked_by__isnull=True)
                | Q(checked_at__isnull=False, checked_by__isnull=False),
            ),
            models.CheckConstraint(
                name="office_unchecked_serves_one_case",
                condition=Q(checked_at__isnull=False) | Q(for_case__isnull=False),
            ),
            models.CheckConstraint(
                name="office_merged_into_at_and_by_together",
                condition=Q(merged_into__isnull=True, merged_at__isnull=True, merged_by__isnull=True)
                | Q(merged_into__isnull=False, merged_at__isnull=False, merged_by__isnull=False),
            ),
            models.CheckConstraint(
                name="office_is_not_merged_into_itself",
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
            ),
            models.CheckConstraint(
                name="office_own_form_is_there_when_described", condition=Q(own_form="") | Q(has_own_form=True)
            ),
            models.CheckConstraint(
                name="office_usual_days_are_days",
                condition=Q(Exact(_usual_days("jsonb_typeof", gives=models.TextField()), Value("object")))
                & ~Q(_usual_days("jsonb_path_exists", Value(NO_DAYS), gives=BooleanField())),
            ),
        ]
        indexes = [
            models.Index(fields=["name"], name="office_by_name", condition=Q(merged_into__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("pages:office", args=[self.pk])

    @property
    def phone_href(self) -> str:
        """The address that rings it, or "" without a number."""
        return phones.href(self.phone)


class Clinician(models.Model):
    """A doctor, who works at an office."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    specialty = models.CharField(max_length=120, blank=True)
    office = models.ForeignKey(Office, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name

    def is_called(self, name: str) -> bool:
        """Whether this is the doctor of that name: each naming in a case makes a row of its own."""
        return self.name.casefold() == name.strip().casefold()
