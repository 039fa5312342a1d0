"""Templates without their indentation, which would be two fifths of a list's page: taken out once, as they are read."""

from __future__ import annotations

import re

from django.template import Origin
from django.template.loaders import filesystem

_INDENTED = re.compile(r"\s*\n\s*")


class Loader(filesystem.Loader):
    """HTML shows a run of blanks as one, and one newline stays of each. Where that does not hold, in `<pre>`,
    `<textarea>` and a `blocktranslate` that is not `trimmed`, a template of ours begins no line: a test looks."""

    def get_contents(self, origin: Origin) -> str:
        text = super().get_contents(origin)
        return _INDENTED.sub("\n", text) if str(origin.name).endswith(".html") else text
