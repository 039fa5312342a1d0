"""An ods file, written row by row: the libraries for it keep the whole sheet as a tree of objects."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from typing import IO
from xml.sax.saxutils import escape, quoteattr

from django.utils.translation import gettext as _
from xlsxwriter.utility import xl_col_to_name

from imports.exporting.about import UNWRITABLE, about, about_title, sheet_names, width
from imports.exporting.parts import Part, Values
from inventory.columns import Column, Type

_MIME = "application/vnd.oasis.opendocument.spreadsheet"
_NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{urn}:1.0"'
    for name, urn in (
        ("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"), ("number", "datastyle"),
        ("fo", "xsl-fo-compatible"), ("config", "config"), ("manifest", "manifest"),
    )
) + ' xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2"'  # fmt: skip
_HEAD = f'<?xml version="1.0" encoding="UTF-8"?>\n<office:document-%s {_NAMES} office:version="1.3">'
_MANIFEST = (
    f'<?xml version="1.0" encoding="UTF-8"?>\n<manifest:manifest {_NAMES} manifest:version="1.3">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_MIME}"/>'
    + "".join(
        f'<manifest:file-entry manifest:full-path="{name}.xml" manifest:media-type="text/xml"/>'
        for name in ("content", "styles", "settings")
    )
    + "</manifest:manifest>"
)
_DATA_STYLES = (
    '<number:date-style style:name="Nday"><number:day number:style="long"/><number:text>.</number:text>'
    '<number:month number:style="long"/><number:text>.</number:text><number:year number:style="long"/>'
    '</number:date-style><number:number-style style:name="Nmoney"><number:number number:decimal-places="2" '
    'number:min-decimal-places="2" number:min-integer-digits="1" number:grouping="true"/></number:number-style>'
    '<number:number-style style:name="Nwhole"><number:number number:decimal-places="0" '
    'number:min-integer-digits="1"/></number:number-style>'
    '<number:number-style style:name="Ndegree"><number:number number:decimal-places="7" '
    'number:min-decimal-places="2" number:min-integer-digits="1"/></number:number-style>'
    '<number:text-style style:name="Ntext"><number:text-content/></number:text-style>'
    + "".join(
        f'<style:style style:name="{name}" style:family="table-cell" style:data-style-name="N{name}"/>'
        for name in ("day", "money", "whole", "degree", "text")
    )
    + '<style:style style:name="head" style:family="table-cell"><style:table-cell-properties '
    'fo:background-color="#dce6f1" fo:wrap-option="wrap"/><style:text-properties fo:font-weight="bold"/></style:style>'
    '<style:style style:name="wrapped" style:family="table-cell"><style:table-cell-properties '
    'fo:wrap-option="wrap"/></style:style>'
)
_STYLES = {
    Type.DATE: "day", Type.MONEY: "money", Type.AREA: "money", Type.DECIMAL: "money", Type.INTEGER: "whole",
    Type.DEGREE: "degree",
}  # fmt: skip
_SPECIAL = re.compile(r"[&<>\x00-\x1f\ufffe\uffff]|^ | $|  ")


def write_opendocument(parts: list[Part], target: IO[bytes], on_progress: Callable[[int], None]) -> list[int]:
    """Write the parts, each a sheet, and a last sheet about the file; returns each part's number of rows."""
    names, counts, text = sheet_names(parts), [], _Text()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as made:
        made.writestr("mimetype", _MIME, zipfile.ZIP_STORED)
        made.writestr("META-INF/manifest.xml", _MANIFEST)
        made.writestr("styles.xml", _HEAD % "styles" + "</office:document-styles>")
        made.writestr("settings.xml", _settings(names))
        with made.open("content.xml", "w") as content:
            content.write(_opening(parts).encode())
            for name, part in zip(names, parts, strict=True):
                content.write(f"<table:table table:name={quoteattr(name)}>{_heading(part.columns, text)}".encode())
                counts.append(0)
                for chunk in part.chunks():
                    content.write(_rows(part.columns, chunk, text).encode())
                    counts[-1] += len(chunk[0])
                    on_progress(sum(counts))
                content.write(f"{_totals(part, counts[-1], text)}</table:table>".encode())
            content.write(_about(about(parts, counts, text.cleaned), text).encode())
            content.write(_filters(names, parts, counts).encode())
            content.write(b"</office:spreadsheet></office:body></office:document-content>")
    return counts


class _Text:
    """Texts as the paragraphs of a cell."""

    def __init__(self):
        self.cleaned = 0

    def cell(self, text: str, style: str = "text") -> str:
        opening = f'<table:table-cell table:style-name="{style}" office:value-type="string">'
        if not _SPECIAL.search(text):
            return f"{opening}<text:p>{text}</text:p></table:table-cell>"
        clean = UNWRITABLE.sub("", text)
        self.cleaned += clean != text
        return f"{opening}{''.join(map(self._paragraph, clean.splitlines()))}</table:table-cell>"

    def _paragraph(self, line: str) -> str:
        """Blanks that XML readers take together are named one by one; a tab stays, since calamine drops its name."""
        return f"<text:p>{re.sub(r'^ | (?= )| $', '<text:s/>', escape(line))}</text:p>"


