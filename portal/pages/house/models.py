"""How each line of the system page was when it was last watched, so that its change is told once."""

from django.db import models
from django.db.models import Q


class SystemLine(models.Model):
    """One line: well or not, and since when. Told once for each turn of red, and once when it is green again."""

    name = models.CharField(max_length=20, primary_key=True)
    is_well = models.BooleanField(default=True)
    since = models.DateTimeField()
    turn = models.PositiveIntegerField(default=0)  # how often it was told to be red
    is_told = models.BooleanField(default=False)  # that it is red now

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="systemline_green_is_told_when_it_turns", condition=Q(is_told=False) | Q(turn__gt=0)
            ),
            models.CheckConstraint(name="systemline_told_lines_are_red", condition=Q(is_told=False) | Q(is_well=False)),
        ]

    def __str__(self) -> str:
        return f"line {self.name}"
