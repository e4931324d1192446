"""What those who began a case for somebody put in before rows knew whose they are, as the history tells."""

from django.db import migrations

NOT_BY_OTHERS = """NOT EXISTS (
  SELECT 1 FROM history_event e WHERE e.case_id = c.id AND e.verb = 'case.changed'
    AND e.actor_id IS DISTINCT FROM c.starter_id)"""
CASES = f"UPDATE case_case c SET described_by_id = starter_id WHERE starter_id IS NOT NULL AND {NOT_BY_OTHERS}"  # noqa: S608
OFFICES = """
UPDATE case_office o SET put_in_by_id = c.starter_id FROM case_case c
WHERE c.id = o.for_case_id AND c.starter_id IS NOT NULL AND o.checked_at IS NULL
  AND EXISTS (SELECT 1 FROM case_todo t WHERE t.about_id = o.id::text AND t.kind = 'check_office'
    AND t.asked_by_id = c.starter_id)
  AND NOT EXISTS (SELECT 1 FROM history_event e WHERE e.case_id = c.id AND e.about_id = o.id::text
    AND e.actor_id IS DISTINCT FROM c.starter_id)"""


class Migration(migrations.Migration):
    dependencies = [("case", "0023_who_put_it_in"), ("history", "0002_insert_only")]
    operations = [migrations.RunSQL([CASES, OFFICES], migrations.RunSQL.noop)]
