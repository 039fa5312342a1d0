from django.core.management.base import BaseCommand

from inventory import stock


class Command(BaseCommand):
    help = (
        "Counts anew how many items of which unit, kind and status there are, and their sums, from which the report, "
        "the home page and the lists' totals are told. Needed only after rows came into the database in another way "
        "than through the application."
    )

    def handle(self, **options):
        self.stdout.write(f"{stock.recount()} lines are kept.")
