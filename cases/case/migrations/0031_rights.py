"""Each change of help, a mandate, a place in a case or a consent leaves a row that stays."""

import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

STOOD = """
INSERT INTO case_helperchange (pgh_created_at, pgh_label, pgh_obj_id, case_id, patient_id, person_id, chosen, files, papers, bookings, messages, summary, private, asked_at, asked_by_id,
    agreed_at, agreed_how, recorded_by_id, until_on, over_at, ended_at, ended_by_id, ended_why)
SELECT clock_timestamp(), 'stood', id, case_id, patient_id, person_id, chosen, files, papers, bookings, messages, summary, private, asked_at, asked_by_id,
    agreed_at, agreed_how, recorded_by_id, until_on, over_at, ended_at, ended_by_id, ended_why FROM case_helper WHERE ended_at IS NULL;
INSERT INTO case_mandatechange (pgh_created_at, pgh_label, pgh_obj_id, case_id, person_id, kind, from_on, until_on, over_at, recorded_at, recorded_by_id, ended_at, ended_by_id)
SELECT clock_timestamp(), 'stood', id, case_id, person_id, kind, from_on, until_on, over_at, recorded_at, recorded_by_id, ended_at, ended_by_id FROM case_mandate WHERE ended_at IS NULL;
INSERT INTO case_assignmentchange (pgh_created_at, pgh_label, pgh_obj_id, case_id, user_id, begun_at, why, ended_at)
SELECT clock_timestamp(), 'stood', id, case_id, user_id, begun_at, why, ended_at FROM case_assignment WHERE ended_at IS NULL;
INSERT INTO case_consentchange (pgh_created_at, pgh_label, pgh_obj_id, person_id, case_id, kind, text_id, consultant_id, given_at, given_by_id, given_as, how, withdrawn_at)
SELECT clock_timestamp(), 'stood', id, person_id, case_id, kind, text_id, consultant_id, given_at, given_by_id, given_as, how, withdrawn_at FROM case_consent WHERE withdrawn_at IS NULL;
"""
FOLLOWED = ["helper", "mandate", "assignment", "consent"]
GUARD = [f"SELECT history_guard_rights('case_{one}', 'case_{one}change')" for one in FOLLOWED]
UNGUARD = [f"DROP TRIGGER case_{one}change_insert_only ON case_{one}change" for one in FOLLOWED]


