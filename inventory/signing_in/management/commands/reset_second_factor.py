"""For the machine's administrator, when nobody is left who can log in and do it on a page."""

from django.core.management.base import BaseCommand, CommandError

from inventory.organization.models import User
from inventory.signing_in import second_factor
from inventory.trail.keeping import record
from inventory.trail.models import Event


class Command(BaseCommand):
    help = "Takes the second factor and the recovery codes of an account, so that its password alone logs in."

    def add_arguments(self, parser):
        parser.add_argument("username")

    def handle(self, *args, username: str, **options):
        account = User.objects.filter(username=username).first()
        if account is None:
            raise CommandError(f"There is no account {username!r}.")
        if not second_factor.reset(account):
            raise CommandError(f"The account {username!r} has no second factor.")
        record(Event.Kind.FACTOR_RESET, text=username, row_id=account.pk)
        self.stdout.write(f"{username} logs in with the password alone until a second factor is set up again.")
