"""Each change of an urgent look or of a second reader leaves a row that stays."""

import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

STOOD = """
INSERT INTO case_secondreaderchange (pgh_created_at, pgh_label, pgh_obj_id, case_id, asked_by_id, reader_id, until_on,
    over_at, state, asked_at, answered_at, patient_no_at, ended_at, ended_by_id, ended_why)
SELECT clock_timestamp(), 'stood', id, case_id, asked_by_id, reader_id, until_on,
    over_at, state, asked_at, answered_at, patient_no_at, ended_at, ended_by_id, ended_why
    FROM case_secondreader WHERE state IN ('asked', 'reading');
INSERT INTO case_urgentlookchange (pgh_created_at, pgh_label, pgh_obj_id, case_id, reader_id, begun_at, over_at,
    ended_at, ended_by_id, ended_why)
SELECT clock_timestamp(), 'stood', id, case_id, reader_id, begun_at, over_at, ended_at, ended_by_id, ended_why
    FROM case_urgentlook;
"""
FOLLOWED = ["secondreader", "urgentlook"]
GUARD = [f"SELECT history_guard_rights('case_{one}', 'case_{one}change')" for one in FOLLOWED]
UNGUARD = [f"DROP TRIGGER case_{one}change_insert_only ON case_{one}change" for one in FOLLOWED]


