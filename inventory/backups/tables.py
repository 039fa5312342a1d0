"""What a database holds, table by table, listed so that two databases of either kind can be compared."""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterable, Iterator
from dataclasses import asdict, dataclass

import orjson
from django.apps.registry import Apps
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.models import FileField, Model
from django.utils.translation import gettext as _

_ROWS = 2_000
_BITS = 128

Migration = tuple[str, str]


@dataclass(frozen=True)
class Tally:
    """How many rows a table has, and a checksum of them (32 hexadecimal digits) that knows no order."""

    rows: int
    checksum: str

    def as_dict(self) -> dict[str, int | str]:
        return asdict(self)


def applied(alias: str) -> list[Migration]:
    """(app, name) of every migration that the database has, sorted."""
    return sorted(MigrationLoader(connections[alias]).applied_migrations)


def known() -> set[Migration]:
    """Every migration of this version of the program."""
    return set(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def as_migrated(alias: str) -> Apps:
    """The models as the database's own migrations left them, so that an older database can be read as well."""
    loader = MigrationLoader(connections[alias])
    return loader.project_state([node for node in loader.applied_migrations if node in loader.graph.nodes]).apps


def models_of(apps: Apps) -> list[type[Model]]:
    """One for each table, those of many-to-many columns included."""
    models = apps.get_models(include_auto_created=True)
    return [model for model in models if model._meta.managed and not model._meta.proxy]


def tally(alias: str, models: list[type[Model]], emptied: Container[str] = ()) -> dict[str, Tally]:
    """Every table's tally, by its name. Reads each row once and keeps none; an emptied table has none."""
    return {
        model._meta.db_table: _tallied(() if model._meta.db_table in emptied else values_of(alias, model))
        for model in models
    }


def _tallied(values_of_rows: Iterable[tuple]) -> Tally:
    rows, total = 0, 0
    for values in values_of_rows:
        packed = orjson.dumps(values, default=_plain, option=orjson.OPT_SORT_KEYS)
        # A sum, since the databases put texts in different orders.
        total += int.from_bytes(hashlib.blake2b(packed, digest_size=_BITS // 8).digest())
        rows += 1
    return Tally(rows, f"{total % (1 << _BITS):0{_BITS // 4}x}")


def values_of(alias: str, model: type[Model]) -> Iterator[tuple]:
    """The rows' values in the order of the model's columns."""
    names = [field.attname for field in model._meta.concrete_fields]
    return model._base_manager.using(alias).order_by().values_list(*names).iterator(chunk_size=_ROWS)


def _plain(value: object) -> str:
    return bytes(value).hex() if isinstance(value, bytes | memoryview) else str(value)


def differing(expected: dict[str, Tally], actual: dict[str, Tally]) -> list[str]:
    """One sentence for each table that is not the same."""
    differences = []
    for table in sorted({*expected, *actual}):
        was, is_now = expected.get(table), actual.get(table)
        if was is None or is_now is None:
            message = _("%(table)s: tablo fazladan var.") if was is None else _("%(table)s: tablo yok.")
            differences.append(message % {"table": table})
        elif was.rows != is_now.rows:
            message = _("%(table)s: %(was)d satır olmalıydı, %(found)d satır var.")
            differences.append(message % {"table": table, "was": was.rows, "found": is_now.rows})
        elif was != is_now:
            message = _("%(table)s: %(count)d satırın içindeki değerler farklı.")
            differences.append(message % {"table": table, "count": was.rows})
    return differences


def named_files(alias: str, models: list[type[Model]]) -> Iterator[str]:
    """The names of the uploaded files that rows name, below the place of the uploads."""
    for model in models:
        for field in model._meta.concrete_fields:
            if isinstance(field, FileField):
                rows = model._base_manager.using(alias).exclude(**{field.attname: ""}).order_by()
                yield from rows.values_list(field.attname, flat=True).distinct().iterator(chunk_size=_ROWS)
