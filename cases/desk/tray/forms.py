"""What is typed about a paper: how it came, and the three presses by which it is filed."""

import hashlib
from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.case.models import Case
from cases.desk import answers
from cases.desk.answers import Wants
from cases.desk.tray import adding, strips
from cases.desk.tray.adding import Came
from cases.desk.tray.choices import Choice
from cases.desk.tray.orders import Filing
from cases.desk.tray.states import About, How, Said
from cases.desk.tray.strips import To
from cases.documents import words
from cases.documents.forms import FilesField
from cases.records.models import RecordItem
from portal import clock, when

LONGEST_SENDER, MOST_SAID = 80, 600


def day_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "rs-input--m"})


class ScanForm(forms.Form):
    """Scans, or what a voicemail said."""

    how = forms.ChoiceField(
        label=gettext_lazy("How did it come?"),
        choices=How.choices,
        widget=forms.RadioSelect({"columns": True}),
        initial=How.FAX,
    )
    came_on = forms.DateField(label=gettext_lazy("On which day?"), widget=day_input())
    sender = forms.CharField(
        label=gettext_lazy("From which number or office?"), required=False, max_length=LONGEST_SENDER
    )
    files = FilesField(required=False, allow_empty_file=True, label=gettext_lazy("Choose scans or drop them here"))
    words = forms.CharField(
        label=gettext_lazy("What was said"),
        help_text=gettext_lazy("For a voicemail: in a few words. You can add a note to a scan, too."),
        required=False,
        max_length=MOST_SAID,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    seconds = forms.IntegerField(
        label=gettext_lazy("How long is the voicemail, in seconds?"),
        required=False,
        min_value=1,
        max_value=3600,
        widget=forms.NumberInput(attrs={"class": "rs-input--s"}),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["files"].widget.attrs["accept"] = adding.ACCEPT
        most = words.limits()
        self.fields["files"].help_text = _("PDF, TIFF or photos. Up to %(mb)d MB each, %(count)d files at a time.") % {
            "mb": most.file // words.MB,
            "count": most.files_per_send,
        }
        self.fields["came_on"].initial = when.as_date(clock.now())

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("how") == How.PHONE and not found.get("words", "").strip() and not found.get("files"):
            self.add_error("words", _("Say in a few words what was said."))
        elif found.get("how") and found["how"] != How.PHONE and not found.get("files"):
            self.add_error("files", _("Choose a scan."))
        return found

    @property
    def came(self) -> Came:
        """For a day before today, noon of that day is as good as any hour."""
        found, now = self.cleaned_data, clock.now()
        on = found["came_on"]
        is_today = on == when.as_date(now)
        at = now if is_today else datetime.combine(on, time(12), tzinfo=timezone.get_current_timezone())
        return Came(found["how"], at, found["sender"], found["words"], found["seconds"])


class OrderForm(forms.Form):
    """The three presses. Which of them are made is asked anew at each; nothing is filed that was not shown."""

    whose = forms.CharField(required=False, max_length=40)
    find = forms.CharField(
        label=gettext_lazy("Name, birth date or reference"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    about = forms.CharField(required=False, max_length=60)
    said = forms.ChoiceField(required=False, choices=[("", ""), *Said.choices])
    on = forms.DateField(label=gettext_lazy("On which day?"), required=False, widget=day_input())
    carrier = forms.CharField(label=gettext_lazy("By whom?"), required=False, max_length=answers.MOST_CARRIER)
    tracking = forms.CharField(label=gettext_lazy("Tracking number"), required=False, max_length=answers.MOST_TRACKING)
    needs = forms.MultipleChoiceField(
        label=gettext_lazy("What do they need?"),
        required=False,
        choices=Wants.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    fee = forms.CharField(label=gettext_lazy("How much is the fee?"), required=False, max_length=40)
    words = forms.CharField(label=gettext_lazy("In their words"), required=False, max_length=200)
    to = forms.ChoiceField(
        label=gettext_lazy("To whom?"),
        required=False,
        choices=To.choices,
        initial=To.PRIMARY,
        widget=forms.RadioSelect,
    )
    shown = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def said_of(self, name: str) -> str:
        """What stands in a field, sent or proposed."""
        return str(self[name].value() or "")

    def chosen(self, offered: list[Choice]) -> Choice | None:
        return next((choice for choice in offered if choice.value == self.said_of("about")), None)

    def filing(self, case: Case, choice: Choice, has_pages: bool) -> Filing | None:
        """The order as it stands, or None while a press is missing. Call it on a form that is valid."""
        found = self.cleaned_data if self.is_bound else {}
        said = self.said_of("said") if choice.takes_answer else ""
        if choice.takes_answer and (not said or (said == Said.IS_IT and not has_pages)):
            return None
        lines = self._lines(choice, said)
        if choice.items and not lines:
            return None
        every = {said, *(word for _item, word in lines)}
        return Filing(
            case=case,
            about=About(choice.about),
            item=choice.item,
            letter=choice.letter,
            lines=lines,
            said=said,
            on=found.get("on") if every & {Said.SENT, Said.CAME} else None,
            carrier=found.get("carrier", "") if Said.SENT in every else "",
            tracking=found.get("tracking", "") if Said.SENT in every else "",
            needs=tuple(found.get("needs", ())) if Said.NEEDS in every else (),
            fee=found.get("fee", "") if Said.NEEDS in every else "",
            words=found.get("words", "") if every & {Said.NEEDS, Said.NOT_FOUND, *strips.TROUBLE} else "",
            to=found.get("to", "") or To.PRIMARY if choice.letter else "",
        )

    def own(self, item: RecordItem) -> str:
        """What is said of one record of a strip by itself; "" where it goes with the others."""
        return str(self.data.get(f"line-{item.pk}", "")) if self.is_bound else ""

    def _lines(self, choice: Choice, said: str) -> tuple[tuple[RecordItem, str], ...]:
        if choice.letter is None:
            return ()
        known = (strips.NOTHING, *strips.OF_ONE.get(choice.letter.kind, ()))
        own = [(item, word if (word := self.own(item)) in known else "") for item in choice.items]
        return tuple(strips.lines_of(said, own))


def mark_of(sentence: str) -> str:
    """What goes along with a form of which this sentence was shown."""
    return hashlib.sha256(sentence.encode()).hexdigest()[:32]
