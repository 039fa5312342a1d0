from django.db import migrations


def mend(apps, schema_editor):
    """Units that were moved at several places at once kept paths of their old places, until 5ad015e."""
    Unit = apps.get_model("organization", "Unit")
    rows = {pk: (parent, number, path) for pk, parent, number, path in Unit.objects.values_list("pk", "parent", "number", "path")}
    paths = {}

    def path_of(pk):
        if pk not in paths:
            parent, number, _path = rows[pk]
            paths[pk] = f"{path_of(parent) if parent else ''}{number:06d}."
        return paths[pk]

    for pk, (_parent, _number, path) in rows.items():
        if path_of(pk) != path:
            Unit.objects.filter(pk=pk).update(path=path_of(pk))


class Migration(migrations.Migration):
    dependencies = [("organization", "0011_grants_on_the_calendar")]

    operations = [migrations.RunPython(mend, migrations.RunPython.noop)]
