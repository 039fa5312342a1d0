"""One's own rules on pages: the secret once, what was sent, and nothing of anybody else's."""

from __future__ import annotations

import re

import pytest
from django.core import serializers
from django.urls import reverse
from django.utils import timezone

from inventory.accounts.signing_in import sealing
from inventory.backups.databases import EMPTIED
from inventory.models import SavedView
from inventory.organization.models import Grant
from inventory.server.limits import COUNTED
from inventory.trail.models import Event
from inventory.webhooks.models import Delivery, Rule, State
from inventory.webhooks.sending import take_turn
from tests.inventory.webhooks.conftest import VEHICLES, later, rule_of, said
from tests.pages import posted, signed_in
from tests.rows import row, user

pytestmark = pytest.mark.django_db
NEW, LIST = "/account/webhooks/new/", "/account/webhooks/"


@pytest.fixture
def client(clerk):
    return signed_in(clerk)


def typed(url: str, /, **values) -> dict[str, str]:
    given = {"name": "Garaj", "url": url, "what": "vehicles", "active": "on"}
    return given | dict.fromkeys(("on_created", "on_changed", "on_deleted", "on_state"), "on") | values


def test_who_only_reads_sets_up_a_rule_and_sees_its_secret_once(client, receiver, here):
    assert "Kural yok" in client.get(LIST).content.decode()
    # Nothing is chosen for her.
    assert client.get(NEW).context["form"].fields["what"].choices[0] == ("", "—")
    answer = client.post(NEW, typed(receiver.url))
    assert answer.status_code == 201 and answer["Cache-Control"].startswith("max-age=0")
    (secret,) = set(re.findall(r"whsec_[A-Za-z0-9+/]{43}=", answer.content.decode()))
    rule = Rule.objects.get()
    for url in (LIST, f"{LIST}{rule.pk}/", f"{LIST}{rule.pk}/edit/", f"{LIST}{rule.pk}/key/"):
        page = client.get(url)
        assert page.status_code == 200 and "whsec" not in page.content.decode()
    # Nor does a copy of the database have it, nor the trail.
    kept = serializers.serialize("json", [rule, *Event.objects.all()])
    assert secret not in kept and secret.removeprefix("whsec_") not in kept
    assert sealing.opened(rule.seal) == secret
    row(VEHICLES, here)
    take_turn(rule.pk)
    assert receiver.got[0].is_signed_by(secret)
    renewed = client.post(f"{LIST}{rule.pk}/key/")
    (other,) = set(re.findall(r"whsec_[A-Za-z0-9+/]{43}=", renewed.content.decode()))
    assert other != secret and sealing.opened(Rule.objects.get().seal) == other


def test_a_rule_takes_filter_and_columns_of_a_view_as_they_are_then(client, clerk, receiver, here):
    view = SavedView.objects.create(
        register="vehicles", owner=clerk, name="Fordlar", query="make=ford&columns=plate,make&page=2&sort=-plate"
    )
    client.post(NEW, typed(receiver.url, what=f"vehicles:{view.pk}"))
    SavedView.objects.update(query="")
    view.delete()
    rule = Rule.objects.get()
    row(VEHICLES, here, make="Fiat")
    row(VEHICLES, here, make="Ford")
    (reported,) = said(rule)
    assert set(reported["data"]["after"]) == {"plate", "make"}
    page = client.get(f"{LIST}{rule.pk}/").content.decode()
    assert "Marka: ford" in page and "Plaka" in page
    # What is saved as it was shown stays.
    form = client.get(f"{LIST}{rule.pk}/edit/").context["form"]
    assert client.post(f"{LIST}{rule.pk}/edit/", posted(form) | {"name": "Yeni ad"}).status_code == 302
    assert (Rule.objects.get().query, Rule.objects.get().name) == (rule.query, "Yeni ad")
    client.post(f"{LIST}{rule.pk}/edit/", typed(receiver.url, what="vehicles"))
    assert Rule.objects.get().query == ""


@pytest.mark.parametrize(("wrong", "field"), [
    ({"url": "http://example.org/"}, "url"), ({"url": "https://10.0.0.1/"}, "url"),
    ({"url": "https://a:b@c.org/"}, "url"),
    ({"what": "network"}, "what"), ({"what": "vehicles:999"}, "what"), ({"what": ""}, "what"), ({"name": ""}, "name"),
    (dict.fromkeys(("on_created", "on_changed", "on_deleted", "on_state"), ""), "on_created"),
])  # fmt: skip
def test_what_cannot_be_is_refused_beside_its_field(client, wrong, field):
    answer = client.post(NEW, typed("https://example.org/", **wrong))
    assert answer.status_code == 200 and list(answer.context["form"].errors) == [field]
    assert not Rule.objects.exists()


