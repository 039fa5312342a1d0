"""What becomes of accounts, groups and grants: recorded in the transaction that does it, whichever way it is done."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import Group
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_save
from django.dispatch import receiver
from django.utils.translation import gettext as _

from inventory.history import CHANGED, CREATED, DELETED
from inventory.hooks import Write
from inventory.organization.models import Grant, User
from inventory.trail.keeping import record_within
from inventory.trail.models import Event

# What is recorded of an account; a login's own columns are not.
_WATCHED = {"username", "password", "is_active", "is_superuser", "person"}


def given(write: Write) -> None:
    """A grant was given or changed."""
    _keep(write, _("Verildi") if write.kind == CREATED else _("Değişti"))


def taken(write: Write) -> None:
    """A grant is about to be taken away."""
    if write.kind == DELETED:
        _keep(write, _("Alındı"))


def _keep(write: Write, done: str) -> None:
    if write.register.model is not Grant:
        return
    for grant in write.rows.select_related("person", "group", "unit").order_by("pk"):
        text = f"{done}: {grant.person or grant.group} · {_held(grant)}"
        # What the history has last is the grant as it was.
        before = write.kind == CHANGED and grant.history.order_by("-history_id").first()
        if before and (was := _held(before)) != _held(grant):
            text += _(" (önce: %(held)s)") % {"held": was}
        who, slug = write.author.user, write.register.slug
        record_within(Event.Kind.GRANT, user=who, register=slug, row_id=grant.pk, text=text)


def _held(grant) -> str:
    """What it gives; `grant` may be one of the history."""
    parts = [
        grant.get_register_display() or _("bütün kütükler"), grant.unit or _("her yer"), grant.get_level_display(),
    ]  # fmt: skip
    if grant.needs_second_factor:
        parts.append(_("ikinci adım ister"))
    return " · ".join(map(str, parts))


@receiver(pre_save, sender=User)
def _remember(instance, update_fields, **kwargs):
    instance.stored_before = None
    if instance.pk and (update_fields is None or _WATCHED & set(update_fields)):
        instance.stored_before = User.objects.filter(pk=instance.pk).first()


@receiver(post_save, sender=User)
def _account(instance, created, **kwargs):
    for text in [_opened(instance)] if created else _changes(instance.stored_before, instance):
        record_within(Event.Kind.ACCOUNT, text=f"{instance.username}: {text}")


def _opened(account: User) -> str:
    return _("hesap açıldı (%(person)s)") % {"person": account.person or "—"}


def _changes(before: User | None, now: User) -> Iterable[str]:
    if before is None:
        return
    if before.is_active != now.is_active:
        yield _("hesap yeniden açıldı") if now.is_active else _("hesap kapatıldı")
    if before.is_superuser != now.is_superuser:
        yield _("yönetici yapıldı") if now.is_superuser else _("yöneticiliği alındı")
    if before.password != now.password:
        yield from _of_password(before, now)
    if before.username != now.username:
        yield _("kullanıcı adı değişti, önceki: %(name)s") % {"name": before.username}
    if before.person_id != now.person_id:
        yield _("kişisi değişti: %(person)s") % {"person": now.person or "—"}


def _of_password(before: User, now: User) -> Iterable[str]:
    if not now.has_usable_password():
        taken = before.has_usable_password()
        yield _("parolası alındı; yeni parola bağlantısı verildi") if taken else _("parola bağlantısı verildi")
    # Else a login has hashed the same one anew.
    elif now._password is not None:  # type: ignore[attr-defined]  # Django's own
        yield _("parolası değişti")


@receiver(m2m_changed, sender=User.groups.through)
def _membership(instance, action, reverse, pk_set, **kwargs):
    done = {"post_add": _joined, "post_remove": _left}.get(action)
    if done is None or not pk_set:
        return
    memberships: list[tuple[User, Group]]
    if reverse:
        memberships = [(account, instance) for account in User.objects.filter(pk__in=pk_set).order_by("pk")]
    else:
        memberships = [(instance, group) for group in Group.objects.filter(pk__in=pk_set).order_by("pk")]
    for account, group in memberships:
        record_within(Event.Kind.ACCOUNT, text=f"{account.username}: {done(group)}")


def _joined(group: Group) -> str:
    return _("“%(group)s” grubuna alındı") % {"group": group.name}


def _left(group: Group) -> str:
    return _("“%(group)s” grubundan çıkarıldı") % {"group": group.name}


@receiver(post_save, sender=Group)
def _group_written(instance, created, **kwargs):
    done = _("“%(group)s” grubu açıldı") if created else _("“%(group)s” grubu değişti")
    record_within(Event.Kind.ACCOUNT, text=done % {"group": instance.name})


@receiver(post_delete, sender=Group)
def _group_gone(instance, **kwargs):
    record_within(Event.Kind.ACCOUNT, text=_("“%(group)s” grubu silindi") % {"group": instance.name})
