from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("imports", "0009_constants")]

    operations = [migrations.RenameField("export", "told", "filters")]
