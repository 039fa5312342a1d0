"""Two who edit one row: nobody's change is taken back without her having seen it."""

import pytest
from django.urls import reverse

from inventory import registers, writes
from inventory.columns import Type
from tests.pages import ASSETS, posted, sample, signed_in
from tests.rows import SYSTEM, row, unit, user

pytestmark = pytest.mark.django_db
VEHICLES = registers.get("vehicles")


@pytest.fixture
def here():
    return unit("Destek Hizmetleri Dairesi Başkanlığı")


@pytest.fixture
def clerk(here):
    return signed_in(user("ayse", here, (here, "", 2)))


def changed(register, pk: int, **values):
    theirs = register.model.objects.get(pk=pk)
    for name, value in values.items():
        setattr(theirs, name, value)
    return writes.save(register, theirs, SYSTEM)


def opened(client, register, pk: int) -> tuple[str, dict]:
    url = reverse("register-edit", args=[register, pk])
    return url, posted(client.get(url).context["form"])


@pytest.mark.parametrize("register", ASSETS)
def test_what_only_one_of_them_changed_is_kept_for_both(register, here, clerk):
    made = sample(register, here)
    url, data = opened(clerk, register, made.pk)
    changed(register, made.pk, basis_no="Onun belgesi", status="in_store", cost="12.50", acquired_on="2021-03-04")
    answer = clerk.post(url, data | {"notes": "Benim notum"}, follow=True)
    assert answer.redirect_chain and "dokunulmadı: " in answer.content.decode()
    after = register.model.objects.get(pk=made.pk)
    assert (after.notes, after.basis_no, after.status) == ("Benim notum", "Onun belgesi", "in_store")
    assert (str(after.cost), f"{after.acquired_on}") == ("12.50", "2021-03-04")


@pytest.mark.parametrize("register", ASSETS)
def test_only_what_both_changed_is_asked_and_theirs_stays_in_the_form(register, here, clerk):
    made = sample(register, here)
    url, data = opened(clerk, register, made.pk)
    changed(register, made.pk, notes="Onun notu", basis_no="Onun belgesi", basis_on="2021-03-04", location=None)
    answer = clerk.post(url, data | {"notes": "Benim notum"})
    assert [change.column.name for change in answer.context["conflict"].conflicts] == ["notes"]
    (change,) = answer.context["conflict"].conflicts
    assert (change.old, change.new) == ("Onun notu", "Benim notum")
    # Sent as the page now shows it: hers for the notes, the colleague's for the rest.
    again = posted(answer.context["form"])
    assert clerk.post(url, again).status_code == 302
    after = register.model.objects.get(pk=made.pk)
    assert (after.notes, after.basis_no, f"{after.basis_on}") == ("Benim notum", "Onun belgesi", "2021-03-04")
    assert after.location is None


def test_theirs_is_shown_in_the_form_whatever_the_type_of_the_column(here, clerk):
    """Every column of a vehicle that the colleague alone changed comes back as it is when the page is sent on."""
    made, other = row(VEHICLES, here), row(VEHICLES, here, is_official=True, under_law_237=False, use="shift")
    url, data = opened(clerk, VEHICLES, made.pk)
    names = [c.name for c in VEHICLES.all_columns() if c.editable and not {"unique"} & {c.name} and c.name not in KEYS]
    theirs = changed(VEHICLES, made.pk, **{name: getattr(other, name) for name in names} | {"notes": "Onun"})
    answer = clerk.post(url, data | {"notes": "Benim"})
    assert answer.context["conflict"]
    assert clerk.post(url, posted(answer.context["form"])).status_code == 302
    after = VEHICLES.model.objects.get(pk=made.pk)
    for column in VEHICLES.all_columns():
        if column.name != "notes":
            assert getattr(after, column.field.attname) == getattr(theirs, column.field.attname), column.name
    assert {VEHICLES.column(name).type for name in names} >= {Type.BOOLEAN, Type.DATE, Type.MONEY, Type.CHOICE}


KEYS = ("plate", "chassis_no", "fleet_no", "engine_no")


def test_both_typed_the_same(here, clerk):
    made = row(VEHICLES, here)
    url, data = opened(clerk, VEHICLES, made.pk)
    changed(VEHICLES, made.pk, colour="Beyaz")
    assert clerk.post(url, data | {"colour": "Beyaz"}).status_code == 302
    assert VEHICLES.model.objects.get(pk=made.pk).version == made.version + 1


def test_she_emptied_what_a_colleague_changed(here, clerk):
    made = row(VEHICLES, here, notes="Eski")
    url, data = opened(clerk, VEHICLES, made.pk)
    changed(VEHICLES, made.pk, notes="Onun notu")
    answer = clerk.post(url, data | {"notes": ""})
    assert [(c.old, c.new) for c in answer.context["conflict"].conflicts] == [("Onun notu", "")]


def test_a_row_without_a_history_is_compared_as_it_stands(here, clerk):
    from inventory.past import opened as past_opened

    made = row(VEHICLES, here, notes="Eski")
    url, data = opened(clerk, VEHICLES, made.pk)
    changed(VEHICLES, made.pk, notes="Onun notu")
    with past_opened():
        VEHICLES.model.history.all().delete()
    answer = clerk.post(url, data)
    assert [c.column.name for c in answer.context["conflict"].conflicts] == ["notes"]


def test_a_version_that_nobody_had_is_a_conflict_and_not_an_error(here, clerk):
    made = row(VEHICLES, here, notes="Eski")
    url, data = opened(clerk, VEHICLES, made.pk)
    for version in ("", "x", "999", "-1", "9" * 18):
        answer = clerk.post(url, data | {"notes": "Benim", "version": version})
        assert [c.column.name for c in answer.context["conflict"].conflicts] == ["notes"], version


def test_a_row_that_went_meanwhile(here, clerk):
    made = row(VEHICLES, here)
    url, data = opened(clerk, VEHICLES, made.pk)
    writes.delete(VEHICLES, made, SYSTEM)
    assert clerk.post(url, data).status_code == 404
