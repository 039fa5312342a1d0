"""What a printer would get: workbooks as LibreOffice prints them, and the pages of a PDF."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from pypdf import PdfReader

SOFFICE = shutil.which("soffice") or ""
# Where it should be installed, its lack is a failure.
IS_LEFT_OUT = not SOFFICE and os.environ.get("CI") != "true"
needs_libreoffice = pytest.mark.skipif(
    IS_LEFT_OUT, reason="LibreOffice is not installed here (Debian: libreoffice-calc-nogui and -writer-nogui)."
)


@dataclass
class Page:
    text: str
    is_landscape: bool


def pages(file: Path) -> list[Page]:
    """Two letters that are drawn as one are two again."""
    return [
        Page(
            page.extract_text().replace("ﬁ", "fi").replace("ﬂ", "fl"),
            page.mediabox.width > page.mediabox.height,
        )
        for page in PdfReader(file).pages
    ]


def printed(files: list[Path], place: Path) -> dict[str, list[Page]]:
    """The pages of each file by its name; one start of LibreOffice, which takes most of the time, for all of them."""
    assert SOFFICE, "LibreOffice is not installed (Debian: libreoffice-calc-nogui and -writer-nogui)."
    made = place / "printed"
    command = [SOFFICE, f"-env:UserInstallation={(place / 'profile').as_uri()}", "--headless", "--convert-to", "pdf"]
    said = subprocess.run(
        [*command, "--outdir", made, *files], capture_output=True, text=True, timeout=300, check=True
    )  # fmt: skip
    found = {}
    for file in files:
        # Two of the same name would take each other's place.
        pdf = made / f"{file.stem}.pdf"
        assert pdf.exists(), said
        found[file.name] = pages(pdf)
    return found
