"""The icons of the pages in one file, which browsers keep: `python -m config.icons` writes it anew."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_TAG = re.compile(r'{% icon "([a-z0-9-]+)" %}')
_LITERAL = re.compile(r'"([a-z0-9-]+)"')


def used() -> set[str]:
    """The icons that templates name, those of the registers, and those of the menu's other lines."""
    from inventory import registers
    from inventory.templatetags.icons import exists

    named = {name for file in (ROOT / "templates").rglob("*.html") for name in _TAG.findall(file.read_text())}
    menu = _LITERAL.findall((ROOT / "inventory/pages/context.py").read_text())
    return named | {register.icon for register in registers.every()} | {name for name in menu if exists(name)}


def sprite() -> str:
    from inventory.templatetags.icons import drawing

    symbols = [f'<symbol id="{name}" viewBox="0 0 24 24">{drawing(name)}</symbol>' for name in sorted(used())]
    return "\n".join(['<svg xmlns="http://www.w3.org/2000/svg">', *symbols, "</svg>", ""])


def main() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from inventory.templatetags.icons import FILE

    FILE.write_text(sprite())
    sys.stdout.write(f"{FILE.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
