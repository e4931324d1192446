"""What a coordinator writes into an entry of the directory. The form checks the input; the action saves it."""

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.case import directory, regions
from cases.case.office_models import MOST_USUAL_DAYS, Office
from cases.records.models import RecordKind
from portal import when

ZONES = sorted({zone for _name, zone in regions.REGIONS.values()})
USUAL = "usual_"


def zones(also: str) -> list[tuple[str, str]]:
    """The zones that offices live by, as people there say them, with their largest city; the one it has among them."""
    cities = {zone: zone.rpartition("/")[2].replace("_", " ") for zone in sorted({*ZONES, also})}
    return sorted(((zone, f"{when.zone_name(ZoneInfo(zone))} ({city})") for zone, city in cities.items()), key=str)


class EntryForm(forms.ModelForm):
    """Everything that is known of an office, for all cases."""

    is_filter = True  # nearly all of it may be left out; the page says so once
    region = forms.ChoiceField(
        label=_("State or province"),
        help_text=_("For the days when it is closed."),
        choices=regions.CHOICES,
        required=False,
        widget=forms.Select(attrs={"class": "rs-input--m"}),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), widget=forms.Select(attrs={"class": "rs-input--m", "translate": "no"})
    )
    asks_for = forms.MultipleChoiceField(
        label=_("What they need on the day of a visit"),
        help_text=_("As the second doctor’s office. Their own list replaces ours; with nothing ticked, ours holds."),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"columns": True}),
    )

    class Meta:
        model = Office
        fields = [
            "name", "desk", "phone", "fax", "email", "place", "region", "time_zone", "hours", "likes_to_be_asked",
            "takes_no_mail", "has_own_form", "own_form", "wants_with_it", "fee", "never_releases", "asks_for",
        ]  # fmt: skip
        labels = {
            "name": _("Office"),
            "desk": _("Desk, or whom to ask for"),
            "phone": _("Phone"),
            "fax": _("Fax"),
            "email": _("Email"),
            "place": _("Address"),
            "hours": _("Hours"),
            "likes_to_be_asked": _("How they like to be asked first"),
            "takes_no_mail": _("Do not email this office"),
            "has_own_form": _("They want their own form"),
            "own_form": _("Which form, and how we use it"),
            "wants_with_it": _("What they want with it"),
            "fee": _("Fee"),
            "never_releases": _("What they never release"),
        }
        help_texts = {
            "likes_to_be_asked": _("For example: fax, one page. They don’t use links."),
            "wants_with_it": _("For example: a copy of an ID, a signature by hand."),
            "fee": _("For what, how much, and who pays."),
        }

    def __init__(self, *args: Any, kinds: Iterable[RecordKind], **rest: Any):
        super().__init__(*args, **rest)
        kinds = list(kinds)
        self.fields["asks_for"].choices = [(kind.pk, kind.called) for kind in kinds]  # type: ignore[attr-defined]
        self.fields["time_zone"].choices = zones(self.instance.time_zone)  # type: ignore[attr-defined]
        for kind in kinds:
            self.fields[USUAL + kind.pk] = forms.IntegerField(
                label=kind.called,
                min_value=1,
                max_value=MOST_USUAL_DAYS,
                required=False,
                initial=self.instance.usual_days.get(kind.pk),
                widget=forms.NumberInput(attrs={"class": "rs-input--s"}),
            )

    def clean_region(self) -> str:
        return self.cleaned_data["region"] or self.instance.region

    def clean(self) -> dict[str, Any]:
        fields = super().clean() or {}
        if fields.get("own_form"):
            fields["has_own_form"] = True  # whoever names a form says that there is one
        return fields

    @property
    def details(self) -> dict[str, Any]:
        """For the action: the fields as they stand in the row."""
        fields = {name: value for name, value in self.cleaned_data.items() if not name.startswith(USUAL)}
        days = {name.removeprefix(USUAL): value for name, value in self.cleaned_data.items() if name.startswith(USUAL)}
        return fields | {"usual_days": {kind: value for kind, value in days.items() if value}}

    def about_it(self) -> list[forms.BoundField]:
        return [self[name] for name in self.Meta.fields]

    def speeds(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith(USUAL)]


DETAILS = (*EntryForm.Meta.fields, "usual_days")  # what saving the form writes


class NoteForm(forms.ModelForm):
    """A word from one of the team to the others."""

    is_filter = True

    class Meta:
        model = Office
        fields = ["note"]
        labels = {"note": _("Note for the team")}
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}


class ApartForm(forms.Form):
    """Why two entries are taken apart again. Whether it must be said, the action knows."""

    is_filter = True

    why = forms.CharField(
        label=_("Why?"),
        help_text=_("The team reads it. For example: they are two desks after all."),
        required=False,
        max_length=directory.WHY_AT_MOST,
        widget=forms.TextInput(attrs={"class": "rs-input--m"}),
    )
