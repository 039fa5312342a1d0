"""Rows that are there twice since before sameness was kept: all stay, the newer are marked, and can be listed.

The oldest holds the rule; the others carry their own id in `doubled`, which makes their entry in the unique index
another. A mark goes when what distinguishes its row is changed (`twins.unmark`), or when it has no twin any more.

The mark says nothing of the item: no page, sheet or history has it, and nothing that is kept beside the rows follows
from it. So a migration and `settle` write it without `inventory.writes`, which would put a change into the history in
which nothing changed, and raise a version for which whoever edits the row would meet a conflict.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.models import Count, F, Min, Q

from inventory.many import by_id
from inventory.models import Row
from inventory.registers import Register
from inventory.sameness import twins
from inventory.sameness.constraints import SUFFIX
from inventory.search import fold

_CHUNK = 2_000
# So many ids in one statement, and rows of one.
_PART = 500


def filled(app: str) -> migrations.RunPython:
    """A migration's step: fills the folded columns of the app's rows, and folds anew what is searched."""

    def fill(apps: Apps, schema_editor: Any) -> None:
        for model in apps.get_app_config(app).get_models():
            _fill(model, schema_editor.connection)

    return migrations.RunPython(fill, migrations.RunPython.noop)


def _fill(model: type[models.Model], connection: Any) -> None:
    columns = {f.column: f.name.removesuffix(SUFFIX) for f in model._meta.concrete_fields if f.name.endswith(SUFFIX)}
    if not columns:
        return
    quote = connection.ops.quote_name
    sets = ", ".join(f"{quote(name)} = %s" for name in (*columns, "search_text"))
    # Names are the model's own; every value is a parameter.
    update = f"UPDATE {quote(model._meta.db_table)} SET {sets} WHERE {quote(model._meta.pk.column)} = %s"  # noqa: S608
    rows = model._default_manager.using(connection.alias)
    for part in by_id(rows.values_list("pk", "search_text", *columns.values(), named=True), _CHUNK):
        with connection.cursor() as cursor:
            cursor.executemany(update, [(*map(fold, texts), fold(searched), pk) for pk, searched, *texts in part])
    _fire(connection)


def _fire(connection: Any) -> None:
    """PostgreSQL makes no index while a row that was written twice in the transaction waits for its foreign keys."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


class AddSame(migrations.AddConstraint):
    """Adds a `Same`; rows that break it already are marked first, and their number is said."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        alias = schema_editor.connection.alias
        model = to_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(alias, model) and (marked := _mark(model, self.constraint, alias)):
            _fire(schema_editor.connection)
            print(f"\n  {model._meta.db_table}, {self.constraint.name}: {marked} → manage.py doubles")
        super().database_forwards(app_label, schema_editor, from_state, to_state)


def _mark(model: type[models.Model], constraint: Any, alias: str) -> int:
    """How many rows were marked."""
    values = {f"value{n}": each for n, each in enumerate(constraint.expressions[:-1])}
    rows = model._default_manager.using(alias).filter(constraint.condition or Q()).annotate(**values)
    groups = rows.order_by().values(*values).annotate(number=Count("pk"), oldest=Min("pk")).filter(number__gt=1)
    marked = 0
    for group in list(groups):
        same = {name: group[name] for name in values}
        if None not in same.values():
            marked += rows.filter(**same).exclude(pk=group["oldest"]).update(doubled=F("pk"))
    return marked


def doubled(register: Register) -> Iterator[tuple[Row, Row, twins.Rule]]:
    """(marked row, its twin, the rule by which they are the same)."""
    for rows in _marked(register):
        yield from _pairs(register, rows)


def settle(register: Register) -> int:
    """Take the marks of rows that have no twin any more; returns how many."""
    settled = 0
    for rows in _marked(register):
        alone = {row.pk for row in rows} - {row.pk for row, _twin, _rule in _pairs(register, rows)}
        settled += register.model._default_manager.filter(pk__in=alone).update(doubled=0)
    return settled


def _marked(register: Register) -> Iterator[list[Row]]:
    rows, last = register.model._default_manager.exclude(doubled=0).select_related(*register.joined), 0
    while part := list(rows.filter(pk__gt=last).order_by("pk")[:_PART]):
        yield part
        last = part[-1].pk


def _pairs(register: Register, rows: Sequence[Row]) -> Iterator[tuple[Row, Row, twins.Rule]]:
    """Of each marked row those that are the same; a query for each rule, and one for the twins."""
    pairs = []
    for rule in twins.rules(register.model):
        values = {row.pk: own for row in rows if (own := rule.values(row)) is not None}
        ids = twins.holders(register, rule, set(values.values())) if values else {}
        for row in rows:
            others = (pk for pk in ids.get(values.get(row.pk, ()), ()) if pk != row.pk)
            if (twin := next(others, None)) is not None:
                pairs.append((row, twin, rule))
    there = register.model._default_manager.select_related(*register.joined)
    twin_rows = there.in_bulk(list({twin for _row, twin, _rule in pairs}))
    for row, twin, rule in sorted(pairs, key=lambda each: each[0].pk):
        yield row, twin_rows[twin], rule
