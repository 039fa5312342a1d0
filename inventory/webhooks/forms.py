from __future__ import annotations

from django import forms
from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from inventory import access, registers
from inventory.models import SavedView
from inventory.pages.sharing import shared_with
from inventory.webhooks import posting
from inventory.webhooks.models import Rule
from inventory.webhooks.reading import Unclear, listing

_KEEP = "="


class RuleForm(forms.ModelForm):
    what = forms.ChoiceField(
        label=_("Kayıtlar"),
        help_text=_("Süzgeci ve sütunları kayıtlı bir görünümden alınır; görünüm sonradan değişirse kural değişmez."),
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    field_order = ("name", "url", "what", "on_created", "on_changed", "on_deleted", "on_state", "active")

    class Meta:
        model = Rule
        fields = ["name", "url", "on_created", "on_changed", "on_deleted", "on_state", "active"]
        widgets = {
            "name": forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
            "url": forms.TextInput(
                attrs={"class": "form-control", "autocomplete": "off", "inputmode": "url", "spellcheck": "false"}
            ),
            **{
                name: forms.CheckboxInput(attrs={"class": "form-check-input"})
                for name in ("on_created", "on_changed", "on_deleted", "on_state", "active")
            },
        }
        help_texts = {
            "name": _("Örneğin: muhasebe programına araçlar."),
            "url": _("Bildirimlerin gönderileceği https adresi."),
            "on_state": _("Durumu olan kütüklerde; işaretlenmezse adım da bir değişikliktir."),
            "active": _("Kapalıyken olanlar sonradan bildirilmez."),
        }

    def __init__(self, user, *args, **kwargs):
        super().__init__(*args, **kwargs)
        in_order = [*registers.every("asset"), *registers.every("record"), *registers.every("list")]
        seen = {each.slug: each for each in in_order if access.may_see(each, user)}
        views = SavedView.objects.filter(shared_with(user) | Q(shared=True), kind=SavedView.Kind.VIEW)
        self._views = {f"{v.register}:{v.pk}": v for v in views.filter(register__in=seen)}
        groups = [
            (r.title, [(slug, now("%(register)s: hepsi") % {"register": r.title}),
                       *((key, v.name) for key, v in self._views.items() if v.register == slug)])
            for slug, r in seen.items()
        ]  # fmt: skip
        same = [(_KEEP, now("Şimdiki seçim kalsın"))] if self.instance.pk else [("", "—")]
        field = self.fields["what"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [*same, *groups]
        self.initial.setdefault("what", _KEEP if self.instance.pk else "")

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"].strip()
        try:
            posting.split(url)
        except posting.Unreachable as why:
            raise forms.ValidationError(str(why)) from why
        return url

    def clean(self) -> dict:
        given = super().clean() or self.cleaned_data
        self._refuse_too_many()
        what = given.get("what")
        if what and what != _KEEP:
            view = self._views.get(what)
            self.instance.register = what.partition(":")[0]
            self.instance.query = view.query if view else ""
            self.instance.__dict__.pop("of", None)
        if not any(given.get(name) for name in ("on_created", "on_changed", "on_deleted", "on_state")):
            self.add_error("on_created", now("En az bir olay seçiniz."))
        if what:
            try:
                listing(self.instance)
            except Unclear as why:
                self.add_error("what", str(why))
        return given

    def _refuse_too_many(self) -> None:
        """Each costs whoever writes in its register."""
        most = settings.WEBHOOK_MAX_RULES
        if not self.instance.pk and Rule.objects.filter(owner=self.instance.owner).count() >= most:
            message = now(
                "En çok %(most)d kuralınız olabilir. Birini siliniz ya da yöneticiden sınırı yükseltmesini isteyiniz."
            )
            self.add_error(None, message % {"most": most})
