"""The words of the child: Django is loaded when the first is said, since that takes longer than reading most files."""

from pathlib import Path

_PROJECT = Path(__file__).resolve().parents[2]
# Those of our settings; else Django's hundred would be gone through for a word in each of ours.
_LANGUAGES = [("tr", ""), ("en", "")]
# The language of a process that has not begun to speak.
_silent: list[str] = []


def keep_silent(language: str) -> None:
    """Until something is said; then in this language."""
    _silent.append(language)


def speak() -> None:
    """For modules that take Django's own `gettext`. Without our settings, of which a hostile file shall not learn."""
    if not _silent:
        return
    from django.apps import apps
    from django.conf import settings
    from django.utils import translation

    settings.configure(USE_I18N=True, LANGUAGE_CODE="tr", LANGUAGES=_LANGUAGES, LOCALE_PATHS=[_PROJECT / "locale"])
    apps.populate([])
    translation.activate(_silent.pop())


def gettext(text: str) -> str:
    speak()
    from django.utils.translation import gettext as said

    return said(text)
