from django.utils.translation import gettext as _

from inventory import registers
from inventory.management.command import RegisterCommand
from inventory.sameness import doubles, twins


class Command(RegisterCommand):
    help = _(
        "Yazılışlar aynı sayılmaya başlamadan önce iki kez kaydedilmiş satırları (geçişlerin işaretledikleri) sıralar "
        "ve artık tek olanların işaretini kaldırır."
    )

    def handle(self, *args, **options):
        left = 0
        for register in registers.every():
            doubles.settle(register)
            for row, twin, rule in doubles.doubled(register):
                left += 1
                values: dict[str, object] = {
                    "register": register.title,
                    "row": twins.name(row),
                    "twin": twins.name(twin),
                }
                values |= {"id": row.pk, "rule": rule.sentence}
                self.stdout.write(_("%(register)s: %(row)s (kayıt no %(id)d) ve %(twin)s. %(rule)s") % values)
        if not left:
            self.stdout.write(_("İki kez kayıtlı bir şey yok."))
            return
        self.stdout.write(
            _("Birini düzeltiniz, hizmet dışı bırakınız ya da siliniz; her şey eskisi gibi durur, yenisi eklenemez.")
        )
