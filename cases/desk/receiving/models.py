"""Who at the second doctor's office said what came."""

import uuid

from django.db import models

from cases.desk.links.models import OfficeLink
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
