"""An ods file, written row by row: the libraries for it keep the whole sheet as a tree of objects."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Callable
from decimal import Decimal
from typing import IO, cast
from xml.sax.saxutils import escape, quoteattr

from django.utils.translation import gettext as _
from xlsxwriter.utility import xl_col_to_name

from imports.exporting.about import UNWRITABLE, about, about_title, sheet_names
from imports.exporting.grid import Grid
from imports.exporting.parts import Part, Values
from inventory.columns import Type
from inventory.printing.paper import BOTTOM, HEAD, HIGH, SIDE, TOP, WIDE, Paper, across, in_centimetres

# The programs keep fifteen digits of a number.
_MOST_EXACT = 10**15
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
# A number keeps off the text to its right.
_ASIDE = '<style:paragraph-properties fo:text-align="end" fo:margin-right="0.2cm"/>'
_DATA_STYLES = (
    '<number:date-style style:name="Nday"><number:day number:style="long"/><number:text>.</number:text>'
    '<number:month number:style="long"/><number:text>.</number:text><number:year number:style="long"/>'
    '</number:date-style><number:date-style style:name="Nmoment"><number:day number:style="long"/><number:text>.'
    '</number:text><number:month number:style="long"/><number:text>.</number:text><number:year number:style="long"/>'
    '<number:text> </number:text><number:hours number:style="long"/><number:text>:</number:text>'
    '<number:minutes number:style="long"/><number:text>:</number:text><number:seconds number:style="long"/>'
    '</number:date-style><number:number-style style:name="Nmoney"><number:number number:decimal-places="2" '
    'number:min-decimal-places="2" number:min-integer-digits="1" number:grouping="true"/></number:number-style>'
    '<number:number-style style:name="Nwhole"><number:number number:decimal-places="0" '
    'number:min-integer-digits="1"/></number:number-style>'
    '<number:number-style style:name="Ndegree"><number:number number:decimal-places="7" '
    'number:min-decimal-places="2" number:min-integer-digits="1"/></number:number-style>'
    '<number:text-style style:name="Ntext"><number:text-content/></number:text-style>'
    + "".join(
        f'<style:style style:name="{name}" style:family="table-cell" style:data-style-name="N{name}">'
        f'<style:table-cell-properties style:vertical-align="top"/>{_ASIDE if name != "text" else ""}</style:style>'
        for name in ("day", "moment", "money", "whole", "degree", "text")
    )
    + '<style:style style:name="head" style:family="table-cell"><style:table-cell-properties '
    'fo:background-color="#dce6f1" fo:wrap-option="wrap" style:vertical-align="top"/>'
    '<style:text-properties fo:font-weight="bold"/></style:style>'
    '<style:style style:name="wrapped" style:family="table-cell" style:data-style-name="Ntext">'
    '<style:table-cell-properties fo:wrap-option="wrap" style:vertical-align="top"/></style:style>'
)
_STYLES = {
    Type.DATE: "day", Type.MOMENT: "moment", Type.MONEY: "money", Type.AREA: "money", Type.DECIMAL: "money",
    Type.INTEGER: "whole", Type.DEGREE: "degree",
}  # fmt: skip
_CLOSE = 'fo:margin-left="0cm" fo:margin-right="0cm" fo:margin-top="0cm" fo:margin-bottom="0cm"'
# The widths of the sheet about the file.
_ABOUT = (24, 90)
_SPECIAL = re.compile(r"[&<>\x00-\x1f\ufffe\uffff]|^ | $|  ")


def write_opendocument(parts: list[Part], target: IO[bytes], on_progress: Callable[[int], None]) -> list[int]:
    """Write the parts, each a sheet, and a last sheet about the file; returns each part's number of rows."""
    names, counts, text = sheet_names(parts), [], _Text()
    grids = [Grid.of(part) for part in parts]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as made:
        made.writestr("mimetype", _MIME, zipfile.ZIP_STORED)
        made.writestr("META-INF/manifest.xml", _MANIFEST)
        made.writestr("styles.xml", _pages(Paper.of(parts[0].listing), grids))
        made.writestr("settings.xml", _settings(names))
        with made.open("content.xml", "w") as content:
            content.write(_opening(grids).encode())
            for name, part, grid in zip(names, parts, grids, strict=True):
                content.write(_heading(name, grid, text).encode())
                counts.append(0)
                for chunk in grid.chunks:
                    content.write(_rows(grid, chunk, text).encode())
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


def _rows(grid: Grid, chunk: list[Values], text: _Text) -> str:
    cells = [
        _cells(column.type, values, text, "wrapped" if place in grid.wrapped else "text")
        for place, (column, values) in enumerate(zip(grid.columns, chunk, strict=True))
    ]
    rows = zip(*cells, strict=True)
    return "".join([f"<table:table-row>{''.join(row)}</table:table-row>" for row in rows])


