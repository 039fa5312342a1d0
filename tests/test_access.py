"""Who may open what: every URL of the project, found in the URL configuration, for every kind of user."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, resolve, reverse

from inventory import access, registers
from inventory.columns import Type
from inventory.organization.models import Unit, User
from inventory.registers import Register
from tests.pages import EVERY, SCOPED, once_drawn_404, sample, signed_in
from tests.rows import unit, user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quick_404():
    with once_drawn_404():
        yield


@pytest.fixture
def here() -> Unit:
    return unit("Park ve Bahçeler Dairesi Başkanlığı")


@pytest.fixture
def there() -> Unit:
    return unit("Zabıta Dairesi Başkanlığı")


@pytest.fixture
def admin(here) -> User:
    return user("yonetici", here, is_superuser=True)


READ = ("register-detail", "register-history", "register-card")
ROW_PAGES = ("register-detail", "register-history", "register-edit", "register-retire", "register-delete")


def row_urls(register: Register, pk: int, entry: int) -> dict[str, str]:
    """Every URL of the project that names one row of a register, found in the URL configuration itself."""
    found = {}
    for pattern in get_resolver().reverse_dict:
        if isinstance(pattern, str) and pattern.startswith("register-"):
            for args in ([register, pk], [register, pk, entry]):
                try:
                    found[pattern] = reverse(pattern, args=args)
                except NoReverseMatch:
                    continue
    assert set(ROW_PAGES) <= set(found)
    return found


def statuses(account: User | None, urls: dict[str, str]) -> dict[tuple[str, str], int]:
    client, found = signed_in(account), {}
    for name, url in urls.items():
        for method in ("get", "post"):
            # Each request is undone, so that one person's deletion is not the next one's 404.
            with transaction.atomic():
                found[name, method] = getattr(client, method)(url).status_code
                transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("register", SCOPED)
def test_who_sees_and_changes_a_row(register, here, there):
    """No login, a stranger's viewer, own viewer, editor, register steward, auditor, administrator."""
    made = sample(register, here)
    slug = register.granted_as
    entry = register.model.history.filter(id=made.pk).latest("history_id").history_id
    urls = row_urls(register, made.pk, entry)
    level = {"view": 1, "change": 2, "manage": 3}
    people = {
        "nobody": None,
        "no grant": user("yetkisiz", here),
        "stranger": user("yabanci", there, (there, "", level["manage"])),
        "viewer": user("goren", here, (here, slug, level["view"])),
        "editor": user("duzenleyen", here, (here, slug, level["change"])),
        "steward": user("sorumlu", there, (None, slug, level["manage"])),
        "auditor": user("denetci", there, (None, "", level["view"])),
        "admin": user("yonetici", there, is_superuser=True),
    }
    seen = {who: statuses(account, urls) for who, account in people.items()}

    assert set(seen["nobody"].values()) == {302}
    for who in ("no grant", "stranger"):
        assert set(seen[who].values()) <= {404, 405}, who
    for who in ("viewer", "auditor"):
        assert {seen[who][name, "get"] for name in READ} == {200}
        assert {c for (n, m), c in seen[who].items() if n not in READ} <= {404, 405}
    changes = seen["editor"]["register-edit", "get"]
    assert changes == (404 if register.stewards_only else 200)
    assert seen["editor"]["register-delete", "get"] == 404
    for who in ("steward", "admin"):
        assert seen[who]["register-edit", "get"] == 200, who
        assert seen[who]["register-delete", "get"] == 200, who
    for account in people.values():
        if account:
            ids = set(access.visible_to(register, account).values_list("pk", flat=True))
            assert (made.pk in ids) == (
                seen[next(w for w, a in people.items() if a == account)]["register-detail", "get"] == 200
            )


@pytest.mark.parametrize("register", SCOPED)
def test_another_directorates_rows_are_in_no_list_count_search_or_choice(register, here, there):
    hidden, own = sample(register, here), sample(register, there)
    account = user("yabanci", there, (there, "", 3))
    client = signed_in(account)
    answer = client.get(reverse("register-list", args=[register]))
    ids = [line.id for line in answer.context["page"].lines]
    assert hidden.pk not in ids and own.pk in ids
    assert client.get(reverse("register-totals", args=[register])).context["count"] == len(ids)
    for other in registers.every():
        for column in other.all_columns():
            if column.type == Type.REFERENCE and column.related_model is register.model:
                url = reverse("register-options", args=[other, column.name])
                values = {option["value"] for option in client.get(url).json()["options"]}
                assert str(hidden.pk) not in values and str(own.pk) in values
    found = client.get(reverse("search"), {"q": str(hidden)})
    if found.status_code == 200:
        shown = [one["pk"] for hit in found.context["results"] if hit["register"] is register for one in hit["rows"]]
        assert hidden.pk not in shown
    post = {
        "selected": [hidden.pk],
        "step": "write",
        "count": 1,
        "change_notes": "on",
        "notes": "x",
        "reason": "x",
    }
    assert client.post(reverse("register-bulk", args=[register]), post).context["editable"] == 0


def urls_with(*args) -> dict[str, str]:
    """Every named URL of the project that takes just these arguments, found in the URL configuration itself."""
    found = {}
    for name in get_resolver().reverse_dict:
        if isinstance(name, str):
            try:
                url = reverse(name, args=args)
            except NoReverseMatch:
                continue
            # What else takes a word takes a register's for its own, such as a card of the first page.
            if not any(isinstance(each, Register) for each in args) or "register" in resolve(url).kwargs:
                found[name] = url
    return found


@pytest.mark.parametrize("register", EVERY)
def test_without_a_grant_a_register_has_no_page(register, here):
    urls = urls_with(register)
    assert {"register-list", "register-totals", "register-new", "register-export", "register-import"} <= set(urls)
    seen = statuses(user("yetkisiz", here), urls)
    assert {key: code for key, code in seen.items() if code not in (404, 405)} == {}


# What somebody who is not logged in may reach.
OPEN = {"login", "logout", "password_choose", "set_language", "live", "ready", "metrics", "oidc-login", "oidc-callback"}


def test_without_a_login_every_page_leads_to_it(here, admin):
    urls = urls_with() | urls_with(1) | urls_with(registers.get("vehicles")) | urls_with(registers.get("vehicles"), 1)
    assert len(urls) > 30
    anonymous = Client()
    for name, url in urls.items():
        for method in ("get", "post"):
            answer = getattr(anonymous, method)(url)
            if name.startswith("features"):
                # For programs, which cannot log in on a page.
                assert answer.status_code == 401 and answer["WWW-Authenticate"].startswith("Basic"), (name, method)
            elif name == "api" or (name.startswith("api-") and name != "api-docs"):
                assert answer.status_code == 401 and answer["WWW-Authenticate"].startswith("Bearer"), (name, method)
            elif name not in OPEN:
                assert answer.status_code == 302 and answer.url.startswith(reverse("login")), (name, method)


def test_the_pages_of_accounts_are_the_administrators(here):
    steward = signed_in(user("sorumlu", here, (None, "vehicles", 3)))
    urls = {name: url for name, url in (urls_with() | urls_with(1)).items() if name.startswith(("user", "group"))}
    assert len(urls) >= 8
    for name, url in urls.items():
        assert {steward.get(url).status_code, steward.post(url).status_code} <= {404, 405}, name
