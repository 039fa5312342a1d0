"""The words that a new installation knows; from then on the list is its users'."""

from pathlib import Path

from imports.words.models import Synonym
from inventory import registers, writes
from inventory.reference import AUTHOR, lines
from inventory.search import fold

DATA = Path(__file__).parent / "data" / "synonyms.csv"


def load() -> dict[str, int]:
    known = {(what, column, fold(text)) for what, column, text in Synonym.history.values_list("what", "column", "text")}
    new = [Synonym(**row) for row in lines(DATA) if (row["what"], row["column"], fold(row["text"])) not in known]
    if new:
        writes.create_many(registers.get("synonyms"), new, AUTHOR)
    return {"synonyms": len(new)}
