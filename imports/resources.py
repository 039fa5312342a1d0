"""Registers for scripts that were written for django-import-export: its resources, over our check and our writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any

from django.db.models import QuerySet
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from import_export.fields import Field
from import_export.resources import ModelResource, modelresource_factory
from import_export.results import Error, Result, RowResult
from tablib import Dataset

from imports import batches, rows, steps
from imports.endings import why_not_done
from imports.models import Batch
from imports.plans.facts import facts
from imports.plans.plan import ColumnChange, Finding, PlanLine, Verdict
from inventory import access, former, registers
from inventory.cells.quoting import plain_text, safe_text
from inventory.columns import Column
from inventory.history import CREATED
from inventory.many import chunked
from inventory.organization.models import Asker
from inventory.refusals import Refused
from inventory.registers import Register
from inventory.trail.keeping import record
from inventory.trail.models import Event

CHUNK = 1_000
# What `import_data` takes beside the library's own: choices of the batch.
_CHOICES = ("mode", "blank", "blanks", "locale", "reason", "as_of", "later")
_ALLOWED = {"mode": Batch.Mode, "blank": Batch.Blank, "locale": Batch.Locale, "later": Batch.Later}
# What an apply has begun with: no longer ours to drop.
_TAKEN = (Batch.State.APPLYING, Batch.State.APPLIED, Batch.State.UNDOING, Batch.State.UNDONE)
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


class LineResult(RowResult):
    """`number` is the row's among the dataset's, from 1 on, and `warnings` are the check's sentences about it."""

    def __init__(self):
        super().__init__()
        self.number = 0
        self.warnings: list[str] = []


class SheetResult(Result):
    """`warnings` are the check's sentences about the whole sheet and its headings."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.warnings: list[str] = []

    def row_errors(self) -> list[tuple[int, list[Error]]]:
        """By the number of the row, also where skipped ones are not reported."""
        return [(row.number, row.errors) for row in self.rows if row.errors]


class RegisterResource(ModelResource):
    """Goes out within what the user may see, and comes in as an uploaded file does: checked as a whole, written by
    `inventory.writes` all or not at all, kept as a batch that can be undone.

    Made without a user it is the system itself, as in commands; a call's `user` stands for that call alone.
    `import_data(dataset, dry_run=True, user=…, mode=…, blank=…)` writes nothing and keeps nothing. A row's `errors` say
    what to do; `instance` and `original` are not filled, and a blank cell leaves the value unless `blank="clear"`.
    """

    class Meta:
        # An apply is one transaction of its own.
        use_transactions = False

    def __init__(self, user=None, **kwargs):
        super().__init__(**kwargs)
        self.user = user
        self._begin({})

    @property
    def register(self) -> Register:
        return registers.serving(self._meta.model)

    @classmethod
    def get_result_class(cls) -> type[SheetResult]:
        return SheetResult

    @classmethod
    def get_row_result_class(cls) -> type[LineResult]:
        return LineResult

    def _begin(self, given: Mapping[str, Any]) -> None:
        """A call of its own: none of what another one left, and no user given means the resource's own."""
        self._asker: Asker = given.get("user") or self.user
        self._batch: Any = None
        self._is_taken = False
        self._lines: dict[int, PlanLine] = {}
        self._facts: dict[int, list[ColumnChange]] = {}
        self._warnings: list[str] = []

    # Going out

    def before_export(self, queryset, **kwargs) -> None:
        self._begin(kwargs)

    def iter_queryset(self, queryset) -> Iterator:
        if isinstance(queryset, QuerySet):
            model = self.register.model
            names = (*self.register.references, *former.naming(model))
            queryset = queryset.select_related(*former.paths(model, names)).iterator(chunk_size=CHUNK)
        seen = access.visible_to(self.register, self._asker)
        for some in chunked(queryset, CHUNK):
            ids = set(seen.filter(pk__in=[row.pk for row in some]).values_list("pk", flat=True))
            yield from access.veil(self.register, self._asker, [row for row in some if row.pk in ids])

    def after_export(self, queryset, dataset: Dataset, **kwargs) -> None:
        text, slug = _("django-import-export betiği"), self.register.slug
        record(Event.Kind.WENT_OUT, user=self._asker, register=slug, text=text, rows=len(dataset))

    # Coming in

    def import_data(self, dataset: Dataset, dry_run: bool = False, raise_errors: bool = False, *args, **kwargs):
        self._begin(kwargs)
        self._dry_run = dry_run
        try:
            result = super().import_data(dataset, dry_run, raise_errors, *args, **kwargs)
        finally:
            if self._batch and (dry_run or self._batch.state != Batch.State.APPLIED):
                self._is_taken = self._is_taken or not _dropped(self._batch)
        if self._is_taken:
            message = _(
                "%(number)d no’lu aktarımı bu arada başkası uygulamaya başladı; sonucuna Aktarımlar sayfasında bakınız."
            )
            self.handle_import_error(result, Refused(message % {"number": self._batch.pk}), raise_errors)
        return result

    def before_import(self, dataset: Dataset, **kwargs) -> None:
        """Have the whole sheet judged. Raises Refused, which the result has among its `base_errors`."""
        register = self.register
        if not access.may_change(register, self._asker):
            raise Refused(_("Bu kütükte değişiklik yapma yetkiniz yok; kütüğün yöneticisinden isteyiniz."))
        headings = [str(heading) for heading in dataset.headers or ()]
        mapping = {name: name for name in (register.key.name, *register.columns) if name in headings}
        cells = ([plain_text(cell) if isinstance(cell, str) else cell for cell in row] for row in dataset)
        choices = _choices(register, kwargs)
        stem = PurePath(kwargs.get("file_name") or "").stem or dataset.title or register.title
        self._batch = rows.upload(register, self._asker, f"{stem}.xlsx", headings, cells, mapping=mapping, **choices)
        batches.run_check(self._batch)
        if not self._batch.is_judged:
            raise Refused(why_not_done(self._batch))
        with self._batch.plan() as plan:
            for lines in chunked(plan.lines(), CHUNK):
                self._lines |= {line.row: line for line in lines}
                if not self._meta.skip_diff:
                    self._facts |= zip((line.row for line in lines), facts(register, lines), strict=True)
            errors, warnings = plan.of_no_line()
        self._warnings = [": ".join(filter(None, (finding.column, finding.message))) for finding in warnings]
        if errors:
            raise Refused(" ".join(finding.message for finding in errors))

    def import_row(self, row: dict, instance_loader, **kwargs) -> LineResult:
        """What the plan says of the row; the headings stand in row 1."""
        number, result = kwargs["row_number"], LineResult()
        line = self._lines.get(number + 1, PlanLine(number + 1, Verdict.SKIPPED))
        result.import_type = _TYPES.get(line.verdict, RowResult.IMPORT_TYPE_SKIP)
        result.object_id, result.row_values = line.id, row if self._meta.store_row_values else {}
        result.number, result.warnings = number, [_message(warning) for warning in line.warnings]
        for error in line.errors:
            result.errors.append(self.get_error_result_class()(Refused(_message(error)), row=row, number=number))
        if not self._meta.skip_diff:
            changes = {change.column: (change.old, change.new) for change in self._facts.get(line.row, ())}
            result.diff = [_diff(*changes.get(name, ("", ""))) for name in self.get_diff_headers()]
        return result

    def after_import(self, dataset: Dataset, result, **kwargs) -> None:
        """Write the plan, where it writes anything and nothing was refused."""
        result.warnings = self._warnings
        if self._dry_run or result.has_errors() or not batches.writes_of(self._batch):
            return
        batches.run_apply(self._batch)
        if self._batch.state != Batch.State.APPLIED:
            if not self._batch.message:
                self._is_taken = True
                return
            raise Refused(self._batch.message)
        made = self.register.model.history.filter(batch_id=self._batch.pk, history_type=CREATED)
        ids = dict(made.values_list("sheet_row", "id"))
        for line in result.rows:
            line.object_id = line.object_id or ids.get(line.number + 1)


