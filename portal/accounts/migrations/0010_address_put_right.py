"""When an address was put right, as a column of its own: until now the record was asked."""

from django.db import migrations, models

FROM_THE_RECORD = """
UPDATE accounts_user u SET address_put_right_at = e.at
FROM (
    SELECT patient, max(at) AS at FROM history_event
    WHERE verb = 'account.address_put_right' AND why LIKE 'email%' AND at > now() - interval '7 days' GROUP BY patient
) e
WHERE u.id = e.patient
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_rights"), ("history", "0005_rights")]
    operations = [
        migrations.AddField("user", "address_put_right_at", models.DateTimeField(blank=True, null=True)),
        migrations.RunSQL(FROM_THE_RECORD, migrations.RunSQL.noop),
    ]
