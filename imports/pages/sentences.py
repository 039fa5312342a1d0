"""What the trail says of imports, exports and comparisons, and of what has a number there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from imports import batches, profiles
from imports.comparing import comparisons
from imports.exporting import forms_of, jobs, personal
from inventory import registers
from inventory.organization.models import Asker
from inventory.registers import Register
from inventory.trail.sentences import Sentence, Thing, prepares


def _exported(register: Register | None, query: QueryDict) -> list[tuple[str, str]]:
    """The form, the lists in the file where there are several, and whether it holds personal values."""
    parts = []
    if register and (form := forms_of(register).get(query.get("format", "xlsx"))):
        parts.append((now("Biçim"), str(form)))
    titles = [each.title for each in registers.every() if each.slug in query.getlist("parts")]
    if len(titles) > 1:
        parts.append((now("Dosyadaki listeler"), ", ".join(titles)))
    if personal.ASKED in query:
        parts.append((now("Kişisel veri"), now("var")))
    return parts


def _rows_of(register: Register | None, query: QueryDict) -> list[tuple[str, str]]:
    return [(now("İçinde"), now("listedeki kayıtlar"))] if query.get("rows") == "shown" else []


_batch, _comparison, _profile = (partial(prepares, about=about) for about in ("batch", "comparison", "profile"))

SENTENCES: dict[str, Sentence] = {
    "register-export": Sentence(file=_("%(what)s dosya olarak verildi"), of_list=True, more=_exported),
    "register-export-choose": Sentence(
        _("%(what)s için dosya istendi"),
        file=_("%(what)s dosya olarak verildi"),
        of_list=True,
        is_change=False,
        more=_exported,
    ),
    "export-file": Sentence(
        file=_("%(what)s arka planda hazırlanmış dosya olarak verildi"), of_list=True, more=_exported
    ),
    "export-cancel": Sentence(_("%(what)s durduruldu veya silindi"), about="export", is_change=False),
    "register-template": Sentence(file=_("%(what)s için şablon verildi"), of_list=True, more=_rows_of),
    "register-bulk": Sentence(_("%(what)s toplu değiştirildi"), through="batch"),
    "register-complete": Sentence(_("%(what)s: bekleyen satırlar tamamlandı")),
    "register-hand-over": Sentence(_("%(what)s üzerindekiler devredildi")),
    "register-many-steps": Sentence(_("%(what)s için “%(step)s” adımı atıldı"), through="batch"),
    "register-lines": _batch(_("%(what)s: satırlar yapıştırıldı, denetlendi")),
    "register-copies": _batch(_("%(what)s: satırlar yapıştırıldı, denetlendi")),
    "register-lines-take": _batch(_("%(what)s: listeden satır alındı, denetlendi")),
    "register-import": _batch(_("%(what)s yüklendi, denetlendi")),
    "import-check": _batch(_("%(what)s yeni seçimlerle denetlendi")),
    "import-again": _batch(_("%(what)s yeniden denetlendi")),
    "import-later": _batch(_("%(what)s: sonradan değişenler için karar verildi")),
    "import-answer": _batch(_("%(what)s: bilinmeyen yazılışlar açıklandı")),
    "import-fill-down": _batch(_("%(what)s: boş hücreler üsttekiyle dolduruldu")),
    "import-fill-all": _batch(_("%(what)s: bütün satırlara değer verildi")),
    "import-use-profile": _batch(_("%(what)s bir profille denetlendi")),
    "import-keep-profile": _batch(_("%(what)s: seçimleri profil olarak kaydedildi")),
    "import-cancel": _batch(_("%(what)s durduruldu")),
    "import-drop": _batch(_("%(what)s: vazgeçildi, hiçbir şey yazılmadı")),
    "import-apply": Sentence(_("%(what)s uygulandı"), about="batch"),
    "import-undo": Sentence(_("%(what)s geri alındı"), about="batch"),
    "import-file": Sentence(file=_("%(what)s: yüklenen dosya verildi"), about="batch"),
    "import-preview": Sentence(file=_("%(what)s: önizleme dosyası verildi"), about="batch"),
    "import-refused": Sentence(file=_("%(what)s: hatalı satırlar dosyası verildi"), about="batch"),
    "import-forget": Sentence(_("Öğrenilmiş bir yazılış unutuldu"), is_change=False),
    "import-take-profile": Sentence(_("Dosyadan profil eklendi"), is_change=False),
    "import-profile": Sentence(file=_("%(what)s dosya olarak verildi"), about="profile"),
    "import-profile-delete": _profile(_("%(what)s silindi")),
    "register-compare": _comparison(_("%(what)s için liste yüklendi")),
    "comparison-again": _comparison(_("%(what)s yeniden yapıldı")),
    "comparison-settle": _comparison(_("%(what)s: satırlara karar verildi")),
    "comparison-sign": _comparison(_("%(what)s onaylandı")),
    "comparison-take": _comparison(_("%(what)s: kararlar bir aktarıma dönüştürüldü")),
    "comparison-delete": _comparison(_("%(what)s silindi")),
    "comparison-report": Sentence(file=_("%(what)s: rapor verildi"), about="comparison"),
    "comparison-file": Sentence(file=_("%(what)s: yüklenen liste verildi"), about="comparison"),
}


_Named = Callable[[Collection[int], Asker], Mapping[int, str]]


def _names(rows: Callable[[Asker], QuerySet[Any]], column: str) -> _Named:
    return lambda ids, user: dict(rows(user).filter(pk__in=ids).values_list("pk", column))


THINGS: dict[str, Thing] = {
    "batch": Thing(_("Aktarım"), "import-batch", _names(batches.visible_batches, "name")),
    "comparison": Thing(_("Karşılaştırma"), "comparison", _names(comparisons.visible_comparisons, "source")),
    "profile": Thing(_("Profil"), "", _names(profiles.visible_profiles, "name")),
    "export": Thing(_("Dışa aktarım"), "", _names(jobs.own, "name")),
}
