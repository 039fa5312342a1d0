"""The account pages: opening and closing accounts, passwords, groups. Grants are a register of their own."""

from __future__ import annotations

from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import Group
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from inventory.accounts.signing_in import sessions
from inventory.organization import accounts, authority
from inventory.organization.forms import GroupForm, MembershipForm, OpenAccountForm
from inventory.organization.holdings import held_by
from inventory.organization.models import Grant, Person
from inventory.search import LONGEST, matching, turkish

PAGE = 50
form_page = require_http_methods(["GET", "HEAD", "POST"])


def administrators_only(view):
    """For everybody else the page is not there."""

    @wraps(view)
    def checked(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not accounts.may_administer(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return checked


@require_safe
@administrators_only
def users(request: HttpRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip()
    users = accounts.kept_by(request.user).prefetch_related("groups")
    if query:
        people = matching(Person.objects.all(), query)
        users = users.filter(person__in=people) | users.filter(username__icontains=query[:LONGEST])
    page = Paginator(users, PAGE).get_page(request.GET.get("page"))
    return render(request, "account/users.html", {"page": page, "query": query})


@form_page
@administrators_only
@never_cache
def user_new(request: HttpRequest) -> HttpResponse:
    form = OpenAccountForm(request.user, request.POST or None, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        account = accounts.open_for(form.cleaned_data["person"], form.cleaned_data["username"])
        return _hand_over(request, account)
    return render(request, "account/user_new.html", {"form": form})


@form_page
@administrators_only
def user(request: HttpRequest, pk: int) -> HttpResponse:
    """One account: its state, its groups, and the grants that it holds."""
    account = get_object_or_404(accounts.kept_by(request.user), pk=pk)
    form = MembershipForm(request.POST or None, initial={"groups": account.groups.all()})
    if request.method == "POST" and form.is_valid():
        account.groups.set(form.cleaned_data["groups"])
        messages.success(request, _("Gruplar kaydedildi."))
        return redirect("user", pk)
    own = Grant.objects.filter(person=account.person_id) if account.person_id else Grant.objects.none()
    grants = own | Grant.objects.filter(group__in=account.groups.all())
    context = {
        "account": account,
        "form": form,
        "locked": accounts.is_locked(account),
        "from_directory": [each.group for each in account.directory_memberships.select_related("group")],
        "grants": grants.select_related("person", "group", "unit").distinct(),
        "holder": f"person={account.person_id}" if account.person_id else "",
        "held": held_by(account.person, request.user) if account.person else [],
    }
    return render(request, "account/user.html", context)


@require_POST
@administrators_only
def user_active(request: HttpRequest, pk: int) -> HttpResponse:
    """Close an account, or open it again. A closed one logs in no more; what it did stays in the history."""
    account = get_object_or_404(accounts.kept_by(request.user), pk=pk)
    if account == request.user:
        messages.error(request, _("Kendi hesabınızı kapatamazsınız; başka bir yöneticiden isteyiniz."))
        return redirect("user", pk)
    with transaction.atomic():
        if authority.leaves_no_administrator(account):
            messages.error(request, authority.no_administrator_left())
            return redirect("user", pk)
        account.is_active = not account.is_active
        account.save(update_fields=["is_active"])
        # Not by the closing alone: opened again, the account would have them again.
        sessions.end_everywhere(account)
    message = _("Hesap yeniden açıldı.") if account.is_active else _("Hesap kapatıldı; artık giriş yapamaz.")
    messages.success(request, message)
    if not account.is_active and account.person and (held := held_by(account.person, request.user)):
        message = _("Üzerinde hâlâ %(held)s var; aşağıdan başkasına veriniz.")
        messages.warning(request, message % {"held": ", ".join(f"{h.register.title} ({h.count})" for h in held)})
    return redirect("user", pk)


@require_POST
@administrators_only
@never_cache
def user_password(request: HttpRequest, pk: int) -> HttpResponse:
    account = get_object_or_404(accounts.kept_by(request.user).filter(is_active=True), pk=pk)
    if account == request.user:
        return redirect("password_change")
    return _hand_over(request, account)


def _hand_over(request: HttpRequest, account) -> HttpResponse:
    """The page with the link; shown once, since a redirect would have to keep the secret somewhere."""
    link = request.build_absolute_uri(accounts.password_link(account))
    days = settings.PASSWORD_RESET_TIMEOUT // 86_400
    return render(request, "account/password_link.html", {"account": account, "link": link, "days": days})


@require_safe
@administrators_only
def groups(request: HttpRequest) -> HttpResponse:
    counted = Group.objects.annotate(members=Count("user", distinct=True), given=Count("grants", distinct=True))
    return render(request, "account/groups.html", {"groups": counted.order_by(turkish("name"))})


@form_page
@administrators_only
def group(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Make a group, or change its name and members."""
    row = get_object_or_404(Group, pk=pk) if pk else Group()
    form = GroupForm(request.user, request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        form.keep()
        messages.success(request, _("“%(name)s” grubu kaydedildi.") % {"name": row.name})
        return redirect("groups")
    grants = Grant.objects.filter(group=pk).select_related("unit", "group", "person") if pk else ()
    return render(
        request, "account/group.html", {"form": form, "group": row, "grants": grants, "holder": f"group={pk}"}
    )


@require_POST
@administrators_only
def group_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Only an empty group goes: a deleted grant or membership would leave no trace."""
    row = get_object_or_404(Group, pk=pk)
    if row.user_set.exists() or row.grants.exists():
        messages.error(request, _("Grup silinemez: önce üyelerini ve yetkilerini kaldırınız."))
        return redirect("group", pk)
    row.delete()
    messages.success(request, _("“%(name)s” grubu silindi.") % {"name": row.name})
    return redirect("groups")