def test_anothers_view_that_is_not_shared_is_not_taken(client, here, receiver):
    other = user("baska", here, (here, "vehicles", 1))
    view = SavedView.objects.create(register="vehicles", owner=other, name="Onun", query="make=x")
    assert client.post(NEW, typed(receiver.url, what=f"vehicles:{view.pk}")).context["form"].errors.keys() == {"what"}
    SavedView.objects.update(shared=True)
    assert client.post(NEW, typed(receiver.url, what=f"vehicles:{view.pk}")).status_code == 201


def pages(rule: Rule, delivery: Delivery) -> list[tuple[str, str]]:
    own = [("get", ""), ("get", "edit/"), ("post", "edit/"), ("get", "key/"), ("post", "key/"), ("get", "delete/")]
    own += [("post", "test/"), ("post", "resend/"), ("post", "delete/")]
    return [
        ("get", f"{LIST}deliveries/{delivery.pk}/"), ("post", f"{LIST}deliveries/{delivery.pk}/resend/"),
        *((method, f"{LIST}{rule.pk}/{page}") for method, page in own),
    ]  # fmt: skip


def test_for_everybody_else_there_is_no_such_rule_and_an_administrator_sees_and_deletes(rule, here):
    row(VEHICLES, here)
    delivery = Delivery.objects.get()
    colleague = signed_in(user("komsu", here, (here, "", 3)))
    for method, url in pages(rule, delivery):
        assert getattr(colleague, method)(url).status_code == 404, (method, url)
    assert "Muhasebe" not in colleague.get(LIST).content.decode()
    boss = signed_in(user("yonetici", here, is_superuser=True))
    assert "Muhasebe" in boss.get(LIST).content.decode()
    seal = Rule.objects.get().seal
    may = {url for method, url in pages(rule, delivery) if getattr(boss, method)(url).status_code != 404}
    assert may == {f"{LIST}{rule.pk}/", f"{LIST}{rule.pk}/delete/", f"{LIST}deliveries/{delivery.pk}/"}
    assert not Rule.objects.exists() and not Delivery.objects.exists() and seal


def test_nobody_who_is_not_logged_in(rule, client):
    client.logout()
    assert client.get(f"{LIST}{rule.pk}/").status_code == 302


def test_an_account_has_so_many_rules_and_no_more(client, clerk, receiver, settings, here):
    settings.WEBHOOK_MAX_RULES = 2
    rule_of(user("baska", here, (here, "vehicles", 1)))
    for _ in range(2):
        assert client.post(NEW, typed(receiver.url)).status_code == 201
    page = client.post(NEW, typed(receiver.url))
    assert page.status_code == 200 and "En çok 2 kuralınız olabilir" in page.content.decode()
    own = Rule.objects.filter(owner=clerk)
    assert own.count() == 2
    # Those that there are can still be changed.
    assert client.post(f"{LIST}{own[0].pk}/edit/", typed(receiver.url, what="=", name="Ad")).status_code == 302


def test_what_an_owner_may_no_longer_see_she_reads_in_no_message(client, clerk, rule, here):
    row(VEHICLES, here, make="Gizli")
    url = f"{LIST}deliveries/{Delivery.objects.get().pk}/"
    assert "Gizli" in client.get(url).content.decode()
    held = list(clerk.person.grants.all())
    clerk.person.grants.all().delete()
    page = client.get(url).content.decode()
    assert "Gizli" not in page and "yetkileri bu olaydan sonra azaldı" in page
    Grant.objects.bulk_create(held)
    assert "Gizli" in client.get(url).content.decode()


def test_trials_and_messages_sent_again_are_limited(client, rule):
    limited = {name for _method, name in COUNTED["export"]}
    assert {"webhook-test", "webhook-resend", "webhook-resend-one"} <= limited


def test_a_trial_goes_out_and_its_page_shows_the_answer(client, rule, receiver):
    receiver.answers = lambda message: (418, b"<b>caydanlik</b>")
    answer = client.post(f"{LIST}{rule.pk}/test/")
    take_turn(rule.pk)
    page = client.get(answer.url).content.decode()
    assert "418" in page and "&lt;b&gt;caydanlik" in page and "yeniden denenecek" in page
    assert receiver.said[0]["type"] == "test" and receiver.said[0]["data"] == {"rule": "Muhasebe"}
    Rule.objects.update(active=False)
    assert client.post(f"{LIST}{rule.pk}/test/").url == f"{LIST}{rule.pk}/"
    assert Delivery.objects.count() == 1


