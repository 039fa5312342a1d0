from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WordsConfig(AppConfig):
    name = "imports.words"
    verbose_name = _("eş anlamlılar")
