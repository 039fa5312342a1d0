from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("comparing", "0002_encoding")]

    operations = [migrations.RenameModel("Line", "ComparisonLine")]