def _cells(kind: Type, values: Values, text: _Text, written: str) -> list[str]:
    if kind.is_dated:
        style = _STYLES[kind]
        # Of days before 1900 the programs that read an ods differ by two days; they go as text, as in a workbook.
        return [
            "<table:table-cell/>" if v is None
            else f'<table:table-cell table:style-name="{style}" office:value-type="date" '
            f'office:date-value="{v.isoformat()}"/>'
            if v.year >= 1900
            else text.cell(f"{v:%d.%m.}{v.year:04d}{f' {v:%H:%M:%S}' if kind == Type.MOMENT else ''}")
            for v in cast(list[dt.date | None], values)
        ]  # fmt: skip
    if kind.is_number:
        style = _STYLES[kind]
        return [
            "<table:table-cell/>" if v is None
            else f'<table:table-cell table:style-name="{style}" office:value-type="float" office:value="{v}"/>'
            if -_MOST_EXACT < v < _MOST_EXACT
            else text.cell(str(v))
            for v in cast(list[int | Decimal | None], values)
        ]  # fmt: skip
    return ["<table:table-cell/>" if v is None else text.cell(v, written) for v in cast(list[str | None], values)]


# Around the rows --------------------------------------------------------------------------------------------


def _opening(grids: list[Grid]) -> str:
    widths = sorted({width for grid in grids for width in grid.widths} | set(_ABOUT))
    columns = "".join(
        f'<style:style style:name="{_named(width)}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{in_centimetres(width):.2f}cm"/></style:style>'
        for width in widths
    )
    tables = "".join(
        f'<style:style style:name="on{sheets}" style:family="table" style:master-page-name="across{sheets}"/>'
        for sheets in _across(grids)
    )
    return (
        f"{_HEAD % 'content'}<office:automatic-styles>{_DATA_STYLES}{columns}{tables}</office:automatic-styles>"
        "<office:body><office:spreadsheet>"
    )


def _named(width: float) -> str:
    return f"w{width * 10:.0f}"


def _across(grids: list[Grid]) -> list[int]:
    """On how many sheets of paper side by side the file's sheets lie; the last sheet on one."""
    return sorted({across(grid.widths, 1) for grid in grids} | {1})


def _pages(paper: Paper, grids: list[Grid]) -> str:
    """How a sheet lies on paper: a layout for each number of sheets side by side, and what stands on each."""
    sheets = _across(grids)
    layouts = "".join(
        f'<style:page-layout style:name="page{n}"><style:page-layout-properties fo:page-width="{WIDE}cm" '
        f'fo:page-height="{HIGH}cm" style:print-orientation="landscape" fo:margin-left="{SIDE}cm" '
        f'fo:margin-right="{SIDE}cm" fo:margin-top="{HEAD}cm" fo:margin-bottom="{HEAD}cm" '
        f'style:first-page-number="continue" style:print-page-order="ltr" style:scale-to-X="{n}" style:scale-to-Y="0"/>'
        f'<style:header-style><style:header-footer-properties fo:min-height="{TOP - HEAD:.2f}cm" {_CLOSE}/>'
        "</style:header-style>"
        f'<style:footer-style><style:header-footer-properties fo:min-height="{BOTTOM - HEAD:.2f}cm" {_CLOSE}/>'
        "</style:footer-style></style:page-layout>"
        for n in sheets
    )
    bold = (
        '<style:style style:name="title" style:family="text">'
        '<style:text-properties fo:font-weight="bold"/></style:style>'
    )
    head = f'<text:p><text:span text:style-name="title">{_clean(paper.title)}</text:span></text:p>'
    head += "".join(f"<text:p>{_clean(line)}</text:p>" for line in paper.asked)
    page = escape(_("Sayfa %(page)s / %(pages)s")) % {"page": "<text:page-number/>", "pages": "<text:page-count/>"}
    masters = "".join(
        f'<style:master-page style:name="across{n}" style:page-layout-name="page{n}"><style:header><style:region-left>'
        f"{head}</style:region-left></style:header><style:footer><style:region-left><text:p>{_clean(paper.made)}</text:p>"
        f"</style:region-left><style:region-right><text:p>{page}</text:p></style:region-right></style:footer>"
        "</style:master-page>"
        for n in sheets
    )
    return (
        f"{_HEAD % 'styles'}<office:automatic-styles>{bold}{layouts}</office:automatic-styles>"
        f"<office:master-styles>{masters}</office:master-styles></office:document-styles>"
    )


def _clean(text: str) -> str:
    return escape(UNWRITABLE.sub("", text))


def _heading(name: str, grid: Grid, text: _Text) -> str:
    """What stands before the rows: the columns, of which the key is repeated, and the heading, which is, too."""
    key, *others = [
        f'<table:table-column table:style-name="{_named(width)}" '
        f'table:default-cell-style-name="{_STYLES.get(column.type, "text")}"/>'
        for column, width in zip(grid.columns, grid.widths, strict=True)
    ]
    labels = "".join(text.cell(column.label, "head") for column in grid.columns)
    return (
        f'<table:table table:name={quoteattr(name)} table:style-name="on{across(grid.widths, 1)}">'
        f"<table:table-header-columns>{key}</table:table-header-columns>{''.join(others)}"
        f"<table:table-header-rows><table:table-row>{labels}</table:table-row></table:table-header-rows>"
    )


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
    columns = "".join(f'<table:table-column table:style-name="{_named(width)}"/>' for width in _ABOUT)
    return f'<table:table table:name={quoteattr(about_title())} table:style-name="on1">{columns}{rows}</table:table>'


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
