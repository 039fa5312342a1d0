from django.core.management.base import BaseCommand

from geo import counts


class Command(BaseCommand):
    help = (
        "Counts anew how many items lie in each cell of the map. Needed only after rows came into the database in "
        "another way than through the application."
    )

    def handle(self, **options):
        self.stdout.write(f"{counts.recount()} counts are kept.")
