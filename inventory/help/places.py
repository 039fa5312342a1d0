"""Which part of the guide each page's "?" leads to: pages by the name of their address, parts by their anchor."""

from __future__ import annotations

from django.urls import ResolverMatch, reverse

# Where a page has no part of its own, or is none.
STUCK = "takilinca"

_SEARCHING, _FORM, _ROW = "aramak-ve-suzmek", "kayit-eklemek-ve-degistirmek", "kaydin-sayfasi-ve-tarihcesi"
_RETIRING, _MANY, _STEPS = "durumu-hizmet-disi-birakmak-silmek", "toplu-degisiklik-ve-devir", "durum-ve-adimlar"
_OUT, _TEMPLATE, _IN, _COMPARING = (
    "excel-e-vermek",
    "bos-sablon",
    "excel-den-almak",
    "baska-bir-listeyle-karsilastirmak",
)
_MAP, _PLACES, _AUDIT = "harita", "yerler", "harita-denetimi"
_LOGIN, _PASSWORD, _SECOND = "girmek-ve-cikmak", "parola", "ikinci-adim-telefondan-kod"
_ACCOUNTS, _GROUPS, _GRANTS = "hesap-acmak-ve-kapatmak", "gruplar", "yetkiler"
_PERSONAL, _WORKING_TIME = "kisisel-veriler-t-c-kimlik-no", "is-gunleri-ve-calisma-saatleri"
_REMINDERS = "hatirlatmalar"
_INDICATORS = "performans-gostergeleri"
_API = "baska-programlara-vermek-api"
_WEBHOOKS = "baska-programlara-bildirmek-webhook"
_DOCUMENTS = "belgeler"
_DISPATCH = "arac-istemek-ve-gorevlendirmek"
_FLEET = "yakit-sayac-bakim"
_VALID = "muayene-sigorta-kira-bugun-ne-gecerli"

PAGES = {
    "home": "ana-sayfa",
    "home-arrange": "ana-sayfa",
    "home-units": "ana-sayfa",
    "search": _SEARCHING,
    "item": _ROW,
    "vehicle-calendar": _DISPATCH,
    "meter-log": _FLEET,
    "deleted": _RETIRING,
    "register-list": _SEARCHING,
    "register-print": "yazdirmak",
    "register-labels": "etiketler",
    "row-papers": "ciktilar",
    "register-new": _FORM,
    "register-edit": _FORM,
    "saved-view-save": _SEARCHING,
    "saved-view-delete": _SEARCHING,
    "register-detail": _ROW,
    "register-history": _ROW,
    "register-restore": _ROW,
    "register-retire": _RETIRING,
    "register-delete": _RETIRING,
    "register-step": _STEPS,
    "register-many-steps": _STEPS,
    "register-copies": "kopyalamak-ve-cogaltmak",
    "register-bulk": _MANY,
    "register-complete": _MANY,
    "register-hand-over": _MANY,
    "register-lines": _MANY,
    "register-lines-take": _MANY,
    "register-reveal": _PERSONAL,
    # Sheets.
    "register-import": _IN,
    "batches": _IN,
    "import-batch": _IN,
    "import-remembered": _IN,
    "import-undo": _IN,
    "register-export": _OUT,
    "register-export-choose": _OUT,
    "exports": _OUT,
    "register-template": _TEMPLATE,
    "register-compare": _COMPARING,
    "comparisons": _COMPARING,
    "comparison": _COMPARING,
    # Documents.
    "register-attach": _DOCUMENTS,
    "register-attach-many": _DOCUMENTS,
    "documents-match": _DOCUMENTS,
    "document-version": _DOCUMENTS,
    # The map.
    "map": _MAP,
    "register-map": _MAP,
    "map-place": _MAP,
    "map-audit": _AUDIT,
    "geocode": _PLACES,
    "merge-locations": _PLACES,
    "location-outline": _PLACES,
    # Accounts.
    "account": _LOGIN,
    "password_change": _PASSWORD,
    "password_changed": _PASSWORD,
    "password_choose": _PASSWORD,
    "second-step": _SECOND,
    "second-factor": _SECOND,
    "second-factor-begin": _SECOND,
    "second-factor-setup": _SECOND,
    "second-factor-remove": _SECOND,
    "recovery-codes": _SECOND,
    "users": _ACCOUNTS,
    "user": _ACCOUNTS,
    "user-new": _ACCOUNTS,
    "user-password": _ACCOUNTS,
    "groups": _GROUPS,
    "group": _GROUPS,
    "group-new": _GROUPS,
    "groups-directory": _GROUPS,
    "group-directory": _GROUPS,
    "group-directory-new": _GROUPS,
    "jobs": "arka-plan-isleri",
    "person-file": _PERSONAL,
    "reminders": _REMINDERS,
    "reminders-own": _REMINDERS,
    "trail": "denetim-izi",
    "physical-resources": "rapor",
    "indicators-overview": _INDICATORS,
    "help": "ana-sayfa",
    "tokens": _API,
    "token-new": _API,
    "token-revoke": _API,
    "api-docs": _API,
    "webhooks": _WEBHOOKS,
    "webhook-new": _WEBHOOKS,
    "webhook": _WEBHOOKS,
    "webhook-edit": _WEBHOOKS,
    "webhook-key": _WEBHOOKS,
    "webhook-delete": _WEBHOOKS,
    "webhook-delivery": _WEBHOOKS,
}

_OF_FLEET = (
    "accidents", "check-kinds", "fines", "fuel-alarms", "fuel-cards", "fuel-fills", "fuel-tanks",
    "meter-readings", "planned-services", "service-lines", "service-orders", "service-plans", "tank-movements",
    "tracking-audits", "tracking-findings", "tyres", "vehicle-checks",
)  # fmt: skip
#: Registers whose lists, rows and forms have a part of their own.
REGISTERS = {
    "grants": _GRANTS,
    "people": _PERSONAL,
    "locations": _PLACES,
    "districts": _PLACES,
    "neighbourhoods": _PLACES,
    "calendar-days": _WORKING_TIME,
    "label-formats": "etiketler",
    "paper-templates": "ciktilar",
    "working-hours": _WORKING_TIME,
    "reminder-rules": _REMINDERS,
    "documents": _DOCUMENTS,
    "document-kinds": _DOCUMENTS,
    "required-documents": _DOCUMENTS,
    **dict.fromkeys(("drivers", "duty-log", "licence-rules", "task-orders", "vehicle-requests"), _DISPATCH),
    **dict.fromkeys(_OF_FLEET, _FLEET),
    "inspections": _VALID,
    "insurances": _VALID,
    "lease-contracts": _VALID,
    "leased-vehicles": _VALID,
    "lease-months": _FLEET,
    "indicators": _INDICATORS,
    "indicator-years": _INDICATORS,
}
_OWN = ("register-list", "register-new", "register-edit", "register-detail")


def url_for(match: ResolverMatch | None) -> str:
    """The address of the part about a page; about what to do when stuck, where there is none."""
    name = match.url_name if match else ""
    anchor = PAGES.get(name or "", STUCK)
    if match and name in _OWN:
        anchor = REGISTERS.get(str(getattr(match.kwargs.get("register"), "slug", "")), anchor)
    return f"{reverse('help')}#{anchor}"
