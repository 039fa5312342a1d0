"""For the machine's administrator, when nobody is left who can log in and do it on a page."""

from django.utils.translation import gettext as _

from inventory.accounts.signing_in import second_factor
from inventory.management.command import RegisterCommand, Unusable
from inventory.organization.models import User
from inventory.trail.keeping import record
from inventory.trail.models import Event


class Command(RegisterCommand):
    help = _("Bir hesabın ikinci adımını ve kurtarma kodlarını kaldırır; parolası tek başına yeter.")

    def add_arguments(self, parser):
        parser.add_argument("username", metavar="USERNAME", help=_("hesabın kullanıcı adı"))

    def handle(self, *args, username: str, **options):
        account = User.objects.filter(username=username).first()
        if account is None:
            raise Unusable(_("“%(name)s” adında bir hesap yok.") % {"name": username})
        if not second_factor.reset(account):
            raise Unusable(_("“%(name)s” hesabının ikinci adımı yok.") % {"name": username})
        record(Event.Kind.FACTOR_RESET, text=username, row_id=account.pk)
        self.stdout.write(
            _("%(name)s, ikinci adım yeniden kurulana kadar yalnızca parolayla girer.") % {"name": username}
        )
