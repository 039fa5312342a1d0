"""The application's version: it stands in pyproject.toml alone. `python -m config.version` prints it."""

import tomllib
from pathlib import Path

VERSION: str = tomllib.loads((Path(__file__).resolve().parent.parent / "pyproject.toml").read_text())["project"][
    "version"
]

if __name__ == "__main__":
    print(VERSION)
