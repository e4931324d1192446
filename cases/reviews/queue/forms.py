"""To whom a plan is handed over."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from cases.reviews.models import Review
from portal.accounts.models import User


class ColleagueField(forms.ModelChoiceField):
    """One of our consultants, by name."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class HandOverForm(forms.Form):
    """Who reads from now on."""

    to = ColleagueField(
        label=gettext_lazy("Who reads it from now on?"),
        queryset=User.objects.none(),
        empty_label=gettext_lazy("Choose"),
    )

    def __init__(self, review: Review, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        people = User.objects.working_as(User.Role.CONSULTANT)
        not_theirs = [review.reader_id, review.case.patient_id, review.case.starter_id]
        colleagues = people.exclude(pk__in=[pk for pk in not_theirs if pk])
        self.fields["to"].queryset = colleagues  # type: ignore[attr-defined]
