"""What the rules say when they say no."""

from django.core.exceptions import ValidationError


class Refused(ValidationError):
    """The rules say no, in a sentence fit for the person asking. Show `.message`; `str()` adds brackets."""

    def __init__(self, message: str, code: str = "refused", **extra: object):
        super().__init__(message, code=code)
        self.extra = extra