class Migration(migrations.Migration):
    dependencies = [
        ("history", "0006_rights_sealed"),
        ("case", "0034_departures"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SecondReaderChange",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("until_on", models.DateField()),
                ("over_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "asked"),
                            ("reading", "reads along"),
                            ("declined", "said no"),
                            ("ended", "ended"),
                        ],
                        default="asked",
                        max_length=8,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("patient_no_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ended_why",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("done", "The second reader is done"),
                            ("reader", "The consultant ended it"),
                            ("patient", "The patient ended it"),
                            ("time", "Its last day has passed"),
                            ("closed", "The case was closed"),
                        ],
                        default="",
                        max_length=8,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="UrgentLookChange",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("begun_at", models.DateTimeField()),
                ("over_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ended_why",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("reader", "The consultant was done"),
                            ("patient", "The patient ended it"),
                            ("admin", "An administrator ended it"),
                            ("time", "Its hour was over"),
                            ("closed", "The case was closed"),
                            ("left", "The consultant left"),
                        ],
                        default="",
                        max_length=8,
                    ),
                ),
            ],
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="secondreader",
            trigger=pgtrigger.compiler.Trigger(
                name="given_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "case_secondreaderchange" ("answered_at", "asked_at", "asked_by_id", "case_id", "ended_at", "ended_by_id", "ended_why", "over_at", "patient_no_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reader_id", "state", "until_on") VALUES (NEW."answered_at", NEW."asked_at", NEW."asked_by_id", NEW."case_id", NEW."ended_at", NEW."ended_by_id", NEW."ended_why", NEW."over_at", NEW."patient_no_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'given\', NEW."id", NEW."reader_id", NEW."state", NEW."until_on"); RETURN NULL;',
                    hash="5778def33a901edf426671135efdb9fd99ac1a3b",
                    operation="INSERT",
                    pgid="pgtrigger_given_insert_d63e7",
                    table="case_secondreader",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="secondreader",
            trigger=pgtrigger.compiler.Trigger(
                name="changed_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."answered_at" IS DISTINCT FROM (NEW."answered_at") OR OLD."asked_at" IS DISTINCT FROM (NEW."asked_at") OR OLD."asked_by_id" IS DISTINCT FROM (NEW."asked_by_id") OR OLD."case_id" IS DISTINCT FROM (NEW."case_id") OR OLD."ended_at" IS DISTINCT FROM (NEW."ended_at") OR OLD."ended_by_id" IS DISTINCT FROM (NEW."ended_by_id") OR OLD."ended_why" IS DISTINCT FROM (NEW."ended_why") OR OLD."over_at" IS DISTINCT FROM (NEW."over_at") OR OLD."patient_no_at" IS DISTINCT FROM (NEW."patient_no_at") OR OLD."reader_id" IS DISTINCT FROM (NEW."reader_id") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."until_on" IS DISTINCT FROM (NEW."until_on"))',
                    func='INSERT INTO "case_secondreaderchange" ("answered_at", "asked_at", "asked_by_id", "case_id", "ended_at", "ended_by_id", "ended_why", "over_at", "patient_no_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reader_id", "state", "until_on") VALUES (NEW."answered_at", NEW."asked_at", NEW."asked_by_id", NEW."case_id", NEW."ended_at", NEW."ended_by_id", NEW."ended_why", NEW."over_at", NEW."patient_no_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'changed\', NEW."id", NEW."reader_id", NEW."state", NEW."until_on"); RETURN NULL;',
                    hash="d4ead0f9921d1b738239835706f3e8a5a0c08681",
                    operation="UPDATE",
                    pgid="pgtrigger_changed_update_44b22",
                    table="case_secondreader",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="secondreader",
            trigger=pgtrigger.compiler.Trigger(
                name="removed_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "case_secondreaderchange" ("answered_at", "asked_at", "asked_by_id", "case_id", "ended_at", "ended_by_id", "ended_why", "over_at", "patient_no_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reader_id", "state", "until_on") VALUES (OLD."answered_at", OLD."asked_at", OLD."asked_by_id", OLD."case_id", OLD."ended_at", OLD."ended_by_id", OLD."ended_why", OLD."over_at", OLD."patient_no_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'removed\', OLD."id", OLD."reader_id", OLD."state", OLD."until_on"); RETURN NULL;',
                    hash="00353727ae5a565c9fc85dfad2cf2965266c1726",
                    operation="DELETE",
                    pgid="pgtrigger_removed_delete_3234f",
                    table="case_secondreader",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="urgentlook",
            trigger=pgtrigger.compiler.Trigger(
                name="given_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "case_urgentlookchange" ("begun_at", "case_id", "ended_at", "ended_by_id", "ended_why", "over_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reader_id") VALUES (NEW."begun_at", NEW."case_id", NEW."ended_at", NEW."ended_by_id", NEW."ended_why", NEW."over_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'given\', NEW."id", NEW."reader_id"); RETURN NULL;',
                    hash="d14cf7777b8050d5e7e112995dbe78ac135f1e97",
                    operation="INSERT",
                    pgid="pgtrigger_given_insert_aaccf",
                    table="case_urgentlook",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="urgentlook",
            trigger=pgtrigger.compiler.Trigger(
                name="changed_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."begun_at" IS DISTINCT FROM (NEW."begun_at") OR OLD."case_id" IS DISTINCT FROM (NEW."case_id") OR OLD."ended_at" IS DISTINCT FROM (NEW."ended_at") OR OLD."ended_by_id" IS DISTINCT FROM (NEW."ended_by_id") OR OLD."ended_why" IS DISTINCT FROM (NEW."ended_why") OR OLD."over_at" IS DISTINCT FROM (NEW."over_at") OR OLD."reader_id" IS DISTINCT FROM (NEW."reader_id"))',
                    func='INSERT INTO "case_urgentlookchange" ("begun_at", "case_id", "ended_at", "ended_by_id", "ended_why", "over_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reader_id") VALUES (NEW."begun_at", NEW."case_id", NEW."ended_at", NEW."ended_by_id", NEW."ended_why", NEW."over_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'changed\', NEW."id", NEW."reader_id"); RETURN NULL;',
                    hash="063307ece881c62b2d06f049571cdbb8cd51f0be",
                    operation="UPDATE",
                    pgid="pgtrigger_changed_update_c050f",
                    table="case_urgentlook",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="urgentlook",
            trigger=pgtrigger.compiler.Trigger(
                name="removed_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "case_urgentlookchange" ("begun_at", "case_id", "ended_at", "ended_by_id", "ended_why", "over_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reader_id") VALUES (OLD."begun_at", OLD."case_id", OLD."ended_at", OLD."ended_by_id", OLD."ended_why", OLD."over_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'removed\', OLD."id", OLD."reader_id"); RETURN NULL;',
                    hash="d206df7e5c02aaf899fe8f44981249d9e0059001",
                    operation="DELETE",
                    pgid="pgtrigger_removed_delete_74cdf",
                    table="case_urgentlook",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="secondreaderchange",
            name="asked_by",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="secondreaderchange",
            name="case",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="case.case",
            ),
        ),
        migrations.AddField(
            model_name="secondreaderchange",
            name="ended_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="secondreaderchange",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="kept_changes",
                to="case.secondreader",
            ),
        ),
        migrations.AddField(
            model_name="secondreaderchange",
            name="reader",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="urgentlookchange",
            name="case",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="case.case",
            ),
        ),
        migrations.AddField(
            model_name="urgentlookchange",
            name="ended_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="urgentlookchange",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="kept_changes",
                to="case.urgentlook",
            ),
        ),
        migrations.AddField(
            model_name="urgentlookchange",
            name="reader",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="secondreaderchange",
            index=models.Index(fields=["-pgh_created_at", "-pgh_id"], name="secondreaderchange_newest"),
        ),
        migrations.AddIndex(
            model_name="secondreaderchange",
            index=models.Index(fields=["case"], name="secondreaderchange_of_case"),
        ),
        migrations.AddIndex(
            model_name="urgentlookchange",
            index=models.Index(fields=["-pgh_created_at", "-pgh_id"], name="urgentlookchange_newest"),
        ),
        migrations.AddIndex(
            model_name="urgentlookchange",
            index=models.Index(fields=["case"], name="urgentlookchange_of_case"),
        ),
        migrations.RunSQL(STOOD, migrations.RunSQL.noop),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
