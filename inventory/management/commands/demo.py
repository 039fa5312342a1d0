from importlib import import_module

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.utils.module_loading import module_has_submodule
from django.utils.translation import gettext as _

from inventory import demo, registers
from inventory.demo_past import reach_back
from inventory.documents.demo import attach
from inventory.management.command import RegisterCommand, Unusable
from inventory.organization.demo import ACCOUNTS, PASSWORD
from inventory.organization.demo import remove as remove_accounts


class Command(RegisterCommand):
    help = _("Yayımlanan rakamlara tam uyan uydurma kayıtlar ekler ya da onları kaldırır.")

    def add_arguments(self, parser):
        parser.add_argument("--scale", type=int, default=1, metavar="N", help=_("yayımlanan rakamların kaç katı"))
        parser.add_argument("--remove", action="store_true", help=_("uydurma kayıtları kaldırır"))
        parser.add_argument("--if-empty", action="store_true", help=_("kütüklerde kayıt varsa hiçbir şey yapmaz"))

    def handle(self, *, scale, remove, if_empty, **options):
        if remove:
            self._remove()
        elif demo.is_there():
            self.stdout.write(_("Uydurma kayıtlar zaten var; `demo --remove` onları kaldırır."))
        elif if_empty and any(r.model._default_manager.exists() for r in registers.every("asset")):
            self.stdout.write(_("Kütüklerde kayıt var; hiçbir şey eklenmedi."))
        else:
            self._fill(scale)

    def _fill(self, scale: int) -> None:
        if scale < 1:
            raise Unusable(_("--scale için 1 ya da daha büyük bir tam sayı yazınız."))
        # The made-up items stand in the units, districts and kinds of these lists.
        call_command("load_reference", stdout=self.stdout)
        count = demo.fill([*_makers(), reach_back, attach], scale)
        self.stdout.write(_("%(count)d uydurma kayıt eklendi.") % {"count": count})
        if not settings.DEBUG:
            self.stdout.write(_("Hesap açılmadı: parolaları herkesçe bilinir, yalnızca DEBUG=1 iken açılır."))
            return
        for name, (_person, _unit, title, _grants) in ACCOUNTS.items():
            self.stdout.write(f"  {name:10} {PASSWORD}   {title}")

    def _remove(self) -> None:
        closed = remove_accounts()
        removed, kept = demo.remove()
        self.stdout.write(_("%(count)d uydurma kayıt kaldırıldı.") % {"count": removed})
        for title, count in kept.items():
            self.stdout.write(
                "  "
                + _("%(title)s: %(count)d kayıt kaldı, çünkü sonradan değiştirildi ya da başkaları onu anıyor.")
                % {"title": title, "count": count}
            )
        if closed:
            self.stdout.write(
                _("Kapatılan hesaplar: %(names)s. Silinmediler, çünkü yaptıkları duruyor.")
                % {"names": ", ".join(closed)}
            )


def _makers():
    """Organisation and places first, since the items name them; then the apps in their order."""
    chosen = [
        app
        for app in apps.get_app_configs()
        if module_has_submodule(app.module, "demo") and app.label not in ("inventory", "documents")
    ]
    first = ("organization", "geo", "network")
    chosen.sort(key=lambda app: first.index(app.label) if app.label in first else len(first))
    return [import_module(f"{app.name}.demo").make for app in chosen]
