"""What a coordinator looks for among the cases. All of it stands in the address, so that it can be kept."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.pages import words

NOBODY = "none"
VISITS = {
    "": _("Any date"),
    "7": _("In the next 7 days"),
    "14": _("In the next 14 days"),
    "none": _("Not booked yet"),
    "over": _("Is over"),
}
RESTS = {"": _("Resting or not"), "resting": _("Resting"), "awake": _("Not resting")}
PLACES_OF_A_PAGE = 6


class CaseloadForm(forms.Form):
    """Filters that narrow the list; one that makes no sense is left out."""

    is_filter = True

    find = forms.CharField(label=_("Find a case, by name or reference"), required=False, max_length=80)
    visit = forms.ChoiceField(label=_("Second visit"), required=False, choices=list(VISITS.items()))
    verdict = forms.ChoiceField(
        label=_("Verdict"), required=False, choices=[("", _("Any")), *words.VERDICT_NAMES.items()]
    )
    consultant = forms.ChoiceField(label=_("Consultant"), required=False)
    rest = forms.ChoiceField(label=_("Resting"), required=False, choices=list(RESTS.items()))
    worried = forms.BooleanField(label=_("We are worried"), required=False)
    mine = forms.BooleanField(label=_("Needs me today"), required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        people = User.objects.working_as(User.Role.CONSULTANT)
        named = [(str(pk), name) for pk, name in people.values_list("pk", "name")]
        self.fields["consultant"].choices = [("", _("Any")), (NOBODY, _("Without a consultant")), *named]
        self.fields["find"].widget.input_type = "search"

    def chosen(self) -> dict[str, Any]:
        """What was asked for, as words for `filtered` and for the address; and the view, a board unless a list."""
        if self.is_bound:
            self.full_clean()
        said = getattr(self, "cleaned_data", {})
        found = {name: said.get(name) or "" for name in self.fields}
        ticked = {name: "on" if found[name] else "" for name in ("mine", "worried")}
        return found | ticked | {"view": self._view()}

    def _view(self) -> str:
        return "list" if self.data.get("view") == "list" else "board"

    def page_number(self) -> int:
        """Which page; the first for anything that is not a number of at most six places."""
        typed = self.data.get("page", "")
        is_number = typed.isascii() and typed.isdigit() and len(typed) <= PLACES_OF_A_PAGE
        return max(int(typed), 1) if is_number else 1
