"""Plans are kept in another form: those of the old one are let go, and what waits for its apply is checked anew."""

from django.db import migrations


def let_go(apps, schema_editor):
    batches = apps.get_model("imports", "Batch").objects
    batches.filter(state="checked").update(
        state="refused", message="Denetim eski sürümle yapılmış; dosyayı yeniden denetleyiniz."
    )
    batches.update(plan_file="")


class Migration(migrations.Migration):
    dependencies = [("imports", "0002_profiles_meanings_missing")]

    operations = [migrations.RunPython(let_go, migrations.RunPython.noop)]
