"""Who at the second doctor's office said what came, and that it asked to be reminded of its report."""

import uuid

from django.db import models
from django.db.models import F, Q

from cases.desk.links.models import OfficeLink
from cases.records.models import Visit
from portal.vault.fields import SealedText
from portal.vault.models import DataKey


class Receipt(models.Model):
    """One word of an office about everything that came: by whom, and whether all of it is there and opens."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    link = models.ForeignKey(OfficeLink, on_delete=models.CASCADE, related_name="receipts")
    said_at = models.DateTimeField()
    is_all = models.BooleanField()
    said_by = SealedText()  # name and role, as the person typed them

    class Meta:
        indexes = [models.Index(fields=["link", "-said_at"], name="receipt_latest")]

    def __str__(self) -> str:
        return f"receipt of {self.link_id}"

    @property
    def sealing_key(self) -> DataKey:
        return self.link.visit.case.key


class ReportWish(models.Model):
    """That the office asked to be reminded of its report, from that day on; settled once it was."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    link = models.OneToOneField(OfficeLink, on_delete=models.CASCADE, related_name="report_wish")
    on_date = models.DateField()
    asked_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="reportwish_settled_after_asked",
                condition=Q(settled_at__isnull=True) | Q(settled_at__gte=F("asked_at")),
            )
        ]

    def __str__(self) -> str:
        return f"reminder of a report, {self.pk}"

    @property
    def visit(self) -> Visit:
        return self.link.visit