class Migration(migrations.Migration):
    dependencies = [
        ("history", "0005_rights"),
        ("case", "0030_corrections"),
        ("texts", "0005_only_what_is_true"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AssignmentChange",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("begun_at", models.DateTimeField()),
                ("why", models.CharField(max_length=30)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="ConsentChange",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("scope", "Scope"), ("read", "Read"), ("note", "Note"), ("privacy", "Privacy")],
                        max_length=10,
                    ),
                ),
                ("given_at", models.DateTimeField()),
                (
                    "given_as",
                    models.CharField(
                        blank=True,
                        choices=[("power", "by power of attorney"), ("parent", "as a parent")],
                        db_default="",
                        default="",
                        max_length=6,
                    ),
                ),
                ("how", models.CharField(default="page", max_length=20)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="HelperChange",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                (
                    "chosen",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("dates", "Dates only"),
                            ("most", "Everything except private words"),
                            ("acts", "Acts for me"),
                            ("own", "Chosen one by one"),
                        ],
                        max_length=5,
                    ),
                ),
                ("files", models.BooleanField(default=False)),
                ("papers", models.BooleanField(default=False)),
                ("bookings", models.BooleanField(default=False)),
                ("messages", models.BooleanField(default=False)),
                ("summary", models.BooleanField(default=False)),
                ("private", models.BooleanField(default=False)),
                ("asked_at", models.DateTimeField()),
                ("agreed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "agreed_how",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("page", "on their own page"),
                            ("mail", "by email"),
                            ("text", "by text"),
                            ("phone", "on the phone"),
                            ("paper", "on paper"),
                            ("law", "by a paper that lets them act"),
                        ],
                        max_length=5,
                    ),
                ),
                ("until_on", models.DateField(blank=True, null=True)),
                ("over_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ended_why",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("declined", "The patient said no"),
                            ("patient", "The patient ended it"),
                            ("helper", "The helper stopped"),
                            ("staff", "We ended it, as we were asked to"),
                            ("expired", "Its last day has passed"),
                            ("closed", "The case was closed"),
                        ],
                        max_length=8,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="MandateChange",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("power", "by power of attorney"), ("parent", "as a parent")], max_length=6
                    ),
                ),
                ("from_on", models.DateField()),
                ("until_on", models.DateField(blank=True, null=True)),
                ("over_at", models.DateTimeField(blank=True, null=True)),
                ("recorded_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="assignment",
            trigger=pgtrigger.compiler.Trigger(
                name="given_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "case_assignmentchange" ("begun_at", "case_id", "ended_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "user_id", "why") VALUES (NEW."begun_at", NEW."case_id", NEW."ended_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'given\', NEW."id", NEW."user_id", NEW."why"); RETURN NULL;',
                    hash="bc80840c5dff2bb2c9cf2933cc363c6029f26938",
                    operation="INSERT",
                    pgid="pgtrigger_given_insert_461ee",
                    table="case_assignment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="assignment",
            trigger=pgtrigger.compiler.Trigger(
                name="changed_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."begun_at" IS DISTINCT FROM (NEW."begun_at") OR OLD."case_id" IS DISTINCT FROM (NEW."case_id") OR OLD."ended_at" IS DISTINCT FROM (NEW."ended_at") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id") OR OLD."why" IS DISTINCT FROM (NEW."why"))',
                    func='INSERT INTO "case_assignmentchange" ("begun_at", "case_id", "ended_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "user_id", "why") VALUES (NEW."begun_at", NEW."case_id", NEW."ended_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'changed\', NEW."id", NEW."user_id", NEW."why"); RETURN NULL;',
                    hash="83421f26e13134d445bf1f53fa369e8bfcb03176",
                    operation="UPDATE",
                    pgid="pgtrigger_changed_update_d94ba",
                    table="case_assignment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="assignment",
            trigger=pgtrigger.compiler.Trigger(
                name="removed_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "case_assignmentchange" ("begun_at", "case_id", "ended_at", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "user_id", "why") VALUES (OLD."begun_at", OLD."case_id", OLD."ended_at", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'removed\', OLD."id", OLD."user_id", OLD."why"); RETURN NULL;',
                    hash="be3c0148372798baadd1735646084ce5d05df58c",
                    operation="DELETE",
                    pgid="pgtrigger_removed_delete_beeb5",
                    table="case_assignment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="consent",
            trigger=pgtrigger.compiler.Trigger(
                name="given_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "case_consentchange" ("case_id", "consultant_id", "given_as", "given_at", "given_by_id", "how", "kind", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text_id", "withdrawn_at") VALUES (NEW."case_id", NEW."consultant_id", NEW."given_as", NEW."given_at", NEW."given_by_id", NEW."how", NEW."kind", NEW."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'given\', NEW."id", NEW."text_id", NEW."withdrawn_at"); RETURN NULL;',
                    hash="c72cea1a59bdcf6f536751fa77392c4884925036",
                    operation="INSERT",
                    pgid="pgtrigger_given_insert_467bd",
                    table="case_consent",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="consent",
            trigger=pgtrigger.compiler.Trigger(
                name="changed_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."case_id" IS DISTINCT FROM (NEW."case_id") OR OLD."consultant_id" IS DISTINCT FROM (NEW."consultant_id") OR OLD."given_as" IS DISTINCT FROM (NEW."given_as") OR OLD."given_at" IS DISTINCT FROM (NEW."given_at") OR OLD."given_by_id" IS DISTINCT FROM (NEW."given_by_id") OR OLD."how" IS DISTINCT FROM (NEW."how") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."person_id" IS DISTINCT FROM (NEW."person_id") OR OLD."text_id" IS DISTINCT FROM (NEW."text_id") OR OLD."withdrawn_at" IS DISTINCT FROM (NEW."withdrawn_at"))',
                    func='INSERT INTO "case_consentchange" ("case_id", "consultant_id", "given_as", "given_at", "given_by_id", "how", "kind", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text_id", "withdrawn_at") VALUES (NEW."case_id", NEW."consultant_id", NEW."given_as", NEW."given_at", NEW."given_by_id", NEW."how", NEW."kind", NEW."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'changed\', NEW."id", NEW."text_id", NEW."withdrawn_at"); RETURN NULL;',
                    hash="b94e69773526f3b1f3f6c0d12d710c10683e354d",
                    operation="UPDATE",
                    pgid="pgtrigger_changed_update_22e1c",
                    table="case_consent",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="consent",
            trigger=pgtrigger.compiler.Trigger(
                name="removed_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "case_consentchange" ("case_id", "consultant_id", "given_as", "given_at", "given_by_id", "how", "kind", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text_id", "withdrawn_at") VALUES (OLD."case_id", OLD."consultant_id", OLD."given_as", OLD."given_at", OLD."given_by_id", OLD."how", OLD."kind", OLD."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'removed\', OLD."id", OLD."text_id", OLD."withdrawn_at"); RETURN NULL;',
                    hash="bb112bd87993821edc18ee89b8eeaf715b6c7c21",
                    operation="DELETE",
                    pgid="pgtrigger_removed_delete_239a3",
                    table="case_consent",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="helper",
            trigger=pgtrigger.compiler.Trigger(
                name="given_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "case_helperchange" ("agreed_at", "agreed_how", "asked_at", "asked_by_id", "bookings", "case_id", "chosen", "ended_at", "ended_by_id", "ended_why", "files", "messages", "over_at", "papers", "patient_id", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "private", "recorded_by_id", "summary", "until_on") VALUES (NEW."agreed_at", NEW."agreed_how", NEW."asked_at", NEW."asked_by_id", NEW."bookings", NEW."case_id", NEW."chosen", NEW."ended_at", NEW."ended_by_id", NEW."ended_why", NEW."files", NEW."messages", NEW."over_at", NEW."papers", NEW."patient_id", NEW."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'given\', NEW."id", NEW."private", NEW."recorded_by_id", NEW."summary", NEW."until_on"); RETURN NULL;',
                    hash="09e0c4b305d7bf7da0ca783b4a68d6185744f0e3",
                    operation="INSERT",
                    pgid="pgtrigger_given_insert_fbfea",
                    table="case_helper",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="helper",
            trigger=pgtrigger.compiler.Trigger(
                name="changed_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."agreed_at" IS DISTINCT FROM (NEW."agreed_at") OR OLD."agreed_how" IS DISTINCT FROM (NEW."agreed_how") OR OLD."asked_at" IS DISTINCT FROM (NEW."asked_at") OR OLD."asked_by_id" IS DISTINCT FROM (NEW."asked_by_id") OR OLD."bookings" IS DISTINCT FROM (NEW."bookings") OR OLD."case_id" IS DISTINCT FROM (NEW."case_id") OR OLD."chosen" IS DISTINCT FROM (NEW."chosen") OR OLD."ended_at" IS DISTINCT FROM (NEW."ended_at") OR OLD."ended_by_id" IS DISTINCT FROM (NEW."ended_by_id") OR OLD."ended_why" IS DISTINCT FROM (NEW."ended_why") OR OLD."files" IS DISTINCT FROM (NEW."files") OR OLD."messages" IS DISTINCT FROM (NEW."messages") OR OLD."over_at" IS DISTINCT FROM (NEW."over_at") OR OLD."papers" IS DISTINCT FROM (NEW."papers") OR OLD."patient_id" IS DISTINCT FROM (NEW."patient_id") OR OLD."person_id" IS DISTINCT FROM (NEW."person_id") OR OLD."private" IS DISTINCT FROM (NEW."private") OR OLD."recorded_by_id" IS DISTINCT FROM (NEW."recorded_by_id") OR OLD."summary" IS DISTINCT FROM (NEW."summary") OR OLD."until_on" IS DISTINCT FROM (NEW."until_on"))',
                    func='INSERT INTO "case_helperchange" ("agreed_at", "agreed_how", "asked_at", "asked_by_id", "bookings", "case_id", "chosen", "ended_at", "ended_by_id", "ended_why", "files", "messages", "over_at", "papers", "patient_id", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "private", "recorded_by_id", "summary", "until_on") VALUES (NEW."agreed_at", NEW."agreed_how", NEW."asked_at", NEW."asked_by_id", NEW."bookings", NEW."case_id", NEW."chosen", NEW."ended_at", NEW."ended_by_id", NEW."ended_why", NEW."files", NEW."messages", NEW."over_at", NEW."papers", NEW."patient_id", NEW."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'changed\', NEW."id", NEW."private", NEW."recorded_by_id", NEW."summary", NEW."until_on"); RETURN NULL;',
                    hash="e35da4754ef4d2c9d66619fedbba31206c7cca38",
                    operation="UPDATE",
                    pgid="pgtrigger_changed_update_17bff",
                    table="case_helper",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="helper",
            trigger=pgtrigger.compiler.Trigger(
                name="removed_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "case_helperchange" ("agreed_at", "agreed_how", "asked_at", "asked_by_id", "bookings", "case_id", "chosen", "ended_at", "ended_by_id", "ended_why", "files", "messages", "over_at", "papers", "patient_id", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "private", "recorded_by_id", "summary", "until_on") VALUES (OLD."agreed_at", OLD."agreed_how", OLD."asked_at", OLD."asked_by_id", OLD."bookings", OLD."case_id", OLD."chosen", OLD."ended_at", OLD."ended_by_id", OLD."ended_why", OLD."files", OLD."messages", OLD."over_at", OLD."papers", OLD."patient_id", OLD."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'removed\', OLD."id", OLD."private", OLD."recorded_by_id", OLD."summary", OLD."until_on"); RETURN NULL;',
                    hash="049f1f1867f30b4da714e3c3d2ab17d2e72dcb17",
                    operation="DELETE",
                    pgid="pgtrigger_removed_delete_17c60",
                    table="case_helper",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="mandate",
            trigger=pgtrigger.compiler.Trigger(
                name="given_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "case_mandatechange" ("case_id", "ended_at", "ended_by_id", "from_on", "kind", "over_at", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_by_id", "until_on") VALUES (NEW."case_id", NEW."ended_at", NEW."ended_by_id", NEW."from_on", NEW."kind", NEW."over_at", NEW."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'given\', NEW."id", NEW."recorded_at", NEW."recorded_by_id", NEW."until_on"); RETURN NULL;',
                    hash="de1435ebd08cdf77f5dfcb16eccb15f59c5d40a8",
                    operation="INSERT",
                    pgid="pgtrigger_given_insert_e5099",
                    table="case_mandate",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="mandate",
            trigger=pgtrigger.compiler.Trigger(
                name="changed_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."case_id" IS DISTINCT FROM (NEW."case_id") OR OLD."ended_at" IS DISTINCT FROM (NEW."ended_at") OR OLD."ended_by_id" IS DISTINCT FROM (NEW."ended_by_id") OR OLD."from_on" IS DISTINCT FROM (NEW."from_on") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."over_at" IS DISTINCT FROM (NEW."over_at") OR OLD."person_id" IS DISTINCT FROM (NEW."person_id") OR OLD."recorded_at" IS DISTINCT FROM (NEW."recorded_at") OR OLD."recorded_by_id" IS DISTINCT FROM (NEW."recorded_by_id") OR OLD."until_on" IS DISTINCT FROM (NEW."until_on"))',
                    func='INSERT INTO "case_mandatechange" ("case_id", "ended_at", "ended_by_id", "from_on", "kind", "over_at", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_by_id", "until_on") VALUES (NEW."case_id", NEW."ended_at", NEW."ended_by_id", NEW."from_on", NEW."kind", NEW."over_at", NEW."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'changed\', NEW."id", NEW."recorded_at", NEW."recorded_by_id", NEW."until_on"); RETURN NULL;',
                    hash="3e755acf57fc024ddc0c47431cfc6b957ac47df1",
                    operation="UPDATE",
                    pgid="pgtrigger_changed_update_c13e0",
                    table="case_mandate",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="mandate",
            trigger=pgtrigger.compiler.Trigger(
                name="removed_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "case_mandatechange" ("case_id", "ended_at", "ended_by_id", "from_on", "kind", "over_at", "person_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recorded_at", "recorded_by_id", "until_on") VALUES (OLD."case_id", OLD."ended_at", OLD."ended_by_id", OLD."from_on", OLD."kind", OLD."over_at", OLD."person_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'removed\', OLD."id", OLD."recorded_at", OLD."recorded_by_id", OLD."until_on"); RETURN NULL;',
                    hash="d1c76f81096f0886ec65f333bb2e649d2f775d4f",
                    operation="DELETE",
                    pgid="pgtrigger_removed_delete_b27ec",
                    table="case_mandate",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="assignmentchange",
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
            model_name="assignmentchange",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="kept_changes",
                to="case.assignment",
            ),
        ),
        migrations.AddField(
            model_name="assignmentchange",
            name="user",
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
            model_name="consentchange",
            name="case",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="case.case",
            ),
        ),
        migrations.AddField(
            model_name="consentchange",
            name="consultant",
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
            model_name="consentchange",
            name="given_by",
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
            model_name="consentchange",
            name="person",
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
            model_name="consentchange",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="kept_changes",
                to="case.consent",
            ),
        ),
        migrations.AddField(
            model_name="consentchange",
            name="text",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="texts.text",
            ),
        ),
        migrations.AddField(
            model_name="helperchange",
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
            model_name="helperchange",
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
            model_name="helperchange",
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
            model_name="helperchange",
            name="patient",
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
            model_name="helperchange",
            name="person",
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
            model_name="helperchange",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="kept_changes",
                to="case.helper",
            ),
        ),
        migrations.AddField(
            model_name="helperchange",
            name="recorded_by",
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
            model_name="mandatechange",
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
            model_name="mandatechange",
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
            model_name="mandatechange",
            name="person",
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
            model_name="mandatechange",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="kept_changes",
                to="case.mandate",
            ),
        ),
        migrations.AddField(
            model_name="mandatechange",
            name="recorded_by",
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
            model_name="assignmentchange",
            index=models.Index(fields=["-pgh_created_at", "-pgh_id"], name="assignmentchange_newest"),
        ),
        migrations.AddIndex(
            model_name="assignmentchange",
            index=models.Index(fields=["case"], name="assignmentchange_of_case"),
        ),
        migrations.AddIndex(
            model_name="consentchange",
            index=models.Index(fields=["-pgh_created_at", "-pgh_id"], name="consentchange_newest"),
        ),
        migrations.AddIndex(
            model_name="consentchange",
            index=models.Index(fields=["case"], name="consentchange_of_case"),
        ),
        migrations.AddIndex(
            model_name="helperchange",
            index=models.Index(fields=["-pgh_created_at", "-pgh_id"], name="helperchange_newest"),
        ),
        migrations.AddIndex(
            model_name="helperchange",
            index=models.Index(fields=["case"], name="helperchange_of_case"),
        ),
        migrations.AddIndex(
            model_name="mandatechange",
            index=models.Index(fields=["-pgh_created_at", "-pgh_id"], name="mandatechange_newest"),
        ),
        migrations.AddIndex(
            model_name="mandatechange",
            index=models.Index(fields=["case"], name="mandatechange_of_case"),
        ),
        migrations.RunSQL(STOOD, migrations.RunSQL.noop),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
