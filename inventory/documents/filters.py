"""Filters that lists have for their documents: which are missing, and, of the documents, those of one row."""

from __future__ import annotations

from typing import Any

import django_filters as df
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from inventory import access, former, registers
from inventory.documents.links import documents
from inventory.documents.missing import COLUMN
from inventory.documents.models import Document, DocumentKind, Link, Requirement
from inventory.listing.filters import ReferenceFilter
from inventory.pages.widgets import ReferenceSelectMultiple
from inventory.registers import Register
from inventory.server.asked import whole


class OfRow(df.CharFilter):
    """The documents of one row, named "vehicles-12"; none of a row that the reader may not see."""

    def filter(self, rows: QuerySet[Any], value: Any) -> Any:
        if not value:
            return rows
        slug, _dash, number = str(value).rpartition("-")
        register = next((each for each in access.followed(documents()) if each.slug == slug), None)
        request, pk = self.parent.request, whole(number)
        if register is None or pk is None:
            return rows.none()
        end = former.end_of(request.as_of) if request.as_of else None
        past = former.as_of(register.model, request.as_of).filter(id=pk) if request.as_of else None
        seen = access.visible_to(register, request.user, past, end or former.EVER)
        seen = seen if request.as_of else seen.filter(pk=pk)
        links = Link.at(end).filter(register=slug, row=pk)
        return rows.filter(id__in=links.values("document")) if seen.exists() else rows.none()


class Without(ReferenceFilter):
    """The rows that lack a document of one of the kinds."""

    def filter(self, rows: QuerySet[Any], value: Any) -> Any:
        # Of what the reader sees, so that it tells of no other that it is there.
        request, day = self.parent.request, self.parent.request.as_of
        end = former.end_of(day) if day else None
        past = former.as_of(Document, day) if day else None
        there = access.visible_to(documents(), request.user, past, end or former.EVER)
        for kind in value or ():
            links = Link.at(end).filter(register=self.slug)
            rows = rows.exclude(id__in=links.filter(document__in=there.filter(kind=kind.pk).values("id")).values("row"))
        return rows


def of_register(register: Register) -> dict[str, df.Filter]:
    if register is documents():
        return {"of": OfRow(label=_("ait olduğu kayıt"), widget=forms.HiddenInput)}
    if register not in access.followed(documents()):
        return {}
    required = registers.serving(Requirement)
    without = Without(
        # Shown beside the column that says whether one is missing.
        field_name=COLUMN,
        label=_("şu belgesi olmayanlar"),
        queryset=lambda request: DocumentKind.objects.all(),
        widget=ReferenceSelectMultiple(required, required.column("kind")),
    )
    without.slug = register.slug
    return {f"{COLUMN}_without": without}


def kinds_for(register: Register) -> QuerySet[DocumentKind]:
    """The kinds of document that its rows may have."""
    return DocumentKind.objects.filter(register__in=("", register.slug)).order_by("name", "pk")
