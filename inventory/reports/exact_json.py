"""JSON whose decimal numbers are the very digits: Python's own writer would pass them through a float."""

import json
from decimal import Decimal


def exact_json(value: object) -> str:
    """One line of JSON for dicts with text keys, lists, Decimals and what `json` itself can write.

    >>> exact_json({"area": Decimal("10554471.87")})
    '{"area": 10554471.87}'
    """
    match value:
        case dict():
            pairs = (f"{json.dumps(key, ensure_ascii=False)}: {exact_json(part)}" for key, part in value.items())
            return f"{{{', '.join(pairs)}}}"
        case list():
            return f"[{', '.join(map(exact_json, value))}]"
        case Decimal():
            return format(value, "f")
        case _:
            return json.dumps(value, ensure_ascii=False)
