"""The papers that a new installation prints: made here, then the users' own to change."""

from __future__ import annotations

import io
from collections.abc import Sequence

from inventory import hooks
from inventory.papers.values import ITEMS

# Said on each: no official drawing was found.
_OURS = "Bu belgenin düzeni kurumumuzundur; Bakanlığın resmî formu değildir."
_FOOT = "{{ print_no }} · {{ print_code }} · {{ today }} · {{ printed_by }}"
_CHECK = "Bu çıktının son durum olup olmadığı: {{ print_url }}"


def papers() -> list[tuple[str, str, str, bytes]]:
    """(name, subject, suffix, file) of each."""
    card = _document("{{ register }} kartı", ["{{ title }}"], "fields", (("Alan", "label"), ("Değer", "value")))
    held = (("No", "no"), ("Envanter no", "inventory_no"), ("Ad", "title"), ("Tür", "kind"), ("Seri no", "serial_no"),
            ("Yer", "location"), ("Durum", "status"))  # fmt: skip
    person = _document(
        "Kişinin üzerindeki varlıklar",
        ["{{ title }}", "Aşağıdaki varlıklar üzerimdedir."],
        "items",
        held,
    )
    return [
        ("Varlık kartı", ITEMS, "docx", card),
        ("Kişinin üzerindeki varlıklar", "people", "docx", person),
        ("Birimin dayanıklı taşınırları", "units", "xlsx", _workbook()),
        *(paper for make in hooks.papers for paper in make()),
    ]


def form(
    title: str,
    columns: Sequence[tuple[str, str]],
    lines: tuple[str, Sequence[tuple[str, str]]],
    signers: Sequence[str],
) -> bytes:
    """A .docx about one row: (heading, column) below each other, its lines as a table, and room to sign."""
    document = _begun(title)
    table = document.add_table(rows=0, cols=2, style="Table Grid")
    for heading, column in columns:
        cells = table.add_row().cells
        cells[0].text, cells[1].text = heading, f"{{{{ {column} }}}}"
        cells[0].paragraphs[0].runs[0].bold = True
    document.add_paragraph()
    _add_table(document, *lines)
    document.add_paragraph()
    signed = document.add_table(rows=2, cols=len(signers))
    for at, signer in enumerate(signers):
        signed.cell(0, at).text, signed.cell(1, at).text = signer, "\n\nİmza:"
    return _ended(document, "")


def _document(title: str, paragraphs: Sequence[str], name: str, columns: Sequence[tuple[str, str]]) -> bytes:
    document = _begun(title)
    for text in paragraphs:
        document.add_paragraph(text)
    _add_table(document, name, columns)
    return _ended(document, "Düzenleyen: {{ printed_by }}                    İmza:")


def _begun(title: str):
    from docx import Document

    document = Document()
    # Filled by whoever prints; the library's own are not ours.
    document.core_properties.author, document.core_properties.comments = "", ""
    document.core_properties.title = title
    document.add_paragraph("{{ institution }}")
    document.add_heading(title, 1)
    return document


def _add_table(document, name: str, columns: Sequence[tuple[str, str]]) -> None:
    """A row for each entry of the list of that name."""
    table = document.add_table(rows=4, cols=len(columns), style="Table Grid")
    table.cell(1, 0).text = f"{{%tr for each in {name} %}}"
    table.cell(3, 0).text = "{%tr endfor %}"
    for at, (heading, column) in enumerate(columns):
        table.cell(0, at).text = heading
        table.cell(0, at).paragraphs[0].runs[0].bold = True
        table.cell(2, at).text = f"{{{{ each.{column} }}}}"


def _ended(document, signature: str) -> bytes:
    document.add_paragraph()
    for text in filter(None, (signature, _CHECK, _OURS)):
        document.add_paragraph(text)
    document.sections[0].footer.paragraphs[0].text = _FOOT
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def _workbook() -> bytes:
    from openpyxl import Workbook
    from openpyxl.styles import Border, Font, Side

    columns = (("No", "no", 5), ("Envanter no", "inventory_no", 13), ("Taşınır kodu", "movable_code", 30),
               ("Ad", "title", 34), ("Seri no", "serial_no", 18), ("Yer", "location", 24), ("Durum", "status", 14),
               ("Edinme tarihi", "acquired_on", 14), ("Bedel (TL)", "cost", 13))  # fmt: skip
    book = Workbook()
    sheet = book.active
    sheet.title = "Dayanıklı taşınırlar"
    sheet.append(["{{ institution }}"])
    sheet.append(["{{ title }}: dayanıklı taşınırlar, {{ today }}"])
    sheet.append([])
    sheet.append([heading for heading, _column, _width in columns])
    sheet.append([f"{{{{ items.{column} }}}}" for _heading, column, _width in columns])
    for text in ("", "Düzenleyen: {{ printed_by }}", _CHECK, _OURS, _FOOT):
        sheet.append([text])
    line = Side(style="thin")
    for row in sheet.iter_rows(min_row=4, max_row=5):
        for cell in row:
            cell.border = Border(line, line, line, line)
    for at, (_heading, _column, width) in enumerate(columns):
        sheet.cell(4, at + 1).font = Font(bold=True)
        sheet.column_dimensions["ABCDEFGHI"[at]].width = width
    sheet["A2"].font = Font(bold=True, size=13)
    sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToHeight = "landscape", 9, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "4:4"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
