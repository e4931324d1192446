"""How far one of the team has read what is new in the cases."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from portal.accounts.models import User

ONE_BY_ONE = 500


class NewsMark(models.Model):
    """Lines of history up to one are read; of those after it some, one by one. Lines are ids, and say nothing here."""

    person = models.OneToOneField(User, on_delete=models.CASCADE, related_name="+")
    upto = models.BigIntegerField(default=0)
    read = ArrayField(models.BigIntegerField(), default=list, blank=True)
    read_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="newsmark_counts_up", condition=Q(upto__gte=0)),
            models.CheckConstraint(name="newsmark_keeps_no_endless_list", condition=Q(read__len__lte=ONE_BY_ONE)),
        ]

    def __str__(self) -> str:
        return f"news mark {self.pk}"
