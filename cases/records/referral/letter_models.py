"""The letters that ask for a referral, where their words are the patient's own, or one of us was asked to fax them."""

import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.case.people import put_in, where
from portal.accounts.models import User
from portal.vault.fields import SealedText
from portal.vault.models import DataKey


class LetterKind(models.TextChoices):
    REFER = "refer", _("A letter to ask with")
    ANOTHER = "another", _("A letter that asks for another specialist")


class ReferralLetterQuerySet(models.QuerySet["ReferralLetter"]):
    def visible_to(self, user: Any) -> "ReferralLetterQuerySet":
        own = put_in(user, "referral__visit__case", "referral__visit__") & put_in(
            user, "referral__visit__case", "referral__"
        )
        return self.filter(where(user, "see_records", "referral__visit__case"), own)


class ReferralLetter(models.Model):
    """One letter of a referral. Without words of their own it says ours, made of the case as it is."""

    Kind = LetterKind

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey("records.Referral", on_delete=models.CASCADE, related_name="letters")
    kind = models.CharField(max_length=8, choices=LetterKind.choices)
    words = SealedText()
    changed_at = models.DateTimeField(null=True, blank=True)
    changed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = ReferralLetterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="referralletter_one_per_kind", fields=["referral", "kind"]),
            models.CheckConstraint(name="referralletter_kind_is_known", condition=Q(kind__in=LetterKind.values)),
            models.CheckConstraint(
                name="referralletter_changed_by_has_changed_at",
                condition=Q(changed_by__isnull=True) | Q(changed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="referralletter_own_words_have_changed_at",
                condition=Q(words=b"") | Q(changed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"letter of referral {self.referral_id}"

    @property
    def sealing_key(self) -> DataKey:
        return self.referral.visit.case.key