def _diff(old: str, new: str) -> str:
    """The two as HTML; nothing where the cell changes nothing."""
    parts = ((tag, text, tag) for tag, text in (("del", old), ("ins", new)) if text)
    return format_html_join("", "<{}>{}</{}>", parts)


def _message(finding: Finding) -> str:
    """A finding about a row, with its place."""
    place = _("%(row)d. satır") % {"row": finding.row}
    message = finding.message.removeprefix(f"{finding.column}: ")
    return f"{place}, “{finding.column}”: {message}" if finding.column else f"{place}: {message}"


def _choices(register: Register, given: Mapping[str, Any]) -> dict[str, Any]:
    """The batch's own fields among what a call was given. Raises Refused for a value that none of them has."""
    choices = {name: given[name] for name in _CHOICES if name in given}
    for name, allowed in _ALLOWED.items():
        if name in choices and choices[name] not in allowed.values:
            message = _("“%(name)s” seçeneği “%(value)s” olamaz; şunlardan biri olmalı: %(allowed)s.")
            raise Refused(message % {"name": name, "value": choices[name], "allowed": _listed(allowed.values)})
    blanks = choices.get("blanks", {})
    if not isinstance(blanks, dict) or any(
        column not in register.columns or blank not in Batch.Blank.values for column, blank in blanks.items()
    ):
        message = _(
            "“blanks” seçeneği “%(value)s” olamaz; kütüğün sütun adlarına şunlardan birini veriniz: %(allowed)s."
        )
        raise Refused(message % {"value": blanks, "allowed": _listed(Batch.Blank.values)})
    return choices


def _listed(values: list[str]) -> str:
    return ", ".join(f"“{value}”" for value in values)


def _dropped(batch: Batch) -> bool:
    """Whether the batch went, with its files: it stays where somebody else has begun to apply it."""
    kept = Batch.objects.filter(pk=batch.pk)
    # Out of everybody's reach before it is deleted: an apply may begin between a look and a delete.
    if not kept.exclude(state__in=_TAKEN).update(state=Batch.State.DROPPED) and kept.exists():
        return False
    kept.delete()
    steps.forget(batch)
    for file in (batch.file, batch.plan_file):
        if file:
            file.delete(save=False)
    return True
