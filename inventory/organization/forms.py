"""Forms of the account pages."""

from __future__ import annotations

from django import forms
from django.contrib.auth import forms as auth
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from inventory import naming, registers
from inventory.accounts.signing_in import guesses
from inventory.organization.accounts import kept_by, propose_username
from inventory.organization.models import Person, User
from inventory.pages.widgets import ReferenceSelect
from inventory.server.asked import whole
from inventory.trail.models import Event


def _text(**attrs) -> forms.TextInput:
    return forms.TextInput(attrs={"class": "form-control", "autocomplete": "off", **attrs})


class _Styled(forms.Form):
    """Django's own forms with Tabler's look."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-control"


class _Several(forms.ModelMultipleChoiceField):
    """Several rows; a number that no row can have is as wrong as one that none has."""

    def _check_values(self, value):
        for pk in value if isinstance(value, list | tuple) else ():
            if whole(pk) is None:
                raise forms.ValidationError(self.error_messages["invalid_pk_value"], params={"pk": pk})
        return super()._check_values(value)  # type: ignore[misc]  # Django's own


class LoginForm(_Styled, auth.AuthenticationForm):
    pass


class ChangePasswordForm(_Styled, auth.PasswordChangeForm):
    """The own password once more is no place to guess at it: the lockout of the login page holds here, too."""

    def __init__(self, request: HttpRequest, user: User, *args, **kwargs):
        super().__init__(user, *args, **kwargs)
        self.request = request

    def clean_old_password(self) -> str:
        counted = guesses.password_of(self.user)
        guesses.allow(self.request, self.user, counted)
        try:
            return super().clean_old_password()
        except forms.ValidationError:
            guesses.failed(self.request, self.user, counted, Event.Kind.LOGIN_FAILED)
            raise


class ChoosePasswordForm(_Styled, auth.SetPasswordForm):
    pass


class OpenAccountForm(forms.Form):
    """An account for somebody on the staff list; without a name, one is proposed from the person's."""

    username = forms.CharField(
        label=_("Kullanıcı adı"),
        required=False,
        max_length=150,
        widget=_text(),
        validators=[User.username_validator],
        help_text=_("Boş bırakırsanız kişinin adından üretilir, örneğin ayse.yilmaz."),
    )

    def __init__(self, by, *args, **kwargs):
        super().__init__(*args, **kwargs)
        grants = registers.get("grants")
        column = grants.column("person")
        person = forms.ModelChoiceField(
            naming.choosable(grants, column, by),
            label=_("Kişi"),
            widget=ReferenceSelect(grants, column, {"class": "form-select"}),
            help_text=_("Kişi listede yoksa önce Listeler › Kişiler sayfasına ekleyiniz."),
        )
        self.fields = {"person": person, **self.fields}

    def clean_person(self) -> Person:
        person = self.cleaned_data["person"]
        if account := User.objects.filter(person=person).first():
            raise forms.ValidationError(
                _("Bu kişinin hesabı zaten var: %(name)s. Listeden o hesabı açınız.") % {"name": account.username}
            )
        return person

    def clean_username(self) -> str:
        username = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=username).exists():
            raise forms.ValidationError(_("Bu kullanıcı adı başkasında; başka bir ad yazınız."))
        return username

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        if cleaned.get("person") and not cleaned.get("username") and "username" not in self.errors:
            cleaned["username"] = propose_username(cleaned["person"].name)
        return cleaned


class MembershipForm(forms.Form):
    """The groups of one account."""

    groups = _Several(
        Group.objects.order_by("name"),
        label=_("Gruplar"),
        required=False,
        widget=forms.SelectMultiple(attrs={"class": "form-select"}),
    )


class GroupForm(forms.ModelForm):
    """A group's name and members; grants are then given to the group."""

    class Meta:
        model = Group
        fields = ("name",)
        labels = {"name": _("Grup adı")}
        widgets = {"name": _text()}

    def __init__(self, by, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.accounts = kept_by(by)
        self.fields["members"] = _Several(
            self.accounts.filter(is_active=True) | self.accounts.filter(groups=self.instance.pk or 0),
            label=_("Üyeler"),
            required=False,
            widget=forms.SelectMultiple(attrs={"class": "form-select"}),
            initial=self.instance.user_set.all() if self.instance.pk else [],
        )

    def keep(self) -> Group:
        """Write the name, and the members among the accounts that the editor may change."""
        group = self.save()
        others = group.user_set.exclude(pk__in=self.accounts.values("pk"))
        group.user_set.set([*others, *self.cleaned_data["members"]])
        return group
