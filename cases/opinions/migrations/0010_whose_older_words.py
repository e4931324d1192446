"""Whose the older lines and answers are: the doctor's who has the role today, as their page named them until now.

An answer that is older than the last naming of its doctor stays without a name: whose plan it was is not known any more.
"""

from django.db import migrations

LINES = """
UPDATE opinions_source s SET clinician_id = l.clinician_id FROM opinions_point p, case_caseclinician l
WHERE p.id = s.point_id AND l.case_id = p.case_id AND l.role = s.role"""
ANSWERS = """
UPDATE opinions_decision d SET clinician_id = l.clinician_id FROM case_caseclinician l
WHERE d.choice IN ('first', 'second', 'third') AND l.case_id = d.case_id AND l.role = d.choice
  AND NOT EXISTS (SELECT 1 FROM history_event e WHERE e.case_id = d.case_id AND e.verb = 'case.clinician_set'
    AND e.about_id = l.id::text AND e.at > d.decided_at)"""


class Migration(migrations.Migration):
    dependencies = [("opinions", "0009_whose_words"), ("history", "0002_insert_only")]
    operations = [migrations.RunSQL([LINES, ANSWERS], migrations.RunSQL.noop)]
