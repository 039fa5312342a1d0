"""The log goes to the error output: for people, or one JSON object a line."""

from typing import Any


def to_error_output(form: str, level: str) -> dict[str, Any]:
    """Django's LOGGING; `form` is "text" or "json", `level` that of our own lines."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"number": {"()": "inventory.server.requests.WithNumber"}},
        "formatters": {
            "text": {"format": "%(asctime)s %(levelname)s %(name)s [%(request_number)s] %(message)s"},
            "json": {
                "()": "pythonjsonlogger.json.JsonFormatter",
                "fmt": "%(levelname)s %(name)s %(request_number)s %(message)s",
                "timestamp": "at",
                "json_ensure_ascii": False,
            },
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["number"], "formatter": form}},
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            "register": {"level": level},
            # Its own handler would report everything twice; a page that is not there is in our own line.
            "django": {"handlers": [], "propagate": True},
            "django.request": {"level": "ERROR"},
        },
    }
