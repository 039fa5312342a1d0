"""Templates checked and filled, in the child that reads files from elsewhere: it knows neither models nor settings.

A template may name what it is given, go through a list, and ask whether something is there. All else of the template
language is refused before anything is filled, so that nothing of Python can be reached; texts are all that it is given.
"""

from __future__ import annotations

import base64
import copy
import io
import json
import re
from collections.abc import Iterator, Mapping
from typing import IO, Any

from jinja2 import StrictUndefined, TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from rapidfuzz import fuzz, process, utils

from inventory.papers import packages
from inventory.papers.packages import Faulty

_FILTERS = {"upper", "lower", "default"}
_PLAIN = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.For, nodes.If, nodes.Not,
    nodes.And, nodes.Or, nodes.Compare, nodes.Operand, nodes.Const, nodes.Filter, nodes.CondExpr,
)  # fmt: skip
_EXPRESSION = re.compile(r"\{[{%].*?[}%]\}", re.S)
_ROW_OF = re.compile(r"\{\{\s*(\w+)\.\w+\s*(?:\|[^}]*)?\}\}")

#: name → None for a text, or the names of what an entry of the list has.
Names = Mapping[str, list[str] | None]


def filled(file: IO[bytes], name: str, limits: Any, encoding: str) -> Iterator[dict[str, Any]]:
    """`file` is JSON: the template, the names that it may use, and the values; without values it is only judged."""
    asked = json.load(file)
    content = base64.b64decode(asked["template"])
    try:
        packages.judge(content)
        fill = _workbook if name.endswith(".xlsx") else _document
        made = fill(content, asked["names"], asked["values"])
        if made:
            packages.judge(made)
        yield {"file": made}
    except Faulty as refused:
        yield {"finding": refused.finding}
    except MemoryError:
        raise
    except Exception:  # whatever its libraries make of a broken file
        yield {"finding": Faulty("broken").finding}


class _Environment(ImmutableSandboxedEnvironment):
    """Knows entries by their names alone, and no attribute of anything."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        return obj[attribute]

    def getitem(self, obj: Any, argument: Any) -> Any:
        return obj[argument]


def _environment() -> _Environment:
    environment = _Environment(autoescape=True, undefined=StrictUndefined)
    environment.globals.clear()
    environment.tests.clear()
    environment.filters = {name: environment.filters[name] for name in _FILTERS}
    return environment


def _judge(source: str, place: str, names: Names) -> None:
    """Raises Faulty for the first thing in a template's text that is not a name given to it."""
    try:
        tree = _environment().parse(source)
    except TemplateError as error:
        raise Faulty("syntax", place, _line(source, getattr(error, "lineno", 0))) from None
    _walk(tree, place, source, names, {})


def _walk(node: nodes.Node, place: str, source: str, names: Names, inside: dict[str, list[str]]) -> None:
    here = _line(source, node.lineno)
    match node:
        case nodes.For():
            if not isinstance(node.iter, nodes.Name) or not isinstance(node.target, nodes.Name) or node.recursive:
                raise Faulty("not allowed", place, here)
            if inside:
                raise Faulty("not allowed", place, here)
            within = names.get(node.iter.name)
            if not isinstance(within, list):
                lists = [name for name, attributes in names.items() if attributes is not None]
                raise Faulty("unknown", place, node.iter.name, _nearest(node.iter.name, lists))
            for child in (*node.body, *node.else_, *([node.test] if node.test else [])):
                _walk(child, place, source, names, {node.target.name: within})
            return
        case nodes.Getattr():
            if not isinstance(node.node, nodes.Name) or node.node.name not in inside:
                raise Faulty("unknown", place, here, "")
            if node.attr not in inside[node.node.name]:
                near = _nearest(node.attr, inside[node.node.name])
                raise Faulty("unknown", place, f"{node.node.name}.{node.attr}", near and f"{node.node.name}.{near}")
            return
        case nodes.Name():
            if node.name not in names or names[node.name] is not None or node.ctx != "load":
                raise Faulty("unknown", place, node.name, _nearest(node.name, [n for n in names if names[n] is None]))
        case nodes.Filter() if node.name not in _FILTERS:
            raise Faulty("not allowed", place, here)
        case nodes.Const() if not isinstance(node.value, str | int | bool | None):
            raise Faulty("not allowed", place, here)
    if not isinstance(node, _PLAIN):
        raise Faulty("not allowed", place, here)
    for child in node.iter_child_nodes():
        _walk(child, place, source, names, inside)


def _nearest(name: str, known: list[str]) -> str:
    found = process.extractOne(name, known, scorer=fuzz.ratio, processor=utils.default_process, score_cutoff=50)
    return found[0] if found else ""


