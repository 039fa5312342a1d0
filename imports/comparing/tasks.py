"""What a worker does; a task knows only the comparison's number and may run twice."""

from __future__ import annotations

from django.utils import translation
from django_tasks import task

from imports.comparing import comparisons
from imports.comparing.models import Comparison


@task()
def compare(comparison_id: int, language: str) -> None:
    comparison = Comparison.objects.select_related("user").get(pk=comparison_id)
    with translation.override(language):
        try:
            comparisons.run(comparison)
        except Exception:
            comparisons.give_up(comparison)
            raise


@task()
def keep_report(comparison_id: int, language: str) -> None:
    comparison = Comparison.objects.select_related("user", "signed_by").get(pk=comparison_id)
    with translation.override(language):
        comparisons.keep_report(comparison)
