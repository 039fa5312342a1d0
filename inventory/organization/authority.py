"""Who may decide over an account: what is written beside it, in people and grants, opens and closes it, too.

A person's duty ends her login, and by her staff number the directory's login finds her account. So both want the right
over the account, and not only over the person's row: whoever writes them manages all that the account may do.
`Register.guard` brings these rules to every way in which a row is written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from inventory import access
from inventory.editing.doubts import Case, Limits
from inventory.organization.models import Asker, Grant, Person, Unit, User

Objection = tuple[int, str, str]
# What of a person's row decides over her account.
_DECIDING = ("staff_no", "active")


def of_grants(pairs: Sequence[tuple[Grant | None, Grant | None]], user: Asker) -> Iterator[Objection]:
    """Nobody gives, changes or takes away what she does not manage herself."""
    for place, (before, after) in enumerate(pairs):
        taken = before is None or access.may_take_away(user, before)
        given = after is None or access.may_hand_out(user, after)
        if not taken or (after and not given and not access.may_take_away(user, after)):
            yield place, "register", _("Yalnızca sizin yönettiğiniz birim ve kütükte yetki verebilirsiniz.")
        elif not given:
            message = _("Bu yetkiyi siz ikinci adımla kullanıyorsunuz; “ikinci adım ister” işaretini kaldıramazsınız.")
            yield place, "needs_second_factor", message


def is_everything(case: Case, limits: Limits) -> str | None:
    """A form sent as it is gives a right everywhere."""
    if case.row.unit_id is None and not case.row.register:
        return _("Birim ve kütük boş: bu yetki bütün belediyede ve bütün kütüklerde geçerli olur.")
    return None


def of_people(pairs: Sequence[tuple[Person | None, Person | None]], user: Asker) -> Iterator[Objection]:
    """Duty and staff number of whoever has an account or grants; an administrator is left in any case."""
    decided = [
        (place, after, changed)
        for place, (before, after) in enumerate(pairs)
        if before and after and (changed := [n for n in _DECIDING if getattr(before, n) != getattr(after, n)])
    ]
    refused = _beyond({after.pk for _place, after, _changed in decided}, user)
    last = _last_administrators({after.pk for _place, after, _changed in decided if not after.active})
    for place, after, changed in decided:
        pk = after.pk
        if pk in refused:
            yield place, changed[0], refused[pk]
        elif pk in last and "active" in changed:
            yield place, "active", no_administrator_left()


def of_units(pairs: Sequence[tuple[Unit | None, Unit | None]], user: Asker) -> Iterator[Objection]:
    """A unit that is moved comes under all grants on what is above its new place: only what one may hand out."""
    moved = {
        place: (before, after.parent)
        for place, (before, after) in enumerate(pairs)
        if before and after and after.parent and before.parent_id != after.parent_id
    }
    if not moved or user is None or access.is_administrator(user):
        return
    grants = Grant.objects.filter(unit__isnull=False).select_related("unit")
    above = [(grant, grant.unit.path) for grant in grants if grant.unit]
    for place, (before, parent) in moved.items():
        for grant, path in above:
            gains = parent.path.startswith(path) and not before.path.startswith(path)
            given = Grant(
                unit=before,
                register=grant.register,
                level=grant.level,
                needs_second_factor=grant.needs_second_factor,
            )
            if gains and not access.may_hand_out(user, given):
                message = _(
                    "Birim oraya taşınırsa “%(unit)s” biriminde yetkisi olanlar bu birimi de alır, ve o yetkileri siz "
                    "veremezsiniz; birimi bir sistem yöneticisi taşıyabilir, ondan isteyiniz."
                )
                yield place, "parent", message % {"unit": grant.unit}
                break


def leaves_no_administrator(account: User) -> bool:
    """Whether nobody could administer any more if the account were closed; in a transaction, waits for its like."""
    with transaction.atomic():
        others = _open_administrators().exclude(pk=account.pk)
        return account.is_superuser and account.is_open and not others.exists()


def no_administrator_left() -> str:
    return _("Bu, giriş yapabilen son sistem yöneticisidir; önce başka bir yöneticiye hesap açınız.")


def _beyond(people: Collection[int], user: Asker) -> dict[int, str]:
    """Whose account is not the user's to decide over, with a sentence."""
    if not people or user is None or access.is_administrator(user):
        return {}
    held = User.objects.filter(person__in=people).prefetch_related("groups")
    accounts = {each.person_id: each for each in held if each.person_id}
    reasons = {
        pk: _("Bu kişinin hesabı yönetici hesabıdır; görev durumunu ve sicil numarasını yalnızca bir sistem yöneticisi "
              "değiştirebilir.")
        for pk, account in accounts.items() if account.is_superuser
    }  # fmt: skip
    members: dict[int, set[int]] = defaultdict(set)
    for pk, account in accounts.items():
        for group in account.groups.all():
            members[group.pk].add(pk)
    wider = _(
        "Bu kişinin sizin yönetmediğiniz yetkileri var; görev durumunu ve sicil numarasını o yetkileri yöneten biri "
        "veya bir sistem yöneticisi değiştirebilir, ondan isteyiniz."
    )
    for grant in Grant.objects.filter(Q(person__in=people) | Q(group__in=members)).select_related("unit"):
        if not access.may_take_away(user, grant):
            for pk in {grant.person_id} if grant.person_id else members[grant.group_id or 0]:
                reasons.setdefault(pk, wider)
    return reasons


def _last_administrators(leaving: Collection[int]) -> set[int]:
    """Of the people who leave, the administrators, if no other one is left."""
    if not leaving or not User.objects.filter(person__in=leaving, is_superuser=True).exists():
        return set()
    with transaction.atomic():
        there = list(_open_administrators().values_list("person", flat=True))
    return set(there) if there and set(there) <= set(leaving) else set()


def _open_administrators() -> QuerySet[User]:
    """The administrators who can log in; held, so that of two who close each other's account the second waits."""
    held = User.objects.filter(is_superuser=True).order_by("pk").select_for_update(no_key=True)
    list(held.values_list("pk", flat=True))
    return User.objects.filter(User.OPEN, is_superuser=True)
