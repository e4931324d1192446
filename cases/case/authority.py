"""That we may ask about, receive and pass on the records of a case. Beside the models of the case, which load it."""

import uuid
from typing import Any

from django.db import models
from django.db.models import F, Q

from cases.case.helping.models import Mandate
from cases.case.signatures import SignedHow
from portal.accounts.models import User
from portal.texts.models import Text
from portal.vault.fields import SealedText
from portal.vault.models import DataKey


class AuthorityQuerySet(models.QuerySet["Authority"]):
    def visible_to(self, user: Any) -> "AuthorityQuerySet":
        """The patient who signed it, who signs for her in law, and the coordinators who ask by it."""
        from cases.case.people import where

        return self.filter(where(user, "say_signed", "case"))

    def standing(self) -> "AuthorityQuerySet":
        return self.filter(withdrawn_at__isnull=True)


class Authority(models.Model):
    """Signed once per case, by version of its words. It goes with each request until it is taken back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("case.Case", on_delete=models.CASCADE, related_name="authorities")
    text = models.ForeignKey(Text, on_delete=models.PROTECT, related_name="+")
    how = models.CharField(max_length=6, choices=SignedHow.choices)
    signature = SealedText()  # the name as typed, or the drawing in base64
    paper = models.UUIDField(null=True, blank=True)  # the photographed paper: a document, which stands above
    signed_at = models.DateTimeField()
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")  # or said that a paper is
    signed_as = models.CharField(max_length=6, choices=Mandate.Kind.choices, blank=True, db_default="", default="")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = AuthorityQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="authority_one_standing", fields=["case"], condition=Q(withdrawn_at__isnull=True)
            ),
            models.CheckConstraint(
                name="authority_signed_as_is_known", condition=Q(signed_as__in=["", *Mandate.Kind.values])
            ),
            models.CheckConstraint(name="authority_how_is_known", condition=Q(how__in=SignedHow.values)),
            models.CheckConstraint(
                name="authority_is_signed",
                condition=Q(how="paper", paper__isnull=False) | (~Q(how="paper") & ~Q(signature=b"")),
            ),
            models.CheckConstraint(
                name="authority_withdrawn_at_and_by_together",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
            ),
            models.CheckConstraint(
                name="authority_withdrawn_after_signed",
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("signed_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"authority {self.pk}"

    @property
    def sealing_key(self) -> DataKey:
        return self.case.key
