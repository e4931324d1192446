"""Where allauth asks the house: mail of codes, secrets at rest."""

import base64

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter

from portal.vault import keys
from portal.vault.fields import seal, unseal


class AccountAdapter(DefaultAccountAdapter):
    """allauth's account flows in our words."""


class MFAAdapter(DefaultMFAAdapter):
    """Second-factor secrets are sealed at rest; allauth leaves them in clear by default."""

    def encrypt(self, text: str) -> str:
        return base64.b64encode(seal(text, keys.house_key(), b"mfa")).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(base64.b64decode(encrypted_text), b"mfa")
