"""The pages of reminders: what goes out to whom, one's own settings and calendars, answers on a row's page."""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.http import parse_etags, quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from inventory import access, registers
from inventory.accounts.signed_in import user_of
from inventory.organization import accounts
from inventory.registers import Register
from inventory.reminders import answers, feeds
from inventory.reminders.closing import renew
from inventory.reminders.models import Answer, Feed, Mail, Preference, Rhythm, Rule
from inventory.reminders.plan import Plan, Planned, titles
from inventory.reminders.sending import MOST_ATTEMPTS
from inventory.reminders.wording import left
from inventory.server.asked import whole
from inventory.trail.keeping import record
from inventory.trail.models import Event

PAGE = 50


@require_safe
def reminders(request: HttpRequest) -> HttpResponse:
    """What goes out, to whom and why, or why not: of the rows that the reader may see."""
    if not any(access.may_see(register, request.user) for register in registers.every()):
        raise Http404
    rules = list(Rule.objects.filter(active=True).order_by("name", "pk"))
    chosen = [rule for rule in rules if rule.pk == whole(request.GET.get("rule", ""))]
    plan = Plan(timezone.localdate(), request.user, chosen or rules)
    lines = sorted(plan.lines, key=lambda line: (line.due.day, line.due.row.pk, line.reader.name))
    context = {
        "rules": rules,
        "chosen": chosen[0].pk if chosen else None,
        "kept": f"rule={chosen[0].pk}&" if chosen else "",
        **_page(lines, request),
        "today": plan.today,
        "is_working_day": plan.is_working_day,
        "note": plan.note,
        "failed": Mail.objects.filter(sent_at=None).exclude(error="").select_related("account", "unit")
        if accounts.may_administer(request.user)
        else (),
        "most": MOST_ATTEMPTS,
        "may_change_rules": access.may_change(registers.get("reminder-rules"), request.user),
    }
    return render(request, "reminders/reminders.html", context)


def _page(lines: list[Planned], request: HttpRequest) -> dict[str, Any]:
    page = Paginator(lines, PAGE).get_page(request.GET.get("page"))
    named = titles(list(page), request.user)
    shown = [(line, named[line.due.register.slug, line.due.row.pk], left(line.due)) for line in page]
    return {"lines": shown, "page": page}


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def own(request: HttpRequest) -> HttpResponse:
    """What waits for me, how often I want mail, and my calendars."""
    user = user_of(request)
    if request.method == "POST":
        rhythm = request.POST.get("rhythm", "")
        if rhythm not in Rhythm.values:
            messages.error(request, _("Listeden birini seçiniz."))
        else:
            Preference.objects.update_or_create(user=user, defaults={"rhythm": rhythm})
            messages.success(request, _("E-posta ayarınız kaydedildi."))
        return redirect("reminders-own")
    mine = [line for line in Plan(timezone.localdate(), user).lines if line.reader.account == user]
    mine.sort(key=lambda line: line.due.day)
    own_feeds = list(Feed.objects.filter(owner=user).select_related("view").order_by("pk"))
    there = {feed.view_id for feed in own_feeds}
    seen = feeds.seen_by(user)
    open_ = set(seen.values_list("pk", flat=True))
    context = {
        "rhythms": Rhythm.choices,
        "rhythm": getattr(Preference.objects.filter(user=user).first(), "rhythm", Rhythm.DAILY),
        "address": user.email or (user.person.email if user.person else ""),
        **_page(mine, request),
        "feeds": [(feed, feeds.register_of(feed.view), feeds.url(feed), feed.view_id in open_) for feed in own_feeds],
        "views": [(v, feeds.register_of(v)) for v in feeds.views(user, seen) if v.pk not in there],
    }
    return render(request, "reminders/own.html", context)


@require_POST
def answer(request: HttpRequest, register: Register, pk: int) -> HttpResponse:
    """Seen, later or again: by who may change the row, since nobody is reminded then."""
    row = access.editable_by(register, request.user).filter(pk=pk).first()
    if row is None:
        raise Http404
    kind, rule = request.POST.get("kind", ""), whole(request.POST.get("rule", ""))
    reminder = next((r for r in answers.of_row(register, pk, timezone.localdate()) if r.due.rule.pk == rule), None)
    if reminder is None or kind not in Answer.Kind.values:
        messages.warning(request, _("Bu hatırlatma artık geçerli değil; tarih veya kural değişmiş."))
        return redirect("register-detail", register, pk)
    try:
        messages.success(request, answers.say(reminder, kind, request.POST.get("until", ""), user_of(request)))
    except ValueError as refusal:
        messages.error(request, str(refusal))
    return redirect("register-detail", register, pk)


# Calendars -------------------------------------------------------------------------------------------------


@require_POST
def feed_new(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    wanted = whole(request.POST.get("view", ""))
    view = next((each for each in feeds.views(user, feeds.seen_by(user)) if each.pk == wanted), None)
    if view is None:
        messages.error(request, _("Bir görünüm seçiniz. Önce listede süzüp “Görünümler”den kaydedebilirsiniz."))
    else:
        Feed.objects.get_or_create(view=view, owner=user)
        messages.success(request, _("Takvim adresi hazır; adresi takvim programınıza yapıştırınız."))
    return redirect("reminders-own")


@require_POST
def feed_renew(request: HttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(Feed, pk=pk, owner=request.user)
    renew(Feed.objects.filter(pk=pk))
    messages.success(request, _("Adres yenilendi, eskisi artık çalışmaz. Yenisini takvim programınıza yapıştırınız."))
    return redirect("reminders-own")


@require_POST
def feed_delete(request: HttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(Feed, pk=pk, owner=request.user).delete()
    messages.success(request, _("Takvim adresi kaldırıldı; artık çalışmaz."))
    return redirect("reminders-own")


@require_safe
@login_not_required
def calendar(request: HttpRequest, pk: int, secret: str) -> HttpResponse:
    """For calendar programs, which cannot log in: whoever has the address has what its owner may see."""
    feed = feeds.opened(pk, secret)
    if feed is None:
        raise Http404
    with translation.override(settings.SITE_LANGUAGE):
        content = feeds.calendar(feed, timezone.localdate())
    tag = quote_etag(hashlib.sha256(content).hexdigest()[:32])
    if feeds.pulled(feed):
        # One entry a day, and without the address: it is a secret.
        text = _("“%(view)s” takvimi alındı") % {"view": feed.view}
        record(Event.Kind.WENT_OUT, request=request, user=feed.owner, register=feed.view.register, text=text)
    if tag in parse_etags(request.headers.get("If-None-Match", "")):
        answer = HttpResponse(status=304)
    else:
        answer = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    answer["ETag"], answer["Cache-Control"] = tag, "private, no-cache"
    return answer
