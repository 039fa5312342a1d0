"""Grants that named a unit and a list of the whole municipality are withdrawn: they reached the whole list.

Whoever managed all registers of one unit could give them to herself, so none of them is taken for meant. Each stays in
the history and stands in the trail, by which an administrator gives it again without a unit (docs/operating.md).
"""

from django.db import migrations
from django.utils import timezone

MUNICIPAL = ("districts", "kinds", "locations", "movable-codes", "neighbourhoods")
WHY = "Bütün belediyenin listesinde birime göre yetki olmaz; geri alındı."


def withdraw(apps, schema_editor):
    grants = apps.get_model("organization", "Grant").objects.filter(unit__isnull=False, register__in=MUNICIPAL)
    past = apps.get_model("organization", "HistoricalGrant")
    trail = apps.get_model("trail", "Event")
    now = timezone.now()
    for grant in grants.select_related("person", "group", "unit").order_by("pk"):
        holder = f"{grant.person.name} ({grant.person.staff_no})" if grant.person else grant.group.name
        text = f"{WHY} {holder} · {grant.unit.full_name} · {grant.register} · {grant.level}"
        values = {field.attname: getattr(grant, field.attname) for field in grant._meta.concrete_fields}
        past.objects.create(**values, history_date=now, history_type="-", history_change_reason=WHY)
        trail.objects.create(
            at=now, kind="grant", address="komut", register="grants", row_id=grant.pk, text=text[:300], details={}
        )
        print(f"\n    {text}", end="")
        grant.delete()


class Migration(migrations.Migration):
    dependencies = [
        ("organization", "0005_identity_number"),
        ("trail", "0006_found_by_register"),
    ]

    operations = [migrations.RunPython(withdraw, migrations.RunPython.noop)]
