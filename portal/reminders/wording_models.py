"""Words of messages as administrators changed them. Beside the models of reminders, which load it."""

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast
from django.db.models.lookups import Regex

PARTS_TEXT = Cast("parts", models.TextField())


class WordingQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Wordings are an administrator's matter."""
        return self if user.is_authenticated and user.role == "administrator" else self.none()

    def holding(self):
        """The newest of each wording and language."""
        return self.order_by("code", "language", "-version").distinct("code", "language")


class Wording(models.Model):
    """An administrator's words in place of ours, in one language. Never updated: a change is a new row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(max_length=60)
    language = models.CharField(max_length=10)
    version = models.PositiveIntegerField()
    parts = models.JSONField(default=dict)  # words by part; none: back to ours
    from_at = models.DateTimeField()
    changed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    objects = WordingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "language", "version"], name="wording_one_per_version"),
            models.CheckConstraint(condition=Q(version__gte=1), name="wording_version_counts_from_1"),
            models.CheckConstraint(
                condition=Q(Regex(PARTS_TEXT, r"^\{.*\}$")) & ~Q(Regex(PARTS_TEXT, r'\\[^"]')),
                name="wording_parts_are_single_lines",
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.version} ({self.language})"
