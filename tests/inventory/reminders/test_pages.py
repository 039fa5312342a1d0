"""The page of what goes out, one's own settings, the answers on a row's page."""

import datetime as dt

import pytest
from django.urls import reverse

from inventory import registers, writes
from inventory.reminders.models import Answer, Mail, Notice, Preference
from tests.inventory.reminders.conftest import TODAY, VEHICLES, inspected, rule_of
from tests.pages import signed_in
from tests.rows import SYSTEM, unit, user

pytestmark = pytest.mark.django_db
SOON = TODAY + dt.timedelta(5)


def text_of(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_the_page_says_what_goes_to_whom_and_why_of_what_the_reader_sees(here, clerk, rule):
    there = unit("Zabıta Dairesi Başkanlığı")
    inspected(here, SOON, plate="41 AAA 111"), inspected(there, SOON, plate="41 ZZZ 999")
    page = text_of(signed_in(clerk).get(reverse("reminders")))
    assert "41 AAA 111" in page and "41 ZZZ 999" not in page
    assert "katip@example.org" in page and "kayıtta yetkili" in page and "Sıradaki özette" in page
    page = text_of(signed_in(user("yonetici", there, is_superuser=True)).get(reverse("reminders"), {"rule": rule.pk}))
    assert "41 ZZZ 999" in page and "Gitmez: e-posta adresi yok" in page
    Mail.objects.create(account=clerk, day=TODAY, urgent=False, error="550 yok")
    assert "550 yok" not in text_of(signed_in(clerk).get(reverse("reminders")))
    rule.active = False
    writes.save(registers.get("reminder-rules"), rule, SYSTEM)
    assert "Açık kural yok" in text_of(signed_in(clerk).get(reverse("reminders"), {"rule": "99999999999999999999"}))
    assert signed_in(user("yetkisiz", there)).get(reverse("reminders")).status_code == 404


def test_what_falls_due_comes_fifty_a_page_and_none_is_lost(here, clerk, rule):
    plates = {inspected(here, SOON, plate=f"41 AAA {number}").plate for number in range(100, 152)}
    client, other = signed_in(clerk), f"rule={rule.pk}&"
    # Each of them goes to the clerk and to the unit's address; her own page has hers.
    for name, query, kept, counts in (
        ("reminders", {"rule": rule.pk}, other, [50, 50, 4]),
        ("reminders", {}, "", [50, 50, 4]),
        ("reminders-own", {}, "", [50, 2]),
    ):
        pages = [client.get(reverse(name), query | {"page": number + 1}) for number in range(len(counts))]
        lines = [[(title, line.reader.name) for line, title, _left in page.context["lines"]] for page in pages]
        assert [len(each) for each in lines] == counts, name
        every = [each for some in lines for each in some]
        assert len(set(every)) == sum(counts) and {plate for plate, _reader in every} == plates
        assert f'href="?{kept}page=2"' in pages[0].content.decode().replace("&amp;", "&")
    assert "104 satır" in text_of(client.get(reverse("reminders")))


def test_ones_own_page_keeps_how_often_and_shows_what_waits(here, clerk, rule):
    inspected(here, SOON, plate="41 AAA 111")
    client, url = signed_in(clerk), reverse("reminders-own")
    page = text_of(client.get(url))
    assert "41 AAA 111" in page and "katip@example.org" in page
    assert text_of(client.post(url, {"rhythm": "hourly"}, follow=True)).count("Listeden birini seçiniz") == 1
    client.post(url, {"rhythm": "weekly"}), client.post(url, {"rhythm": "urgent"})
    assert Preference.objects.get(user=clerk).rhythm == "urgent"
    assert "yalnızca ivedi olanları istiyor" in text_of(client.get(url))
    lonely = user("adressiz", unit("Zabıta"))
    assert "e-posta adresi yok" in text_of(signed_in(lonely).get(url))


def test_a_row_is_seen_put_off_and_asked_for_again_by_who_may_change_it(here, clerk, rule):
    made = inspected(here, SOON)
    page, url = (
        reverse("register-detail", args=[VEHICLES, made.pk]),
        reverse("register-remind", args=[VEHICLES, made.pk]),
    )
    client = signed_in(clerk)
    assert "Henüz e-posta gönderilmedi" in text_of(client.get(page))

    def say(kind, **more):
        return text_of(client.post(url, {"rule": rule.pk, "kind": kind, **more}, follow=True))

    assert "Görüldü olarak işaretlendi" in say("seen")
    assert "Görüldü: katip" in text_of(client.get(page))
    assert "Yeniden hatırlatılacak" in say("again")
    for wrong in ("", "yarın", f"{TODAY:%d.%m.%Y}", f"{TODAY + dt.timedelta(366):%d.%m.%Y}"):
        assert "erteleme" not in say("later", until=wrong) and Answer.objects.count() == 2, wrong
    assert "Hatırlatma ertelendi" in say("later", until=f"{TODAY + dt.timedelta(3):%d.%m.%Y}")
    assert "artık geçerli değil" in say("hayır")
    viewer = signed_in(user("goren", here, (here, "", 1)))
    assert 'name="kind"' not in viewer.get(page).content.decode()
    assert viewer.post(url, {"rule": rule.pk, "kind": "seen"}).status_code == 404


def test_a_row_that_nothing_is_asked_of_has_no_panel(here, clerk, rule):
    made = inspected(here, TODAY + dt.timedelta(200))
    assert "Henüz e-posta" not in text_of(signed_in(clerk).get(reverse("register-detail", args=[VEHICLES, made.pk])))


def test_rows_that_go_with_their_history_leave_no_notice(here, clerk, rule):
    made = inspected(here, SOON)
    mail = Mail.objects.create(account=clerk, day=TODAY, urgent=False)
    Notice.objects.create(mail=mail, rule=rule, row_id=made.pk, due=SOON, step=7, account=clerk)
    Answer.objects.create(rule=rule, row_id=made.pk, due=SOON, kind="seen", user=clerk)
    writes.forget(registers.get("inspections"), registers.get("inspections").model.objects.all())
    writes.forget(VEHICLES, VEHICLES.model.objects.filter(pk=made.pk))
    assert not Notice.objects.exists() and not Answer.objects.exists()


def test_a_rule_that_is_deleted_takes_its_notices_along(here, clerk):
    rule = rule_of()
    mail = Mail.objects.create(account=clerk, day=TODAY, urgent=False)
    Notice.objects.create(mail=mail, rule=rule, row_id=1, due=SOON, step=7, account=clerk)
    writes.delete(registers.get("reminder-rules"), rule, SYSTEM)
    assert not Notice.objects.exists()
