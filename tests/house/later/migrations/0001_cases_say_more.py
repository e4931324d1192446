"""A column more in the table of cases; whoever still runs the version before neither sees nor fills it."""

from django.db import migrations

ADD = "ALTER TABLE case_case ADD COLUMN says_more text NOT NULL DEFAULT ''"
DROP = "ALTER TABLE case_case DROP COLUMN says_more"


class Migration(migrations.Migration):
    initial = True
    operations = [migrations.RunSQL(ADD, DROP)]