def _rows(columns: list[Column], chunk: list[Values], text: _Text) -> str:
    cells = [_cells(column.type, values, text) for column, values in zip(columns, chunk, strict=True)]
    rows = zip(*cells, strict=True)
    return "".join([f"<table:table-row>{''.join(row)}</table:table-row>" for row in rows])


def _cells(kind: Type, values: Values, text: _Text) -> list[str]:
    if kind == Type.DATE:
        # Of days before 1900 the programs that read an ods differ by two days; they go as text, as in a workbook.
        return [
            "<table:table-cell/>" if v is None
            else f'<table:table-cell table:style-name="day" office:value-type="date" office:date-value="{v}"/>'
            if v.year >= 1900
            else text.cell(f"{v:%d.%m.}{v.year:04d}")
            for v in values
        ]  # fmt: skip
    if kind.is_number:
        style = _STYLES[kind]
        return [
            "<table:table-cell/>" if v is None
            else f'<table:table-cell table:style-name="{style}" office:value-type="float" office:value="{v}"/>'
            if abs(v) < 10**15
            else text.cell(str(v))
            for v in values
        ]  # fmt: skip
    return ["<table:table-cell/>" if v is None else text.cell(v) for v in values]


# Around the rows --------------------------------------------------------------------------------------------


def _opening(parts: list[Part]) -> str:
    widths = sorted({width(column) for part in parts for column in part.columns} | {24, 80})
    columns = "".join(
        f'<style:style style:name="w{each}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{each * 0.21:.2f}cm"/></style:style>'
        for each in widths
    )
    return (
        f"{_HEAD % 'content'}<office:automatic-styles>{_DATA_STYLES}{columns}</office:automatic-styles>"
        "<office:body><office:spreadsheet>"
    )


def _heading(columns: list[Column], text: _Text) -> str:
    widths = "".join(
        f'<table:table-column table:style-name="w{width(column)}" '
        f'table:default-cell-style-name="{_STYLES.get(column.type, "text")}"/>'
        for column in columns
    )
    labels = "".join(text.cell(column.label, "head") for column in columns)
    return f"{widths}<table:table-header-rows><table:table-row>{labels}</table:table-row></table:table-header-rows>"


def _totals(part: Part, count: int, text: _Text) -> str:
    """Below the rows the sums that mean something."""
    sums = part.totals[1]
    if not sums:
        return ""
    cells = [text.cell(_("Toplam"), "head")]
    for place, column in enumerate(part.columns[1:], 1):
        letter = xl_col_to_name(place)
        formula = f"of:=SUBTOTAL(9;[.{letter}2:.{letter}{max(count, 1) + 1}])"
        cells.append(
            f'<table:table-cell table:style-name="{_STYLES[column.type]}" table:formula="{formula}" '
            f'office:value-type="float" office:value="{sums[column.name]}"/>'
            if column.name in sums
            else "<table:table-cell/>"
        )
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


def _about(lines: list[tuple[str, str]], text: _Text) -> str:
    rows = "".join(
        f"<table:table-row>{text.cell(what, 'head')}{text.cell(value, 'wrapped')}</table:table-row>"
        for what, value in lines
    )
    columns = '<table:table-column table:style-name="w24"/><table:table-column table:style-name="w80"/>'
    return f"<table:table table:name={quoteattr(about_title())}>{columns}{rows}</table:table>"


def _filters(names: list[str], parts: list[Part], counts: list[int]) -> str:
    """The buttons on the headings."""
    ranges = ""
    for number, (name, part, count) in enumerate(zip(names, parts, counts, strict=True), 1):
        quoted = "'" + name.replace("'", "''") + "'"
        last = f"{xl_col_to_name(len(part.columns) - 1)}{count + 1}"
        ranges += (
            f'<table:database-range table:name="Liste{number}" table:display-filter-buttons="true" '
            f"table:target-range-address={quoteattr(f'{quoted}.A1:{quoted}.{last}')}/>"
        )
    return f"<table:database-ranges>{ranges}</table:database-ranges>"


def _settings(names: list[str]) -> str:
    """The heading and the key stay in sight."""
    frozen = "".join(
        f'<config:config-item config:name="{name}" config:type="{kind}">{value}</config:config-item>'
        for name, kind, value in (
            ("HorizontalSplitMode", "short", 2), ("VerticalSplitMode", "short", 2),
            ("HorizontalSplitPosition", "int", 1), ("VerticalSplitPosition", "int", 1),
            ("ActiveSplitRange", "short", 3), ("PositionLeft", "int", 0), ("PositionRight", "int", 1),
            ("PositionTop", "int", 0), ("PositionBottom", "int", 1),
        )
    )  # fmt: skip
    sheets = "".join(
        f"<config:config-item-map-entry config:name={quoteattr(name)}>{frozen}</config:config-item-map-entry>"
        for name in names
    )
    return (
        f'{_HEAD % "settings"}<office:settings><config:config-item-set config:name="ooo:view-settings">'
        '<config:config-item-map-indexed config:name="Views"><config:config-item-map-entry>'
        f'<config:config-item-map-named config:name="Tables">{sheets}</config:config-item-map-named>'
        "</config:config-item-map-entry></config:config-item-map-indexed></config:config-item-set>"
        "</office:settings></office:document-settings>"
    )
