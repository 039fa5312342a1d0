"""Registers for scripts that were written for django-import-export: its resources, over our check and our writes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from import_export.fields import Field
from import_export.resources import ModelResource, modelresource_factory
from import_export.results import RowResult
from tablib import Dataset

from imports import batches, rows
from imports.models import Batch
from imports.plans.plan import PlanLine, Verdict
from inventory import access, former, registers
from inventory.cells.quoting import plain_text, safe_text
from inventory.columns import Column
from inventory.history import CREATED
from inventory.many import chunked
from inventory.registers import Register
from inventory.trail.keeping import record
from inventory.trail.models import Event
from inventory.writes import Refused

CHUNK = 1_000
# What `import_data` takes beside the library's own: choices of the batch.
_CHOICES = ("mode", "blank", "blanks", "locale", "reason", "as_of", "later")
_TYPES = {
    Verdict.NEW: RowResult.IMPORT_TYPE_NEW,
    Verdict.CHANGED: RowResult.IMPORT_TYPE_UPDATE,
    Verdict.ERROR: RowResult.IMPORT_TYPE_ERROR,
}


def resource_of(register: Register) -> type[RegisterResource]:
    """The register's ModelResource, to be made with who exports and imports: `resource_of(register)(user=user)`.

    Its headings are the names of the columns, the key (inventory number or id) in front.
    """
    columns = {column.name: column for column in (register.key, *register.all_columns())}
    fields = {name: _ColumnField(column) for name, column in columns.items()}
    return modelresource_factory(register.model, RegisterResource, {"fields": tuple(fields)}, fields)


class _ColumnField(Field):
    def __init__(self, column: Column):
        super().__init__(attribute=column.name, column_name=column.name, readonly=not column.editable)
        self._column = column

    def __deepcopy__(self, memo) -> _ColumnField:
        """The library copies a resource's fields for each instance; nothing here is ever changed."""
        return self

    def export(self, instance, **kwargs):
        """As a person names it, identity numbers masked, and no text that a spreadsheet would take for a formula."""
        value = self._column.value(instance)
        return safe_text(value) if isinstance(value, str) else value


class RegisterResource(ModelResource):
    """Goes out within what the user may see, and comes in as an uploaded file does: checked as a whole, written by
    `inventory.writes` all or not at all, kept as a batch that can be undone.

    No user is the system itself, as in commands. `import_data(dataset, dry_run=True, user=…, mode=…, blank=…)` writes
    nothing and keeps nothing. A row's `errors` say what to do; `instance` and `original` are not filled, and a blank
    cell leaves the value unless `blank="clear"`.
    """

    class Meta:
        # An apply is one transaction of its own.
        use_transactions = False

    def __init__(self, user=None, **kwargs):
        super().__init__(**kwargs)
        self.user = user
        self._batch: Any = None
        self._lines: dict[int, PlanLine] = {}

    @property
    def register(self) -> Register:
        return registers.serving(self._meta.model)

    # Going out

    def before_export(self, queryset, **kwargs) -> None:
        self.user = kwargs.get("user", self.user)

    def iter_queryset(self, queryset) -> Iterator:
        if isinstance(queryset, QuerySet):
            model = self.register.model
            names = (*self.register.references, *former.naming(model))
            queryset = queryset.select_related(*former.paths(model, names)).iterator(chunk_size=CHUNK)
        seen = access.visible_to(self.register, self.user)
        for some in chunked(queryset, CHUNK):
            ids = set(seen.filter(pk__in=[row.pk for row in some]).values_list("pk", flat=True))
            yield from access.veil(self.register, self.user, [row for row in some if row.pk in ids])

    def after_export(self, queryset, dataset: Dataset, **kwargs) -> None:
        record(Event.Kind.WENT_OUT, user=self.user, register=self.register.slug, text="resource", rows=len(dataset))

    # Coming in

    def import_data(self, dataset: Dataset, dry_run: bool = False, *args, **kwargs):
        self._dry_run, self._batch, self._lines = dry_run, None, {}
        try:
            return super().import_data(dataset, dry_run, *args, **kwargs)
        finally:
            if self._batch and (dry_run or self._batch.state != Batch.State.APPLIED):
                _drop(self._batch)

    def before_import(self, dataset: Dataset, **kwargs) -> None:
        """Have the whole sheet judged. Raises Refused, which the result has among its `base_errors`."""
        register, self.user = self.register, kwargs.get("user", self.user)
        if not access.may_change(register, self.user):
            raise Refused(_("Bu kütükte değişiklik yapma yetkiniz yok; kütüğün yöneticisinden isteyiniz."))
        headings = [str(heading) for heading in dataset.headers or ()]
        mapping = {name: name for name in (register.key.name, *register.columns) if name in headings}
        cells = ([plain_text(cell) if isinstance(cell, str) else cell for cell in row] for row in dataset)
        choices = {name: kwargs[name] for name in _CHOICES if name in kwargs}
        name = kwargs.get("file_name") or dataset.title or register.slug
        self._batch = rows.upload(register, self.user, name, headings, cells, mapping=mapping, **choices)
        batches.run_check(self._batch)
        if self._batch.state == Batch.State.FAILED:
            raise Refused(self._batch.message)
        with self._batch.plan() as plan:
            self._lines = {line.row: line for line in plan.lines()}
            if errors := plan.of_no_line()[0]:
                raise Refused(" ".join(finding.message for finding in errors))

    def import_row(self, row: dict, instance_loader, **kwargs) -> RowResult:
        """What the plan says of the row; the headings stand in row 1."""
        number, found = kwargs["row_number"], RowResult()
        line = self._lines.get(number + 1, PlanLine(number + 1, Verdict.SKIPPED))
        found.import_type = _TYPES.get(line.verdict, RowResult.IMPORT_TYPE_SKIP)
        found.object_id, found.row_values = line.id, row if self._meta.store_row_values else {}
        message = _("%(row)d. satır, “%(column)s”: %(message)s")
        for error in line.errors:
            refused = Refused(message % {"row": error.row, "column": error.column, "message": error.message})
            found.errors.append(self.get_error_result_class()(refused, row=row, number=number))
        if not self._meta.skip_diff:
            changes = {change.column: (change.old, change.new) for change in line.changes}
            found.diff = [_diff(*changes.get(name, ("", ""))) for name in self.get_diff_headers()]
        return found

    def after_import(self, dataset: Dataset, result, **kwargs) -> None:
        """Write the plan, where it writes anything and nothing was refused."""
        if self._dry_run or result.has_errors() or not batches.writes_of(self._batch):
            return
        batches.run_apply(self._batch)
        if self._batch.state != Batch.State.APPLIED:
            raise Refused(self._batch.message)
        made = self.register.model.history.filter(batch_id=self._batch.pk, history_type=CREATED)
        ids = dict(made.values_list("sheet_row", "id"))
        for number, found in enumerate(result.rows, 2):
            found.object_id = found.object_id or ids.get(number)


def _diff(old: str, new: str) -> str:
    """The two as HTML; nothing where the cell changes nothing."""
    parts = ((tag, text, tag) for tag, text in (("del", old), ("ins", new)) if text)
    return format_html_join("", "<{}>{}</{}>", parts)


def _drop(batch: Batch) -> None:
    Batch.objects.filter(pk=batch.pk).delete()
    for file in (batch.file, batch.plan_file):
        if file:
            file.delete(save=False)
