"""The paths of units, by which rights and sums go."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps

from inventory.organization.models import Unit
from tests.rows import unit

pytestmark = pytest.mark.django_db


def test_the_migration_mends_paths_of_old_places():
    top, other = unit("Fen İşleri Dairesi Başkanlığı"), unit("Zabıta Dairesi Başkanlığı")
    middle = unit("Yapım Şube Müdürlüğü", top)
    unit("Asfalt Şefliği", middle)
    right = dict(Unit.objects.values_list("pk", "path"))
    Unit.objects.filter(path__startswith=middle.path).exclude(pk=middle.pk).update(path=f"{other.path}000099.")
    assert dict(Unit.objects.values_list("pk", "path")) != right
    import_module("inventory.organization.migrations.0012_paths_of_units").mend(apps, None)
    assert dict(Unit.objects.values_list("pk", "path")) == right