def test_what_failed_is_sent_again_one_or_all_in_order_under_its_own_id(client, rule, receiver, here):
    for make in ("A", "B", "C"):
        row(VEHICLES, here, make=make)
    Delivery.objects.update(state=State.FAILED, tries=8)
    first = Delivery.objects.earliest("pk")
    page = client.get(f"{LIST}{rule.pk}/").content.decode()
    assert "İletilemeyen 3 bildirimi yeniden gönder" in page and "iletilemedi (3)" in page
    client.post(f"{LIST}deliveries/{first.pk}/resend/")
    take_turn(rule.pk)
    client.post(f"{LIST}{rule.pk}/resend/")
    take_turn(rule.pk)
    assert [each["data"]["after"]["make"] for each in receiver.said] == ["A", "B", "C"]
    assert receiver.got[0].headers["webhook-id"] == first.message_id
    assert "Yeniden gönderilecek bildirim yok" in client.post(f"{LIST}{rule.pk}/resend/", follow=True).content.decode()


def test_of_a_rule_that_rests_a_trial_is_sent_at_once(client, rule, receiver):
    Rule.objects.update(paused_until=timezone.now() + timezone.timedelta(hours=5))
    client.post(f"{LIST}{rule.pk}/test/")
    take_turn(rule.pk)
    assert len(receiver.got) == 1


def test_a_rule_that_was_switched_off_is_switched_on_by_its_form(client, rule, receiver, here):
    row(VEHICLES, here)
    Rule.objects.update(active=False, stopped_at=timezone.now(), failures=100, holder="isci")
    assert "kapandı" in client.get(f"{LIST}{rule.pk}/").content.decode()
    assert "kapandı" in client.get("/").content.decode()
    client.post(f"{LIST}{rule.pk}/edit/", typed(receiver.url, what="="))
    on = Rule.objects.get()
    assert (on.active, on.failures, on.stopped_at, on.holder) == (True, 0, None, "isci")
    later(rule)
    assert len(receiver.got) == 1


def test_many_deliveries_are_paged_and_narrowed_by_their_state(client, rule, here):
    for _ in range(51):
        rule.deliveries.create(event="vehicles.changed", row_id=1, body="{}", due_at=timezone.now(), state=State.SENT)
    page = client.get(f"{LIST}{rule.pk}/").content.decode()
    assert page.count("/deliveries/") == 50 and "Sonraki" in page
    assert client.get(f"{LIST}{rule.pk}/?page=2").content.decode().count("/deliveries/") == 1
    assert "Bu durumda bildirim yok" in client.get(f"{LIST}{rule.pk}/?state=failed").content.decode()
    assert client.get(f"{LIST}{rule.pk}/?state=x&page=abc").status_code == 200


def test_a_filter_that_is_no_longer_understood_is_said_on_the_rules_page(client, rule):
    Rule.objects.update(query="eski=1")
    assert "Süzgeç artık anlaşılmıyor: eski" in client.get(f"{LIST}{rule.pk}/").content.decode()


def test_what_was_done_is_in_the_trail(client, rule):
    client.post(f"{LIST}{rule.pk}/key/")
    assert Event.objects.filter(text__contains=f"{LIST}{rule.pk}/key/").exists()
    assert reverse("webhook", args=[rule.pk]) == f"{LIST}{rule.pk}/"


def test_the_trail_says_to_which_server_rows_went_after_the_rule_is_gone(client, clerk):
    client.post(NEW, typed("https://yabanci.example/gizli-anahtar"))
    made = Rule.objects.get()
    client.post(f"{LIST}{made.pk}/edit/", typed("https://baska.example:8443/", what="="))
    client.post(f"{LIST}{made.pk}/delete/")
    assert not Rule.objects.exists()
    entries = Event.objects.filter(user_id=clerk.pk, details__has_key="host").order_by("pk")
    assert [(e.register, e.details["host"]) for e in entries] == [
        ("vehicles", "yabanci.example"), ("vehicles", "baska.example:8443"),
    ]  # fmt: skip


def test_a_backup_has_no_messages():
    """What that means is tested with all tables (inventory/backups)."""
    assert Delivery._meta.db_table in EMPTIED
