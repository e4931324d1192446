"""Words sealed in the row: the ciphertext names its key, so reading needs no join and erasing destroys one key."""

import os
import uuid
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import models

from portal.vault import keys

VERSION = b"\x01"


def seal(text: str, key: Any, about: bytes) -> bytes:
    """Version, key id, nonce, then AES-256-GCM bound to `about` (model, field, row id)."""
    nonce = os.urandom(keys.NONCE)
    return VERSION + key.pk.bytes + nonce + AESGCM(keys.raw(key)).encrypt(nonce, text.encode(), about)


def unseal(sealed: bytes, about: bytes) -> str:
    """The words again. Raises KeyGone after erasure, InvalidTag when the bytes belong to another row."""
    key_id = uuid.UUID(bytes=sealed[1:17])
    nonce, body = sealed[17 : 17 + keys.NONCE], sealed[17 + keys.NONCE :]
    return AESGCM(keys.raw_by_id(key_id)).decrypt(nonce, body, about).decode()


class SealedText(models.BinaryField):
    """Free text of a person. The model has `sealing_key`, a DataKey, and a UUID primary key set on creation.

    Cannot be searched or sorted. Reads as `str`; after erasure reads as an empty string.
    """

    if TYPE_CHECKING:  # what django-stubs looks at
        _pyi_private_set_type: str
        _pyi_private_get_type: str  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any):
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", b"")
        kwargs["editable"] = True
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("editable", None)
        return name, path, args, kwargs

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, name, _Unsealed(self))

    def about(self, row: models.Model) -> bytes:
        return f"{row._meta.label}.{self.attname}.{row.pk}".encode()

    def pre_save(self, model_instance: models.Model, add: bool) -> bytes:
        value = model_instance.__dict__.get(self.attname, b"")
        if isinstance(value, str):
            value = seal(value, model_instance.sealing_key, self.about(model_instance)) if value else b""  # type: ignore[attr-defined]
            # The plain words stay on the instance: it is in use, and the sealed bytes are in the row.
        return bytes(value)

    def value_from_object(self, obj: models.Model) -> str:  # type: ignore[override]
        return getattr(obj, self.attname)

    def value_to_string(self, obj: models.Model) -> str:
        return ""


class _Unsealed:
    """Opens the bytes when the words are asked for, not when the row is read."""

    def __init__(self, field: SealedText):
        self.field = field

    def __get__(self, row: Any, owner: Any = None) -> Any:
        if row is None:
            return self
        name = self.field.attname
        if name not in row.__dict__:
            row.refresh_from_db(fields=[name])
        value = row.__dict__[name]
        if isinstance(value, str):
            return value
        value = bytes(value or b"")
        if not value:
            return ""
        try:
            row.__dict__[name] = unseal(value, self.field.about(row))
        except keys.KeyGone:
            return ""
        return row.__dict__[name]

    def __set__(self, row: Any, value: Any) -> None:
        row.__dict__[self.field.attname] = value
