"""Saved views ask for what is due by the new names of its filters, so that they still show what they showed."""

import re

from django.db import migrations

NAMES = {"inspections": "inspection", "insurances": "liability", "leased-vehicles": "lease"}
OLD = re.compile(rf"(^|&)({'|'.join(NAMES)})_due=(none|[a-z]+)")


def rename(apps, editor):
    views = apps.get_model("inventory", "SavedView")
    for view in views.objects.filter(register="vehicles", query__contains="_due="):
        view.query = OLD.sub(lambda m: f"{m[1]}{NAMES[m[2]]}_due={'missing' if m[3] == 'none' else m[3]}", view.query)
        view.save(update_fields=["query"])


class Migration(migrations.Migration):
    dependencies = [("inventory", "0008_limit_sameness")]
    operations = [migrations.RunPython(rename, migrations.RunPython.noop)]
