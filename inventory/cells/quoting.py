"""Text cells that no spreadsheet program takes for a formula, and that come back as they were."""

from __future__ import annotations

import re

# What a spreadsheet program would take for a formula.
_FORMULA = re.compile(r"^[=+\-@\t\r\n＝＋－＠]")


def safe_text(text: str) -> str:
    """A text that a CSV cell may hold: one that begins like a formula gets an apostrophe in front."""
    return f"'{text}" if _FORMULA.match(text) or text.startswith("'") else text


def plain_text(cell: str) -> str:
    """What `safe_text` made, as it was."""
    return cell[1:] if cell.startswith("'") and (_FORMULA.match(cell[1:]) or cell[1:].startswith("'")) else cell
