"""Rows of rights: a trigger writes one for each change, whoever makes it and however (django-pghistory).

They hold ids, kinds and times, no names and no words. The application can read them and nothing else.
"""

import datetime as dt
from typing import Any

import pghistory
import pgtrigger
from django.db import connection, models
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast

from portal.history.models import Digest

GIVEN, CHANGED, REMOVED = "given", "changed", "removed"
STOOD = "stood"  # was there before rows were kept: by the migration

TABLES = {  # and the one that each follows
    "accounts_userchange": "accounts_user",
    "case_assignmentchange": "case_assignment",
    "case_consentchange": "case_consent",
    "case_helperchange": "case_helper",
    "case_mandatechange": "case_mandate",
    "case_secondreaderchange": "case_secondreader",
    "case_urgentlookchange": "case_urgentlook",
}


def rows_of(model: type[models.Model], *fields: str, only_with: str = "") -> Any:
    """The model to inherit from: these fields of `model`, whenever one of them changes.

    `only_with`: a field that is empty where a row gives no right; its coming and going are then not kept.
    """
    new = ~pgtrigger.Q(**{f"new__{only_with}": ""}) if only_with else None
    old = ~pgtrigger.Q(**{f"old__{only_with}": ""}) if only_with else None
    return pghistory.create_event_model(
        model,
        pghistory.InsertEvent(GIVEN, condition=new),
        pghistory.UpdateEvent(CHANGED),
        pghistory.DeleteEvent(REMOVED, condition=old),
        fields=[*fields],
        obj_field=pghistory.ObjForeignKey(related_name="kept_changes", db_index=True),
    )


def newest_first(name: str) -> models.Index:
    return models.Index(fields=["-pgh_created_at", "-pgh_id"], name=f"{name}_newest")


def older_than(model: type[models.Model], cut: dt.datetime) -> models.QuerySet[Any]:
    """What may go. A night that was sealed goes as a whole, once its youngest row is old enough."""
    night = KeyTransform(model._meta.db_table, "rights")
    upto = Cast(KeyTextTransform("upto", night), models.BigIntegerField())
    newest = Cast(KeyTextTransform("newest", night), models.DateTimeField())
    ends = Digest.objects.alias(reaches=upto).filter(reaches__gte=models.OuterRef("pk")).order_by("pk")
    night_ended = ends.annotate(newest_row=newest).values("newest_row")[:1]
    rows = model._default_manager.filter(pgh_created_at__lt=cut).alias(night_ended=models.Subquery(night_ended))
    return rows.filter(models.Q(night_ended=None) | models.Q(night_ended__lt=cut))


def delete_older_than(model: type[models.Model], cut: dt.datetime) -> int:
    """Through the one function of the database that may; it refuses what is younger than six years. How many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rights_delete_before(%s, %s)", [model._meta.db_table, cut])
        return int(cursor.fetchone()[0])
