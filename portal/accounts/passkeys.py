"""What a browser says of a passkey is JSON that anybody can write: also numbers without end, depths without bottom."""

import json
from typing import Any

from allauth.mfa.webauthn import forms


class Careful(json.JSONDecoder):
    """Takes what cannot be read for no JSON, where the library's reader fails in other ways."""

    def decode(self, s: str, *more: Any) -> Any:
        try:
            said = super().decode(s, *more)
        except json.JSONDecodeError:
            raise
        except (ValueError, RecursionError):
            raise json.JSONDecodeError("not to be read", "", 0) from None
        if isinstance(said, dict) and "id" in said and "rawId" not in said:
            raise json.JSONDecodeError("half an id", "", 0)  # the library reads the other half unasked
        return said


AUTHENTICATE = (forms.AuthenticateWebAuthnForm, forms.LoginWebAuthnForm, forms.ReauthenticateWebAuthnForm)
for form in (*AUTHENTICATE, forms.AddWebAuthnForm):
    form.base_fields["credential"].decoder = Careful