def _line(source: str, number: int) -> str:
    """What stands in a line of the source, without marks of XML: a paragraph, or some words of it."""
    lines = source.splitlines()
    line = lines[number - 1] if 0 < number <= len(lines) else ""
    return " ".join(re.sub(r"<[^>]*>", "", line).split())


# Word ----------------------------------------------------------------------------------------------------------


def _document(content: bytes, names: Names, values: dict[str, Any] | None) -> bytes:
    from docxtpl import DocxTemplate

    template = DocxTemplate(io.BytesIO(content))
    template.init_docx()
    sources = [("body", template.patch_xml(template.get_xml()))]
    for kind, uri in (("header", template.HEADER_URI), ("footer", template.FOOTER_URI)):
        for _key, part in template.get_headers_footers(uri):
            sources.append((kind, template.patch_xml(template.get_part_xml(part))))
    for place, source in sources:
        _judge(re.sub(r"<w:p([ >])", r"\n<w:p\1", source), place, names)
    # The document's own properties and notes are filled too.
    properties = template.docx.core_properties
    for text in (properties.author, properties.comments, properties.identifier, properties.language,
                 properties.subject, properties.title):  # fmt: skip
        _judge(text, "properties", names)
    for part in template.docx.part.package.parts:
        if part.content_type.endswith("wordprocessingml.footnotes+xml"):
            _judge(template.patch_xml(part.blob.decode()), "notes", names)
    if values is None:
        return b""
    template.render(values, _environment(), autoescape=True)
    target = io.BytesIO()
    template.save(target)
    return target.getvalue()


# Excel ---------------------------------------------------------------------------------------------------------


def _workbook(content: bytes, names: Names, values: dict[str, Any] | None) -> bytes:
    """A row whose cells name `list.column` stands once for each entry of the list."""
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(content))
    for sheet in book.worksheets:
        if sheet.max_row * sheet.max_column > 200_000:
            raise Faulty("too big")
        repeated: list[tuple[int, str]] = []
        for row in sheet.iter_rows():
            lists: set[str] = set()
            for cell in row:
                if isinstance(cell.value, str) and _EXPRESSION.search(cell.value):
                    lists |= _judge_cell(cell.value, f"{sheet.title} {cell.coordinate}", names)
            if len(lists) > 1:
                raise Faulty("not allowed", f"{sheet.title} {row[0].row}", ", ".join(sorted(lists)))
            repeated += [(row[0].row, name) for name in lists]
        if values is not None:
            own = dict(repeated)
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.row not in own and isinstance(cell.value, str) and _EXPRESSION.search(cell.value):
                        _put(cell, _text(cell.value, values))
            # From below, so that the rows above stay where they are. Nothing that was filled is read as a template.
            for number, name in reversed(repeated):
                _repeat(sheet, number, name, values)
    if values is None:
        return b""
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _judge_cell(text: str, place: str, names: Names) -> set[str]:
    lists = {name for name in _ROW_OF.findall(text) if isinstance(names.get(name), list)}
    within = {name: attributes for name, attributes in names.items() if attributes is not None and name in lists}
    try:
        tree = _environment().parse(text)
    except TemplateError:
        raise Faulty("syntax", place, text) from None
    if any(True for _ in tree.find_all((nodes.For, nodes.Assign))):
        raise Faulty("not allowed", place, text)
    _walk(tree, place, text, names, within)
    return lists


def _repeat(sheet: Any, number: int, name: str, values: dict[str, Any]) -> None:
    """The row once for each entry, filled; at least once, blank, so that a table without entries has a row."""
    entries: list[dict[str, str]] = values[name]
    cells = [(cell.value, copy.copy(cell._style)) for cell in sheet[number]]
    height, more = sheet.row_dimensions[number].height, max(len(entries) - 1, 0)
    if more:
        merged = [area for area in sheet.merged_cells.ranges if area.min_row > number]
        sheet.insert_rows(number + 1, more)
        for area in merged:
            area.shift(row_shift=more)
    blank = dict.fromkeys(re.findall(rf"{name}\.(\w+)", " ".join(str(value) for value, _style in cells)), "")
    for at, entry in enumerate(entries or [blank], number):
        sheet.row_dimensions[at].height = height
        for column, (value, style) in enumerate(cells, 1):
            cell = sheet.cell(at, column)
            cell._style = copy.copy(style)
            is_filled = isinstance(value, str) and _EXPRESSION.search(value)
            _put(cell, _text(value, {**values, name: entry})) if is_filled else setattr(cell, "value", value)


def _text(template: str, values: Mapping[str, Any]) -> str:
    environment = _environment()
    environment.autoescape = False
    return environment.from_string(template).render(values)


def _put(cell: Any, text: str) -> None:
    """As text, whatever it begins with: no value becomes a formula."""
    # Control characters, which a workbook cannot hold; a template in a value is a text.
    cell.value = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text)[:32_767]
    cell.data_type = "s"
