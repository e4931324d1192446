"""Each change of a role, and of whether somebody may sign in, leaves a row that stays."""

import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

STOOD = """
INSERT INTO accounts_userchange (pgh_created_at, pgh_label, pgh_obj_id, role, can_sign_in)
SELECT clock_timestamp(), 'stood', id, role, can_sign_in FROM accounts_user WHERE role <> ''
"""
GUARD = "SELECT history_guard_rights('accounts_user', 'accounts_userchange')"
UNGUARD = "DROP TRIGGER accounts_userchange_insert_only ON accounts_userchange"


class Migration(migrations.Migration):
    dependencies = [
        ("history", "0005_rights"),
        ("accounts", "0008_deaths"),
    ]

    operations = [
        migrations.CreateModel(
            name="UserChange",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                (
                    "role",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "not staff"),
                            ("consultant", "consultant"),
                            ("coordinator", "coordinator"),
                            ("administrator", "administrator"),
                        ],
                        default="",
                        max_length=20,
                    ),
                ),
                ("can_sign_in", models.BooleanField(default=True)),
            ],
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="user",
            trigger=pgtrigger.compiler.Trigger(
                name="given_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT (NEW.\"role\" = ''))",
                    func='INSERT INTO "accounts_userchange" ("can_sign_in", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role") VALUES (NEW."can_sign_in", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'given\', NEW."id", NEW."role"); RETURN NULL;',
                    hash="1da7d2ea028ee7f9feaeed6c78e8b13224a562c5",
                    operation="INSERT",
                    pgid="pgtrigger_given_insert_65106",
                    table="accounts_user",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="user",
            trigger=pgtrigger.compiler.Trigger(
                name="changed_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."can_sign_in" IS DISTINCT FROM (NEW."can_sign_in") OR OLD."role" IS DISTINCT FROM (NEW."role"))',
                    func='INSERT INTO "accounts_userchange" ("can_sign_in", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role") VALUES (NEW."can_sign_in", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'changed\', NEW."id", NEW."role"); RETURN NULL;',
                    hash="8e3548d034b1313d1557a412acb9e782cda1dee9",
                    operation="UPDATE",
                    pgid="pgtrigger_changed_update_1bd15",
                    table="accounts_user",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="user",
            trigger=pgtrigger.compiler.Trigger(
                name="removed_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT (OLD.\"role\" = ''))",
                    func='INSERT INTO "accounts_userchange" ("can_sign_in", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role") VALUES (OLD."can_sign_in", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'removed\', OLD."id", OLD."role"); RETURN NULL;',
                    hash="36bd0dbabb0c671f301dcd5c890e61e5f2db7760",
                    operation="DELETE",
                    pgid="pgtrigger_removed_delete_2b56b",
                    table="accounts_user",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="userchange",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="kept_changes",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="userchange",
            index=models.Index(fields=["-pgh_created_at", "-pgh_id"], name="userchange_newest"),
        ),
        migrations.RunSQL(STOOD, migrations.RunSQL.noop),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
