"""What people type in a thread. Forms check the input; actions save it."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.documents import kinds
from cases.documents.forms import FilesField
from cases.threads import rules

ANYONE = ""


class WriteForm(forms.Form):
    """The words, and the page's own number of this send."""

    text = forms.CharField(
        label=gettext_lazy("Write a message"),
        max_length=rules.LETTERS_AT_MOST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"max_length": gettext_lazy("Keep your message under %(limit_value)d letters.")},
    )
    send_id = forms.UUIDField(widget=forms.HiddenInput)
    is_filter = True

    @classmethod
    def fresh(cls, kept: dict[str, Any] | None, **more: Any) -> "WriteForm":
        """An empty form, or what was being typed."""
        return cls(initial={"send_id": uuid4()} | (kept or {}), **more)


class MessageForm(WriteForm):
    """A message, with files."""

    files = FilesField(required=False, allow_empty_file=True, label=gettext_lazy("Add a file"))
    documents = forms.TypedMultipleChoiceField(
        required=False, coerce=UUID, label=gettext_lazy("Goes with your message"), widget=forms.CheckboxSelectMultiple
    )
    is_private = forms.BooleanField(
        required=False,
        label=gettext_lazy("Private"),
        help_text=gettext_lazy("Who helps you reads it, and its files, only if you let them see your private words."),
    )

    def __init__(self, *args: Any, documents: list[tuple[str, str]] = (), **kwargs: Any):  # type: ignore[assignment]
        super().__init__(*args, **kwargs)
        self.fields["files"].widget.attrs["accept"] = kinds.ACCEPT
        self.fields["documents"].choices = list(documents)


class NoteForm(WriteForm):
    """A note of the team."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, auto_id="id_note_%s", **kwargs)
        self.fields["text"].label = _("Write a note for the team")
        self.fields["text"].help_text = _("Not on the patient’s pages. It is part of the record if they ask for it.")


class WordsForm(WriteForm):
    """What the patient says on the phone, as one of us writes it down."""

    is_private = forms.BooleanField(
        required=False,
        label=gettext_lazy("Private"),
        help_text=gettext_lazy("For the team, not for who helps them, unless they share their private words."),
    )

    def __init__(self, *args: Any, name: str, **kwargs: Any):
        super().__init__(*args, auto_id="id_words_%s", **kwargs)
        self.fields["text"].label = _("Write down what %(name)s says") % {"name": name}
        self.fields["text"].help_text = _("It stands in the thread as their message, with your name as who wrote it.")


class AssignForm(forms.Form):
    """Who answers, and by when."""

    who = forms.ChoiceField(label=gettext_lazy("Who answers"), required=False)
    due_on = forms.DateField(
        label=gettext_lazy("By when"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "rs-input--m"}),
        error_messages={
            "required": gettext_lazy("Enter the day."),
            "invalid": gettext_lazy("Enter the day in full, like 2026-11-03."),
        },
    )
    is_filter = True

    def __init__(self, *args: Any, staff: list[Any], **kwargs: Any):
        super().__init__(*args, **kwargs)
        people = [(str(user.pk), user.name) for user in staff]
        self.fields["who"].choices = [(ANYONE, _("Any coordinator")), *people]
