"""What a worker does; a task knows only the comparison's number and may run twice."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import get_language
from django_tasks import task

from imports.comparing import comparisons
from imports.comparing.models import Comparison
from imports.watching import Steps, smaller_file


def _begin(comparison: Comparison) -> None:
    compare.enqueue(comparison.pk, get_language())


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


STEPS = Steps(
    Comparison,
    _begin,
    comparisons.give_up,
    "compare",
    failed=Comparison.State.FAILED,
    waits=Comparison.State.UPLOADED,
    advice=smaller_file,
)
