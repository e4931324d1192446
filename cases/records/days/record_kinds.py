"""The kinds of record as rows: how long each takes and where that is known from. Administrators edit them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext

from cases.records.days.lead_times import Lead
from cases.records.states import Need
from portal.accounts.models import User


class RecordKindQuerySet(models.QuerySet["RecordKind"]):
    def not_replanned(self) -> "RecordKindQuerySet":
        """Those whose days changed since the open visits were last planned by them."""
        return self.filter(Q(replanned_at__isnull=True) | Q(replanned_at__lt=F("changed_at")), changed_at__isnull=False)


class RecordKind(models.Model):
    """A kind of record with its lead times and their source. Data that administrators edit."""

    code = models.SlugField(primary_key=True, max_length=30)
    name = models.CharField(max_length=80)
    what = models.CharField(max_length=200)
    holder = models.CharField(max_length=80)
    travels = models.CharField(max_length=160)
    expected = models.PositiveSmallIntegerField()  # business days
    safe = models.PositiveSmallIntegerField()
    reading = models.PositiveSmallIntegerField(default=0)
    is_core = models.BooleanField(default=False)
    need = models.CharField(max_length=12, choices=Need.choices, blank=True)
    is_laid_at_start = models.BooleanField(default=False)
    is_lent = models.BooleanField(default=False, db_default=False)  # a thing that goes back: slides, a disc
    instead_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    place = models.PositiveSmallIntegerField()  # in lists
    source = models.CharField(max_length=300)
    changed_at = models.DateTimeField(null=True, blank=True)  # by an administrator
    changed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    replanned_at = models.DateTimeField(null=True, blank=True)  # when open visits were last planned by the new days

    objects = RecordKindQuerySet.as_manager()

    class Meta:
        ordering = ["place"]
        constraints = [
            models.CheckConstraint(name="recordkind_safe_is_not_sooner", condition=Q(safe__gte=F("expected"))),
            models.CheckConstraint(
                name="recordkind_changed_at_and_by_together",
                condition=Q(changed_at__isnull=True, changed_by__isnull=True)
                | Q(changed_at__isnull=False, changed_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def lead(self) -> Lead:
        return Lead(self.expected, self.safe, self.reading)

    @property
    def called(self) -> str:
        """The name in the reader's language; one that an administrator wrote stays as written."""
        return gettext(self.name)
