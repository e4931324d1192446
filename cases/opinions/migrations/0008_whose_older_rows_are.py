"""Talks that whoever began the case put in, and nobody else has spoken of since, as the history tells."""

from django.db import migrations

TALKS = """
UPDATE opinions_talk t SET put_in_by_id = c.starter_id FROM case_case c
WHERE c.id = t.case_id AND c.starter_id IS NOT NULL
  AND EXISTS (SELECT 1 FROM history_event e WHERE e.case_id = c.id AND e.about_id = t.id::text)
  AND NOT EXISTS (SELECT 1 FROM history_event e WHERE e.case_id = c.id AND e.about_id = t.id::text
    AND e.actor_id IS DISTINCT FROM c.starter_id)"""


class Migration(migrations.Migration):
    dependencies = [("opinions", "0007_who_put_it_in"), ("case", "0024_whose_older_rows_are")]
    operations = [migrations.RunSQL(TALKS, migrations.RunSQL.noop)]
