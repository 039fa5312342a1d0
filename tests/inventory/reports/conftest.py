"""A city whose rows are few and known, for the tests of reports."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from inventory import registers
from inventory.organization.models import Grant, Unit
from tests.rows import kind, row, unit, user

PROPERTY, VEHICLES, NETWORK = (registers.get(slug) for slug in ("property", "vehicles", "network"))
SOFTWARE, USES = registers.get("software"), registers.get("software-uses")
URL = reverse("physical-resources")
TODAY = timezone.localdate()
VIEW = Grant.Level.VIEW


@pytest.fixture
def city() -> Unit:
    return unit("Belediye", kind=Unit.Kind.MUNICIPALITY)


@pytest.fixture
def parks(city) -> Unit:
    return unit("Park ve Bahçeler Dairesi Başkanlığı", city)


@pytest.fixture
def garden(parks) -> Unit:
    return unit("Fidanlık Şube Müdürlüğü", parks, kind=Unit.Kind.BRANCH)


@pytest.fixture
def police(city) -> Unit:
    return unit("Zabıta Dairesi Başkanlığı", city)


@pytest.fixture
def admin(city):
    return user("yonetici", city, is_superuser=True)


@pytest.fixture
def mixed(parks, garden, police):
    """Rows of every table, spread over three units."""
    plots, roads = kind(PROPERTY, "1.2", "Arsalar"), kind(PROPERTY, "1.10.1", "Yollar")
    for where, what, area in ((parks, plots, "0.10"), (garden, plots, "0.20"), (police, roads, "214.87")):
        row(PROPERTY, where, kind=what, area_m2=Decimal(area), our_area_m2=Decimal("0.05"))
    row(PROPERTY, police, kind=kind(PROPERTY, "1.9", "Göller"), area_m2=None, our_area_m2=None)
    bus, car = kind(VEHICLES, "01", "Otobüs"), kind(VEHICLES, "02", "Çekici")
    for where, what, ownership in ((parks, bus, "owned"), (garden, bus, "leased"), (police, car, "leased")):
        row(VEHICLES, where, kind=what, ownership=ownership)
    for name, code, where in (("İp", "1", parks), ("Ilık", "2", police), ("Çan", "3", parks), ("Zil", "4", garden)):
        row(NETWORK, where, kind=kind(NETWORK, code, name))
    row(registers.get("equipment"), garden)
    maps = row(SOFTWARE, police, name="Harita", audience="both", server=None)
    trees = row(SOFTWARE, parks, name="Ağaç Takip", audience="staff", server=None)
    mail = row(SOFTWARE, police, name="E-posta", audience="staff", server=None)
    for program, reach, where in (
        (maps, "unit", parks), (trees, "unit", parks), (trees, "unit", garden), (mail, "all_units", None),
        (maps, "mobile", None),
    ):  # fmt: skip
        row(USES, police, software=program, reach=reach, unit=where)
