from django.db import migrations


class Migration(migrations.Migration):
    """Nearly every row changes each month: with room on its page no index has to follow."""

    dependencies = [("registry", "0002_tally")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE registry_paidmonths SET (fillfactor = 45)",
            "ALTER TABLE registry_paidmonths RESET (fillfactor)",
        )
    ]
