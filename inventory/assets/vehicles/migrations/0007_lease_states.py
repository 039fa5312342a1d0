from django.db import migrations, models
from django.utils import timezone

REASON = "Durumu, sözleşmenin tarihlerinden çıkarıldı (program güncellemesi)"
STATES = [("draft", "Taslak"), ("running", "Yürürlükte"), ("ended", "Sona erdi"), ("closed", "Kapandı")]
# So many rows at a time.
CHUNK = 500


def state_by_dates(starts_on, ends_on, today):
    """What the dates tell, and no more: none is said to be closed, and one that begins later is not in force yet."""
    if ends_on < today:
        return "ended"
    return "running" if starts_on <= today else "draft"


def fill(apps, schema_editor):
    """Each row's state, as a change of today with an entry of its own. Entries from before stay blank: what the state
    was then, nobody wrote down."""
    alias = schema_editor.connection.alias
    contracts = apps.get_model("vehicles", "LeaseContract").objects.using(alias)
    entries = apps.get_model("vehicles", "HistoricalLeaseContract").objects.using(alias)
    now, today = timezone.now(), timezone.localdate()
    copied = [f.attname for f in contracts.model._meta.concrete_fields]
    kept = {f.attname for f in entries.model._meta.concrete_fields}
    ids = list(contracts.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        rows = list(contracts.filter(pk__in=ids[start : start + CHUNK]).order_by("pk"))
        for row in rows:
            row.state, row.version = state_by_dates(row.starts_on, row.ends_on, today), row.version + 1
        contracts.bulk_update(rows, ["state", "version"])
        entries.bulk_create(
            entries.model(
                history_date=now,
                history_type="~",
                history_change_reason=REASON,
                **{name: getattr(row, name) for name in copied if name in kept},
            )
            for row in rows
        )


class Migration(migrations.Migration):
    dependencies = [
        ("vehicles", "0006_lease_lines_from_their_contract"),
    ]

    operations = [
        migrations.AddField(
            model_name="historicalleasecontract",
            name="state",
            field=models.CharField(choices=STATES, default="", max_length=10, verbose_name="sözleşme durumu"),
        ),
        migrations.AlterField(
            model_name="historicalleasecontract",
            name="state",
            field=models.CharField(choices=STATES, default="draft", max_length=10, verbose_name="sözleşme durumu"),
        ),
        migrations.AddField(
            model_name="leasecontract",
            name="state",
            field=models.CharField(choices=STATES, default="draft", max_length=10, verbose_name="sözleşme durumu"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
