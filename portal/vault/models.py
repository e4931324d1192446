"""Keys that seal a case's words and files, and the files themselves."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class DataKey(models.Model):
    """A key of its own for a case or a person, wrapped by the master key. Destroying it erases what it sealed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = models.CharField(max_length=20, default="case")  # case | house
    wrapped = models.BinaryField(default=b"")
    master_id = models.CharField(max_length=40)
    made_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["destroyed_at"], name="datakey_destroyed", condition=Q(destroyed_at__isnull=False))
        ]
        constraints = [
            models.CheckConstraint(
                name="datakey_destroyed_keys_hold_nothing",
                condition=Q(destroyed_at__isnull=True) | Q(wrapped=b""),
            ),
            models.UniqueConstraint(
                name="datakey_one_house_key",
                fields=["purpose"],
                condition=Q(purpose="house"),
            ),
        ]

    def __str__(self) -> str:
        return f"key {self.pk}"


class StoredFile(models.Model):
    """An encrypted file on disk: named by its id, never by what a person called it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")
    path = models.CharField(max_length=100, unique=True)
    size = models.BigIntegerField()  # bytes before encryption
    sha256 = models.CharField(max_length=64)  # of the encrypted bytes, so that a check needs no key
    stored_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="storedfile_size_is_not_negative", condition=Q(size__gte=0))]

    def __str__(self) -> str:
        return f"file {self.pk}"


class Removal(models.Model):
    """Bytes that are to go: written with the change that gives them up, gone once the store has removed them."""

    path = models.CharField(max_length=100, primary_key=True)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="removal_names_a_file", condition=~Q(path=""))]

    def __str__(self) -> str:
        return f"bytes to remove: {self.path}"


class StoreLook(models.Model):
    """What the last look over the store found: one row, for the health page."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    at = models.DateTimeField()
    rows_without_file = models.PositiveIntegerField(default=0)
    files_without_row = models.PositiveIntegerField(default=0)
    rows_without_owner = models.PositiveIntegerField(default=0, db_default=0)
    halves = models.PositiveIntegerField(default=0)
    strange = models.PositiveIntegerField(default=0)  # names that we do not give
    damaged = ArrayField(models.UUIDField(), default=list)
    upto = models.UUIDField(null=True)  # read through up to this file; null: all of them

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="storelook_is_one_row")]

    def __str__(self) -> str:
        return "the last look over the store"

    @property
    def is_well(self) -> bool:
        lost = self.rows_without_file or self.files_without_row or self.rows_without_owner
        return not (lost or self.halves or self.strange or self.damaged)
