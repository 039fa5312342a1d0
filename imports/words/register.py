from imports.words.models import Synonym
from inventory.registers import Register, register

register(
    Register(
        slug="synonyms",
        model=Synonym,
        group="list",
        icon="language",
        columns=("what", "column", "text", "means", "origin"),
        listed=("what", "column", "text", "means", "origin"),
        filters=("what", "column"),
        identity=(("what", "column", "text"),),
        order="text",
        scope=None,
        public=True,
    )
)
