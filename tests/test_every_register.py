"""What holds for every register: its pages, its access, its history. A new register is in it by existing."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from inventory import former, registers, writes
from inventory.columns import Column, Type
from inventory.computed.columns import check, shown
from inventory.listing.address import Listing
from inventory.organization.models import Unit, User
from inventory.past import opened
from inventory.registers import Register
from inventory.search import fold
from tests.pages import ASSETS, EVERY, TYPED, posted, sample, signed_in
from tests.rows import SYSTEM, kind, unit, user

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Unit:
    return unit("Park ve Bahçeler Dairesi Başkanlığı")


@pytest.fixture
def admin(here) -> User:
    return user("yonetici", here, is_superuser=True)


@pytest.mark.parametrize("register", EVERY)
def test_list_detail_and_history_show_the_row(register, here, admin):
    made = sample(register, here)
    client = signed_in(admin)
    first = register.column(register.listed[0])
    listed = client.get(reverse("register-list", args=[register]))
    assert first.text(made) in listed.content.decode()
    shown = client.get(reverse("register-detail", args=[register, made.pk]))
    for column in register.all_columns():
        assert column.label in shown.content.decode()
    past = client.get(reverse("register-history", args=[register, made.pk]))
    assert "Eklendi" in past.content.decode()


@pytest.mark.parametrize("register", EVERY)
def test_a_row_that_came_by_another_way_has_a_page_too(register, here, admin):
    made = sample(register, here)
    with opened():
        register.model.history.filter(id=made.pk).delete()
    for name in ("register-detail", "register-history"):
        assert signed_in(admin).get(reverse(name, args=[register, made.pk])).status_code == 200


@pytest.mark.parametrize("register", EVERY)
def test_the_form_saved_as_shown_changes_nothing(register, here, admin):
    made = sample(register, here)
    client, url = signed_in(admin), reverse("register-edit", args=[register, made.pk])
    form = client.get(url).context["form"]
    answer = client.post(url, posted(form))
    assert answer.status_code == 302, answer.context["form"].errors
    assert register.model.objects.get(pk=made.pk).version == made.version
    assert register.model.history.filter(id=made.pk).count() == 1


@pytest.mark.parametrize("register", TYPED)
def test_the_new_form_makes_a_row_equal_to_its_model(register, here, admin):
    made = sample(register, here)
    client = signed_in(admin)
    data = posted(client.get(reverse("register-edit", args=[register, made.pk])).context["form"])
    data |= {column.name: getattr(made, column.name) for column in register.personal}
    history = register.model.history.model
    writes.delete(register, made, SYSTEM)
    answer = client.post(reverse("register-new", args=[register]), data)
    assert answer.status_code == 302, (answer.context["form"].errors, answer.context["form"].doubts)
    again = register.model.objects.latest("pk")
    for column in register.all_columns():
        if column.editable:
            assert column.value(again) == column.value(made), column.name
    assert history.objects.get(id=again.pk).history_user == admin


@pytest.mark.parametrize("register", EVERY)
def test_a_row_made_of_values_is_the_row_that_django_makes(register, here, admin):
    made = sample(register, here)
    values = {column.name: getattr(made, column.name) for column in register.all_columns() if column.editable}
    ours, djangos = register.model.of(values), register.model(**values)
    stored = [field.attname for field in register.model._meta.concrete_fields]
    assert [getattr(ours, name) for name in stored] == [getattr(djangos, name) for name in stored]
    assert ours._state.adding
    assert ours._state.fields_cache == {k: v for k, v in djangos._state.fields_cache.items() if v is not None}


@pytest.mark.parametrize("register", EVERY)
def test_an_empty_form_names_every_required_column(register, here, admin):
    answer = signed_in(admin).post(reverse("register-new", args=[register]), {"version": 1})
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not register.model.objects.filter(pk=getattr(answer.context["form"].instance, "pk", None) or 0).exists()


@pytest.mark.parametrize("register", EVERY)
def test_sorting_and_filtering_by_every_column_works(register, here, admin):
    made = sample(register, here)

    def found(**query) -> set[int]:
        listing = Listing(register, admin, query)
        assert listing.errors == {}, query
        assert {row.id for row in listing.rows} == set(listing.matching.values_list("id", flat=True))
        return {row.id for row in listing.rows}

    (made,) = Listing(register, admin, {"columns": "all", "q": "", "size": "250"}).rows.filter(pk=made.pk)
    for column in shown(register):
        # Beside the listed columns, and alone.
        assert made.pk in found(sort=column.name), column.name
        assert made.pk in found(sort=f"-{column.name}", columns=column.name), column.name
        assert made.pk in found(**fitting(column, made), columns=column.name), column.name


def fitting(column: Column, made) -> dict[str, str]:
    """A filter on the column, as the page sends it, that the row fits."""
    value = getattr(made, column.field.attname)
    if value in (None, ""):
        return {f"{column.name}_blank": "yes"}
    if column.type.is_dated:
        text = f"{value:%d.%m.%Y}"
    elif column.type.is_number:
        text = str(value).replace(".", ",")
    else:
        return {column.name: str(value).lower() if column.type == Type.BOOLEAN else str(value)}
    return {f"{column.name}_from": text, f"{column.name}_to": text}


@pytest.mark.parametrize("register", EVERY)
def test_a_filter_that_is_not_understood_shows_no_rows_as_if_they_fitted(register, here, admin):
    sample(register, here)
    answer = signed_in(admin).get(reverse("register-list", args=[register]), {"as_of": "yarın"})
    assert answer.context["page"].lines == []
    assert "anlaşılamadı" in answer.content.decode()


@pytest.mark.parametrize("register", EVERY)
def test_list_and_totals_cost_the_same_queries_for_few_and_many_rows(register, here, admin):
    client = signed_in(admin)

    def queries(url):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    urls = [reverse(name, args=[register]) for name in ("register-list", "register-totals")]
    sample(register, here)
    few = [queries(url) for url in urls]
    for _ in range(4):
        sample(register, here)
    assert [queries(url) for url in urls] == few


@pytest.mark.parametrize("register", EVERY)
def test_a_day_to_come_is_refused_and_a_page_too_far_says_so(register, here, admin):
    client, url = signed_in(admin), reverse("register-list", args=[register])
    assert "henüz gelmedi" in client.get(url, {"as_of": "01.01.2199"}).content.decode()
    assert "İlk sayfaya dön" in client.get(url, {"page": "9999"}).content.decode()


@pytest.mark.parametrize("register", ASSETS)
def test_an_item_is_retired_with_a_reason_and_comes_back(register, here, admin):
    made = sample(register, here)
    client, url = signed_in(admin), reverse("register-retire", args=[register, made.pk])
    assert client.post(url, {"status": "disposed", "status_on": "01.02.2026"}).status_code == 200
    client.post(url, {"status": "disposed", "status_on": "01.02.2026", "status_reason": "hurda"})
    made.refresh_from_db()
    assert (made.status, made.status_reason) == ("disposed", "hurda")
    client.post(url, {"status": "in_use", "status_on": "02.02.2026", "status_reason": "yanlışlık"})
    made.refresh_from_db()
    assert made.status == "in_use"


@pytest.mark.parametrize("register", ASSETS)
def test_an_items_page_offers_every_other_status_and_asks_why_only_what_leaves_or_returns(register, here, admin):
    made = sample(register, here)
    client, url = signed_in(admin), reverse("register-retire", args=[register, made.pk])
    page = client.get(url)
    offered = [value for value, _label in page.context["form"].fields["status"].choices]
    assert offered == ["", "in_store", "under_repair", "lent_out", "retired", "disposed"]
    assert page.content.decode().count("Durumunu değiştir") >= 2
    client.post(url, {"status": "under_repair", "status_on": "01.02.2026"})
    made.refresh_from_db()
    assert (made.status, str(made.status_on), made.status_reason) == ("under_repair", "2026-02-01", "")
    # Nothing is chosen for the user, and what stands is no change.
    for status in ("", "under_repair"):
        assert client.post(url, {"status": status, "status_on": "01.02.2026"}).status_code == 200
    assert client.post(url, {"status": "retired", "status_on": "03.02.2026"}).status_code == 200
    client.post(url, {"status": "retired", "status_on": "03.02.2026", "status_reason": "hurda"})
    # Neither does it return without a reason.
    assert client.post(url, {"status": "in_use", "status_on": "04.02.2026"}).status_code == 200
    made.refresh_from_db()
    assert (made.status, made.status_reason) == ("retired", "hurda")


@pytest.mark.parametrize("register", ASSETS)
def test_bulk_edit_shows_the_number_before_it_writes(register, here, admin):
    rows = [sample(register, here) for _ in range(3)]
    client, url = signed_in(admin), reverse("register-bulk", args=[register])
    data = {"selected": [r.pk for r in rows[:2]], "change_notes": "on", "notes": "Sayıldı", "reason": "sayım"}
    first = client.post(url, {"selected": data["selected"]})
    assert first.context["editable"] == 2
    preview = client.post(url, data | {"step": "preview"})
    assert (preview.context["step"], preview.context["editable"]) == ("confirm", 2)
    assert not register.model.objects.filter(notes="Sayıldı").exists()
    client.post(url, data | {"step": "write", "count": 2})
    assert register.model.objects.filter(notes="Sayıldı").count() == 2
    client.post(
        url,
        {"all": "1", "query": "", "step": "write", "count": 3} | {k: data[k] for k in data if k != "selected"},
    )
    assert register.model.objects.filter(notes="Sayıldı").count() == 3


@pytest.mark.parametrize("register", ASSETS)
def test_a_second_editor_sees_both_values_side_by_side(register, here, admin):
    made = sample(register, here)
    client, url = signed_in(admin), reverse("register-edit", args=[register, made.pk])
    data = posted(client.get(url).context["form"])
    theirs = register.model.objects.get(pk=made.pk)
    theirs.notes = "Onun notu"
    writes.save(register, theirs, SYSTEM)
    answer = client.post(url, data | {"notes": "Benim notum"})
    page = answer.content.decode()
    assert answer.status_code == 200 and "Onun notu" in page and "Benim notum" in page
    assert register.model.objects.get(pk=made.pk).notes == "Onun notu"
    again = client.post(url, data | {"notes": "Benim notum", "version": answer.context["form"].data["version"]})
    assert again.status_code == 302
    assert register.model.objects.get(pk=made.pk).notes == "Benim notum"


@pytest.mark.parametrize("language", ["tr", "en"])
@pytest.mark.parametrize("register", EVERY)
def test_every_column_has_a_heading_of_its_own(register, language):
    with translation.override(language):
        labels = [fold(column.label) for column in shown(register)]
    assert len(set(labels)) == len(labels), sorted(label for label in labels if labels.count(label) > 1)


def test_an_unknown_register_is_a_404(admin):
    assert signed_in(admin).get("/no-such-register/").status_code == 404


def test_a_misspelt_column_stops_the_start_and_says_its_name():
    vehicles = registers.get("vehicles")
    with pytest.raises(Exception, match="plaet"):
        Register(
            slug="x",
            model=vehicles.model,
            columns=("plate", "plaet"),
            listed=("plate",),
            identity=(("plate",),),
            order="plate",
        )
    with pytest.raises(Exception, match="maek"):
        check(
            Register(
                slug="x",
                model=vehicles.model,
                columns=("plate",),
                listed=("maek",),
                identity=(("plate",),),
                order="plate",
            )
        )


def test_the_list_of_registers_is_that_of_the_installed_apps(settings):
    room = "inventory.assets."
    assets = [r.model._meta.app_config.name for r in registers.every("asset")]
    assert assets == [a for a in settings.INSTALLED_APPS if a.startswith(room)]


def test_kinds_of_another_register_are_not_offered(here, admin):
    own, other = kind(registers.get("vehicles")), kind(registers.get("network"))
    url = reverse("register-options", args=["vehicles", "kind"])
    values = {option["value"] for option in signed_in(admin).get(url).json()["options"]}
    assert str(own.pk) in values and str(other.pk) not in values


@pytest.mark.parametrize("register", EVERY)
def test_the_last_changes_name_the_row_by_its_history(register, here):
    """An entry has the columns of its model, and nothing else of it."""
    made = sample(register, here)
    entry = register.model.history.filter(id=made.pk).first()
    former.name_rows(register.model, [entry], former.naming(register.model), former.EVER)
    assert register.model.__str__(entry) == str(made)
