"""The pages of remembered answers and of profiles."""

from __future__ import annotations

import json

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from imports import batches, profiles
from imports.checking import meanings
from imports.models import Meaning, Profile
from imports.pages.meaning_forms import UnknownForm
from imports.pages.views import check, own
from inventory import registers
from inventory.accounts.signed_in import user_of
from inventory.pages.sharing import unit_of
from inventory.search import fold
from inventory.server.asked import whole

# A profile is a page of text; what is larger is none.
_LARGEST = 1_000_000


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Remember what unknown texts mean, and check the file again."""
    batch = own(request, pk)
    form = UnknownForm(batch, request.POST)
    if not batches.may_check(batch) or not batch.unknown:
        return redirect("import-batch", pk)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("import-batch", pk)
    if given := form.given():
        meanings.remember(batch, given)
        check(batch)
    else:
        messages.warning(request, _("Hiçbir değerin anlamı seçilmedi; en az birini seçiniz."))
    return redirect("import-batch", pk)


@require_POST
def fill_down(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the blanks under group names take the value above, and check the file again."""
    batch = own(request, pk)
    if batches.may_check(batch):
        batch.filled = [heading["text"] for heading in batch.headings if heading["fillable"]]
        batch.save()
        check(batch)
    return redirect("import-batch", pk)


@require_safe
def remembered(request: HttpRequest) -> HttpResponse:
    """One's own answers, to be seen and taken back, and the profiles that one may use."""
    own = _shown(request, Meaning.objects.filter(user=user_of(request)))
    held = [
        (profile, _shown(request, profile.meanings.all()), profile.owner_id == request.user.pk)
        for profile in profiles.visible_profiles(request.user)
    ]
    return render(request, "imports/remembered.html", {"meanings": own, "profiles": held})


def _shown(request: HttpRequest, listed: QuerySet[Meaning]) -> list[tuple]:
    """(meaning, register, column's label, what it means) as a person reads it."""
    lines = []
    for meaning in listed:
        register = registers.get(meaning.register)
        if meaning.column == meanings.HEADING or meaning.column in register.columns:
            about = _("Başlık") if meaning.column == meanings.HEADING else register.column(meaning.column).label
            lines.append((meaning, register, about, meanings.label(register, meaning, request.user)))
    return lines


@require_POST
def forget(request: HttpRequest, pk: int) -> HttpResponse:
    meaning = get_object_or_404(Meaning, Q(user=request.user) | Q(profile__owner=request.user), pk=pk)
    meaning.delete()
    messages.success(request, _("“%(text)s” için verilen yanıt unutuldu.") % {"text": meaning.text})
    same = {"register": meaning.register, "column": meaning.column, "key": meaning.key}
    if held := profiles.visible_profiles(request.user).filter(meanings__in=Meaning.objects.filter(**same)):
        message = _("Bu yanıt şu profillerde de duruyor ve onlarla okunan dosyalarda geçerli: %(names)s.")
        messages.warning(request, message % {"names": ", ".join(f"“{profile}”" for profile in held.distinct())})
    return redirect("import-remembered")


@require_POST
def keep_profile(request: HttpRequest, pk: int) -> HttpResponse:
    """Save a batch's choices, headings and answers as a profile."""
    batch = own(request, pk)
    name = request.POST.get("name", "").strip()[:80]
    shared = bool(request.POST.get("shared"))
    if not name or not batch.headings:
        messages.error(request, _("Profile bir ad veriniz."))
    elif shared and unit_of(request.user) is None:
        messages.error(request, _("Biriminiz bilinmediği için profil paylaşılamaz; paylaşmadan kaydediniz."))
    else:
        batch.profile = profiles.keep(batch, name, shared=shared)
        batch.save(update_fields=["profile"])
        messages.success(request, _("“%(name)s” profili kaydedildi.") % {"name": name})
    return redirect("import-batch", pk)


@require_POST
def use_profile(request: HttpRequest, pk: int) -> HttpResponse:
    """Check a batch again by a profile."""
    batch = own(request, pk)
    visible = profiles.visible_profiles(request.user, batch.of)
    profile = get_object_or_404(visible, pk=whole(request.POST.get("profile", "")))
    if batches.may_check(batch):
        profiles.use(batch, profile)
        batch.save()
        check(batch)
    return redirect("import-batch", pk)


@require_safe
def profile_file(request: HttpRequest, pk: int) -> HttpResponse:
    """A profile as JSON, for another installation or a colleague of another unit."""
    profile = get_object_or_404(profiles.visible_profiles(request.user), pk=pk)
    answer = JsonResponse(
        profiles.as_json(profile, request.user), json_dumps_params={"ensure_ascii": False, "indent": 1}
    )
    answer["Content-Disposition"] = f'attachment; filename="{slugify(fold(profile.name)) or "profil"}.json"'
    return answer


@require_POST
def take_profile(request: HttpRequest) -> HttpResponse:
    """Keep a profile that somebody sent."""
    file = request.FILES.get("file")
    try:
        data = json.loads(file.read(_LARGEST)) if file and (file.size or 0) <= _LARGEST else None
        profile, lost = profiles.from_json(data, request.user)
    except (profiles.UnusableProfile, ValueError, RecursionError) as error:
        known = isinstance(error, profiles.UnusableProfile)
        messages.error(
            request, str(error) if known else _("Bu dosya okunamadı; “İndir” ile alınmış bir profil seçiniz.")
        )
        return redirect("import-remembered")
    messages.success(request, _("“%(name)s” profili eklendi.") % {"name": profile.name})
    if lost:
        message = ngettext(
            "%(count)d değerin anlamı burada bulunamadı, alınmadı: %(texts)s.",
            "%(count)d değerin anlamı burada bulunamadı, alınmadı: %(texts)s.",
            len(lost),
        )
        messages.warning(request, message % {"count": len(lost), "texts": ", ".join(lost[:10])})
    return redirect("import-remembered")


@require_POST
def delete_profile(request: HttpRequest, pk: int) -> HttpResponse:
    profile = get_object_or_404(Profile, pk=pk, owner=request.user)
    profile.delete()
    messages.success(request, _("“%(name)s” profili silindi.") % {"name": profile.name})
    return redirect("import-remembered")
