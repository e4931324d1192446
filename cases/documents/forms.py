"""What is sent with files: the files themselves, what they are, a password."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.documents import kinds, subjects, words
from cases.documents.models import Document

PASSWORD_LENGTH = 200
LINE_LENGTH = 120


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once; each is judged on its own, later, so that one bad file costs no other."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        return [upload for upload in data or [] if upload]


class FilesForm(forms.Form):
    """The files of one send."""

    files = FilesField(required=False, allow_empty_file=True, label=_("Choose files or drop them here"))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["files"].widget.attrs["accept"] = kinds.ACCEPT
        self.fields["files"].help_text = words.limits_in_words()


class DescribeForm(forms.Form):
    """What a file is, from whom and of which day; what was guessed stands in it until a person says so."""

    kind = forms.ChoiceField(label=_("What it is"))
    title = forms.CharField(
        max_length=LINE_LENGTH,
        required=False,
        label=_("What you call it"),
        help_text=_("Leave it empty to use the file’s own name."),
    )
    author = forms.CharField(
        max_length=LINE_LENGTH, required=False, label=_("The doctor or office that wrote it"), widget=forms.TextInput()
    )
    dated_on = forms.DateField(
        required=False,
        label=_("The date on it"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "rs-input--m"}),
        error_messages={"invalid": _("Enter the day in full, like 2026-11-03.")},
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(subject.code, subject.name) for subject in subjects.choices()]
        self.fields["author"].widget.attrs["list"] = "authors"

    @classmethod
    def of(cls, document: Document) -> "DescribeForm":
        """As it was said, else as it was guessed."""
        initial = {name: getattr(document, name) for name in ("title", "kind", "author", "dated_on")}
        return cls(initial=initial | words.guessed_of(document))


class PasswordForm(forms.Form):
    """The password of a locked file, used once."""

    password = forms.CharField(
        max_length=PASSWORD_LENGTH,
        strip=False,
        label=_("Password of this file"),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Type the password of this file.")},
    )
