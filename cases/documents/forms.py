"""What is sent with files: the files themselves, a password."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.documents import kinds, words

PASSWORD_LENGTH = 200


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


class PasswordForm(forms.Form):
    """The password of a locked file, used once."""

    password = forms.CharField(
        max_length=PASSWORD_LENGTH,
        strip=False,
        label=_("Password of this file"),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Type the password of this file.")},
    )
