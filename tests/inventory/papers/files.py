"""Templates for tests, and how they are filled in this process."""

from __future__ import annotations

import base64
import io
import json
import zipfile

import openpyxl
from docx import Document

from inventory.papers import filling

NAMES = {"title": None, "plate": None, "today": None, "fields": ["label", "value"]}
VALUES = {"title": "41 ABC 001", "plate": "<41 & ABC>", "today": "1.1.2027",
          "fields": [{"label": "Marka", "value": "{{ today }}"}, {"label": "Ğüş", "value": "=1+1"}]}  # fmt: skip


def docx(*paragraphs: str, footer: str = "") -> bytes:
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    document.sections[0].footer.paragraphs[0].text = footer
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def xlsx(*rows: list[str]) -> bytes:
    book = openpyxl.Workbook()
    for each in rows:
        book.active.append(each)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def said(content: bytes) -> str:
    """All that stands in a filled file, line by line."""
    if "word/document.xml" in zipfile.ZipFile(io.BytesIO(content)).namelist():
        document = Document(io.BytesIO(content))
        cells = [cell.text for table in document.tables for line in table.rows for cell in line.cells]
        foot = [paragraph.text for paragraph in document.sections[0].footer.paragraphs]
        return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells, *foot])
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    return "\n".join(f"{cell.value}" for line in sheet.iter_rows() for cell in line if cell.value is not None)


def here_filled(content: bytes, suffix: str, given=VALUES, names=NAMES) -> dict:
    """As in the child, but in this process."""
    asked = {"template": base64.b64encode(content).decode(), "names": names, "values": given}
    (answer,) = filling.filled(io.BytesIO(json.dumps(asked).encode()), f"x.{suffix}", None, "")
    return answer


def finding(content: bytes, suffix: str = "docx") -> dict:
    return here_filled(content, suffix)["finding"]


def rezipped(content: bytes, **changes: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, changes.pop(name, old.read(name)))
        for name, data in changes.items():
            new.writestr(name, data)
    return target.getvalue()
