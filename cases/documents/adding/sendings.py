"""Files whose sending was begun: their names, kept until they have arrived, so that a lost one can be named."""

import uuid
from typing import Any

from django.db import models

from cases.case.models import Case
from portal.accounts.models import User
from portal.vault.fields import SealedText
from portal.vault.models import DataKey


class SendingQuerySet(models.QuerySet["Sending"]):
    def visible_to(self, user: Any) -> "SendingQuerySet":
        """One's own, in cases that one still knows."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(person=user, case__in=Case.objects.visible_to(user))


class Sending(models.Model):
    """The page says which files it begins to send; each row goes when its file has arrived, or was given up."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    name = SealedText()
    begun_at = models.DateTimeField()

    objects = SendingQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["case", "person", "begun_at"], name="sending_by_person"),
            models.Index(fields=["begun_at"], name="sending_by_age"),
        ]

    def __str__(self) -> str:
        return f"sending {self.pk}"

    @property
    def sealing_key(self) -> DataKey:
        return self.case.key
