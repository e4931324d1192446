"""One closed day: shape only."""

import unicodedata
from datetime import date, timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.case import regions

WHOLE = [("US", _("The whole United States")), ("CA", _("All of Canada"))]
FARTHEST = timedelta(days=730)
UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})


class PlaceForm(forms.Form):
    """Whose public holidays count for the house."""

    region = forms.ChoiceField(
        label=_("Our place"),
        help_text=_("For everybody who has not chosen another place"),
        choices=[*WHOLE, *regions.CHOICES[1:]],
    )

    def __init__(self, *args, **more):
        super().__init__(*args, **more)
        self.auto_id = "place_%s"  # beside another form with a region


class ClosedDayForm(forms.Form):
    """Which day, where, and what it is called."""

    on_date = forms.DateField(
        label=_("Day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "rs-input--s"})
    )
    region = forms.ChoiceField(
        label=_("Where"),
        help_text=_("Consultants and offices that live by this place"),
        choices=[*WHOLE, *regions.CHOICES[1:]],
    )
    name = forms.CharField(label=_("What it is"), help_text=_("Like: Company day"), required=False, max_length=60)

    def __init__(self, *args, today: date, **more):
        super().__init__(*args, **more)
        self.today = today

    def clean_on_date(self) -> date:
        said: date = self.cleaned_data["on_date"]
        if said < self.today:
            raise forms.ValidationError(_("Choose a day that is not over."))
        if said > self.today + FARTHEST:
            raise forms.ValidationError(_("Choose a day within the next two years."))
        return said

    def clean_name(self) -> str:
        said: str = self.cleaned_data["name"]
        if any(unicodedata.category(sign) in UNSEEN for sign in said):
            raise forms.ValidationError(_("Only letters and signs on one line, please."))
        return said
