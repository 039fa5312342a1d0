"""What each page does that leaves an entry in the trail, in words; and what the numbers in addresses stand for.

The pages of the apps above add their own (`hooks.sentences`, `hooks.things`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.auth.models import Group
from django.http import QueryDict
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from inventory.accounts.directory.models import DirectoryGroup
from inventory.models import SavedView
from inventory.organization import accounts
from inventory.organization.models import Asker, User
from inventory.pages.sharing import shared_with
from inventory.registers import Register
from inventory.trail.forms import EventFilter

if TYPE_CHECKING:
    from inventory.fields import Text

#: (what, value) of what an address's query asks for beside the filters of a list.
More = Callable[[Register | None, QueryDict], list[tuple[str, str]]]


@dataclass(frozen=True)
class Sentence:
    """What a page did. `%(what)s` is the row, the rows or the thing that it was done to; `%(step)s` a step's name."""

    text: Text = ""
    #: Said where the answer was a file.
    file: Text = ""
    #: The thing whose number stands in the address, or in that of the page to which it led; "register" for a list as a
    #: whole, a register's slug where the address says none, "" for the row or the rows of the address's register.
    about: str = ""
    #: False for what prepares a change or sets something up for oneself.
    is_change: bool = True
    #: The thing by which several rows were written, whose number the page reports.
    through: str = ""
    #: The thing by which a program asked, whose number the page reports.
    by: str = ""
    #: Whether the query in its address is that of a list.
    of_list: bool = False
    more: More | None = None


@dataclass(frozen=True)
class Thing:
    """What has a number and a page, and is no row of a register."""

    one: Text
    #: The name of its page; "" where it has none.
    page: str
    #: The names of those that the user may see, by number: one query.
    named: Callable[[Collection[int], Asker], Mapping[int, str]]


def prepares(text: Text, about: str = "") -> Sentence:
    """Of a page that changes no row."""
    return Sentence(text, about=about, is_change=False)


def _of_trail(register: Register | None, query: QueryDict) -> list[tuple[str, str]]:
    return EventFilter(query).described()


def _of_day(register: Register | None, query: QueryDict) -> list[tuple[str, str]]:
    return [(now("Tarihteki durum"), day)] if (day := query.get("as_of", "")) else []


SENTENCES: dict[str, Sentence] = {
    "register-new": Sentence(_("%(what)s eklendi")),
    "register-edit": Sentence(_("%(what)s değiştirildi")),
    "register-restore": Sentence(_("%(what)s önceki değerlerine döndürüldü")),
    "register-retire": Sentence(_("%(what)s: hizmet durumu değiştirildi")),
    "register-step": Sentence(_("%(what)s için “%(step)s” adımı atıldı")),
    "register-delete": Sentence(_("%(what)s silindi")),
    "register-reveal": Sentence(_("%(what)s için kişisel veri gösterildi")),
    "saved-view-save": prepares(_("%(what)s: görünüm veya sütun takımı kaydedildi"), "register"),
    "saved-view-delete": prepares(_("%(what)s silindi"), "view"),
    "password_change": prepares(_("Kendi parolasını değiştirdi")),
    "end-other-sessions": prepares(_("Kendi öteki oturumlarını kapattı")),
    "second-factor-begin": prepares(_("İkinci adımı kurmaya başladı")),
    "second-factor-setup": prepares(_("İkinci adımı kurdu")),
    "second-factor-remove": prepares(_("İkinci adımı kaldırdı")),
    "recovery-codes": prepares(_("Yeni kurtarma kodları aldı")),
    "user-new": Sentence(_("%(what)s açıldı"), about="user"),
    "user": Sentence(_("%(what)s değiştirildi"), about="user"),
    "user-active": Sentence(_("%(what)s kapatıldı veya yeniden açıldı"), about="user"),
    "user-password": Sentence(_("%(what)s için parola bağlantısı verildi"), about="user"),
    "user-end-sessions": Sentence(_("%(what)s için bütün oturumlar kapatıldı"), about="user"),
    "user-second-factor": Sentence(_("%(what)s için ikinci adım sıfırlandı"), about="user"),
    "group-new": Sentence(_("%(what)s açıldı"), about="group"),
    "group": Sentence(_("%(what)s değiştirildi"), about="group"),
    "group-delete": Sentence(_("%(what)s silindi"), about="group"),
    "group-directory-new": Sentence(_("%(what)s eklendi"), about="directory group"),
    "group-directory": Sentence(_("%(what)s değiştirildi"), about="directory group"),
    "group-directory-delete": Sentence(_("%(what)s silindi"), about="directory group"),
    "person-file": Sentence(file=_("%(what)s hakkında tutulanlar dosya olarak verildi"), about="people"),
    "job-again": Sentence(_("Duran arka plan işi yeniden başlatıldı")),
    "trail-file": Sentence(file=_("Denetim izi dosya olarak verildi"), more=_of_trail),
    "physical-resources": Sentence(file=_("Fiziki kaynaklar raporu dosya olarak verildi"), more=_of_day),
}


def _users(ids: Collection[int], user: Asker) -> Mapping[int, str]:
    return dict(User.objects.filter(pk__in=ids).values_list("pk", "username"))


def _groups(ids: Collection[int], user: Asker) -> Mapping[int, str]:
    return dict(Group.objects.filter(pk__in=ids).values_list("pk", "name"))


def _directory_groups(ids: Collection[int], user: Asker) -> Mapping[int, str]:
    if user is not None and not accounts.may_administer(user):
        return {}
    return dict(DirectoryGroup.objects.filter(pk__in=ids).values_list("pk", "name"))


def _views(ids: Collection[int], user: Asker) -> Mapping[int, str]:
    seen = SavedView.objects.filter(pk__in=ids)
    return dict((seen if user is None else seen.filter(shared_with(user))).values_list("pk", "name"))


THINGS: dict[str, Thing] = {
    "user": Thing(_("Hesap"), "user", _users),
    "group": Thing(_("Grup"), "group", _groups),
    "directory group": Thing(_("Dizin grubu"), "group-directory", _directory_groups),
    "view": Thing(_("Kayıtlı görünüm"), "", _views),
}
