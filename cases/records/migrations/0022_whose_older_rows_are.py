"""Visits that whoever began the case put in, and what nobody else has spoken of since, as the history tells."""

from django.db import migrations

VISITS = """
UPDATE records_visit v SET put_in_by_id = c.starter_id FROM case_case c
WHERE c.id = v.case_id AND c.starter_id IS NOT NULL
  AND EXISTS (SELECT 1 FROM history_event e WHERE e.case_id = c.id AND e.about_id = v.id::text)
  AND NOT EXISTS (SELECT 1 FROM history_event e WHERE e.case_id = c.id AND e.about_id = v.id::text
    AND e.actor_id IS DISTINCT FROM c.starter_id)"""
OF_VISITS = """
UPDATE {table} r SET put_in_by_id = v.put_in_by_id FROM records_visit v
WHERE v.id = r.visit_id AND v.put_in_by_id IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM history_event e WHERE e.case_id = v.case_id AND e.about_id = r.id::text
    AND e.actor_id IS DISTINCT FROM v.put_in_by_id)"""
TABLES = ("records_referral", "records_recorditem", "records_reportloop")
STATEMENTS = [VISITS, *(OF_VISITS.format(table=table) for table in TABLES)]


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0021_who_put_it_in"),
        ("case", "0024_whose_older_rows_are"),
        ("history", "0002_insert_only"),
    ]
    operations = [migrations.RunSQL(STATEMENTS, migrations.RunSQL.noop)]
