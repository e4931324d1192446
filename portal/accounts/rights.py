"""Who worked here in which role, and who could sign in, since when. Beside the models of accounts, which load it."""

from typing import Any

from django.db import models

from portal.accounts.models import User
from portal.history.kept import newest_first, rows_of


class UserChangeQuerySet(models.QuerySet["UserChange"]):
    def visible_to(self, user: Any) -> "UserChangeQuerySet":
        return self if getattr(user, "role", "") == User.Role.ADMINISTRATOR else self.none()


class UserChange(rows_of(User, "role", "can_sign_in", only_with="role")):  # type: ignore[misc]
    """A role given, taken or closed; of patients and helpers only that sign-in was taken or given again."""

    objects = UserChangeQuerySet.as_manager()

    class Meta:
        indexes = [newest_first("userchange")]

    def __str__(self) -> str:
        return f"change of a role {self.pk}"
