"""A mail's words: in the subject a number and no name; in the text the rows, as their reader may see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from inventory.reminders.due import Due
from inventory.reminders.models import Mail
from inventory.reminders.plan import Letter, Planned, titles

#: So many rows of a rule are named in a mail; of more it says how many.
MOST = 100
ASKED = gettext_lazy(
    "Kaydı açıp yeni tarihi yazınca hatırlatma kesilir. “Görüldü” demek veya ertelemek için de kaydın sayfasını açınız."
)
HOW_OFTEN = gettext_lazy("Ne sıklıkta e-posta alacağınızı seçmek için:")


@dataclass(frozen=True)
class Part:
    """A rule's rows."""

    title: str
    lines: list[tuple[Planned, str, str, str]]
    more: int


def address(path: str) -> str:
    return settings.SITE_URL + path


def host() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"


def left(due: Due) -> str:
    """How far the date is from the plan's day."""
    days = due.left
    if days == 0:
        return _("bugün")
    if days > 0:
        return ngettext("%(days)d gün kaldı", "%(days)d gün kaldı", days) % {"days": days}
    return ngettext("%(days)d gün geçti", "%(days)d gün geçti", -days) % {"days": -days}


def parts(lines: list[Planned], asker) -> list[Part]:
    """By rule, the longest overdue first."""
    named = titles(lines, asker)
    by_rule: dict[int, list[Planned]] = {}
    for line in sorted(lines, key=lambda line: line.due.day):
        by_rule.setdefault(line.due.rule.pk, []).append(line)
    return [
        Part(some[0].due.rule.name, [_line(line, named) for line in some[:MOST]], max(len(some) - MOST, 0))
        for some in by_rule.values()
    ]


def _line(line: Planned, named: dict[tuple[str, int], str]) -> tuple[Planned, str, str, str]:
    due = line.due
    url = address(reverse("register-detail", args=[due.register, due.row.pk]))
    return line, named[due.register.slug, due.row.pk], left(due), url


def _plain(parts: list[Part], own: str, is_unit: bool) -> str:
    """The mail as `reminders/mail.html` has it, for who reads no HTML."""
    texts: list[object] = []
    for part in parts:
        texts.append(part.title)
        for line, title, left, url in part.lines:
            texts += [f"  {formats.date_format(line.due.day, 'SHORT_DATE_FORMAT')} · {left} · {title}", f"    {url}"]
        texts += [_("ve %(count)s kayıt daha") % {"count": part.more}] if part.more else []
        texts.append("")
    texts.append(ASKED)
    texts.append(_("Bu ileti biriminizin adresine gönderildi.") if is_unit else f"{HOW_OFTEN} {own}")
    return "\n".join(map(str, texts)) + "\n"


def message(mail: Mail, letter: Letter) -> EmailMultiAlternatives:
    count, own = len(letter.lines), address(reverse("reminders-own"))
    account = letter.reader.account
    subject = ngettext("Varlık Kütüğü: %(count)d hatırlatma", "Varlık Kütüğü: %(count)d hatırlatma", count)
    context: dict[str, Any] = {"parts": parts(letter.lines, account), "own": own, "is_unit": account is None}
    made = EmailMultiAlternatives(
        _("Varlık Kütüğü: ivedi hatırlatma") if letter.urgent else subject % {"count": count},
        _plain(**context),
        to=[letter.reader.address],
        headers={
            "Message-ID": f"<{mail.key}@{host()}>",
            "List-Unsubscribe": f"<{own}>",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
    made.attach_alternative(
        render_to_string("reminders/mail.html", context | {"asked": ASKED, "how_often": HOW_OFTEN}), "text/html"
    )
    return made
