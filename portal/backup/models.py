"""What is known of the archives."""

from django.db import models
from django.db.models import Q


class BackupLook(models.Model):
    """When an archive was last made and proved, and what was wrong: one row, for the health page and the alarm."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    made_at = models.DateTimeField(null=True)  # of the newest archive in its place
    looked_at = models.DateTimeField()
    is_proved = models.BooleanField(default=False)
    came_back = models.BooleanField(default=False)  # its rows were put into a database made for the proof

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="backuplook_is_one_row"),
            models.CheckConstraint(
                condition=Q(is_proved=False) | Q(made_at__isnull=False), name="backuplook_proves_an_archive"
            ),
            models.CheckConstraint(
                condition=Q(came_back=False) | Q(is_proved=True), name="backuplook_what_came_back_is_proved"
            ),
        ]

    def __str__(self) -> str:
        return "the last look at the archives"
