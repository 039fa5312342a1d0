from django.core.management.base import BaseCommand
from django.utils import timezone

from imports.exporting import jobs


class Command(BaseCommand):
    help = "Removes the files that were made in the background and are past their time; for a daily timer."

    def handle(self, **options):
        self.stdout.write(f"{jobs.clear(timezone.now())} removed")
