"""What every page shows around its own content: the menu, and whether made-up data is in the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property

from django.conf import settings
from django.http import HttpRequest
from django.urls import get_script_prefix, reverse
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from inventory import access, registers
from inventory.accounts.signing_in import sessions
from inventory.help import places
from inventory.models import DemoMark
from inventory.organization import accounts
from inventory.organization.models import Grant
from inventory.registers import Register


def site(request: HttpRequest) -> dict:
    """The context processor: a page that shows no menu (a fragment, an error) pays nothing for it."""
    return {"frame": Frame(request)}


@dataclass(frozen=True)
class Link:
    """A line of the menu; `below` holds the lines that open under it."""

    text: str
    url: str
    icon: str
    active: bool = False
    below: list[Link] = field(default_factory=list)
    #: What those below one link have above them; equal ones stand together.
    heading: str = ""

    def lines(self) -> SafeString:
        """Those below, as HTML: from a template, half a hundred of them would cost every page a millisecond."""
        made, heading = [], ""
        for one in self.below:
            if one.heading != heading:
                heading = one.heading
                made.append(f'<div class="dropdown-header">{escape(heading)}</div>')
            how = ' active" aria-current="true"' if one.active else '"'
            made.append(f'<a class="dropdown-item{how} href="{one.url}">{escape(one.text)}</a>')
        return SafeString("\n".join(made))


@cache
def _list_of(slug: str, _prefix: str) -> str:
    """The address of a register's list: half a hundred of them stand on each page."""
    return reverse("register-list", args=[slug])


class Frame:
    def __init__(self, request: HttpRequest):
        self._user, self._path, self._request = getattr(request, "user", None), request.path, request

    @property
    def version(self) -> str:
        return settings.VERSION

    @property
    def idle_seconds(self) -> int:
        return settings.SESSION_IDLE_SECONDS

    @property
    def session_ends(self) -> int:
        """When it ends at the latest, in milliseconds as the browser's clock counts them."""
        return sessions.ends(self._request)

    @property
    def has_directory(self) -> bool:
        """Whether people may come by single sign-on."""
        return bool(settings.OIDC_ISSUER or settings.LDAP_URL)

    @property
    def help_url(self) -> str:
        return places.url_for(self._request.resolver_match)

    @cached_property
    def is_demo(self) -> bool:
        return DemoMark.objects.exists()

    @cached_property
    def sleeping(self) -> list[Grant]:
        """The user's grants that wait for her second factor."""
        return access.sleeping_grants(self._user)

    @cached_property
    def is_administration_asleep(self) -> bool:
        return access.is_superuser(self._user) and not access.is_administrator(self._user)

    @property
    def may_administer(self) -> bool:
        return accounts.may_administer(self._user)

    @cached_property
    def menu(self) -> list[Link]:
        """The registers that the user may see, their records under them; lists, reports, imports, accounts."""
        seen = [r for r in registers.every() if access.may_see(r, self._user)]
        menu = [self._register(r, seen) for r in seen if r.group == "asset"]
        shown = {register.slug for register in seen}
        menu += [self._register(r) for r in seen if r.stands_under and r.stands_under not in shown]
        if any(register.group == "asset" for register in seen):
            menu.append(self._page("map", _("Harita"), "map"))
        below = {register.slug for register in registers.every("asset")}
        others = [r for r in seen if r.group != "asset" and r.belongs_to not in below and not r.stands_under]
        if lists := [self._register(r) for r in others]:
            lists.append(self._page("reminders", _("Hatırlatmalar"), "bell"))
            lists.append(self._page("map-audit", _("Harita denetimi"), "map-search"))
            if any(register.group == "asset" for register in seen):
                lists.append(self._page("deleted", _("Silinenler"), "trash"))
            if access.may_audit(self._user):
                lists.append(self._page("trail", _("Denetim izi"), "history"))
            menu.append(Link(_("Listeler"), "", "list-details", any(one.active for one in lists), lists))
        if seen:
            reports = [
                self._page("physical-resources", _("Fiziki Kaynaklar"), "report"),
                self._page("indicators-overview", _("Performans göstergeleri"), "target-arrow"),
            ]
            menu.append(Link(_("Raporlar"), "", "report", any(one.active for one in reports), reports))
        compared = [self._page("comparisons", _("Karşılaştırmalar"), "arrows-left-right")] if seen else []
        if any(access.may_change(r, self._user) for r in seen):
            menu.append(self._page("batches", _("Aktarımlar"), "table-import", compared))
        else:
            menu += compared
        if accounts.may_administer(self._user):
            menu.append(self._page("users", _("Hesaplar"), "user-cog"))
        return menu

    def _register(self, register: Register, seen: Sequence[Register] = ()) -> Link:
        own = [r for r in seen if register.slug in (r.belongs_to, r.stands_under)]
        headings = list(dict.fromkeys(str(r.heading) for r in own))
        records = [self._register(r) for r in sorted(own, key=lambda r: headings.index(str(r.heading)))]
        url = _list_of(register.slug, get_script_prefix())
        active = self._path.startswith(url) or any(record.active for record in records)
        return Link(register.title, url, register.icon, active, records, str(register.heading))

    def _page(self, name: str, text: str, icon: str, below: Sequence[Link] = ()) -> Link:
        url = reverse(name)
        return Link(text, url, icon, self._path.startswith(url) or any(one.active for one in below), list(below))
