"""Profiles: how one sender's files are read, kept under a name, shared within a unit, carried as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from imports.checking import besides
from imports.checking.composites import composites
from imports.checking.meanings import UnknownValue, answers
from imports.checking.references import Lookup
from imports.filling import constants
from imports.models import Batch, Meaning, Profile
from imports.words.headings import heading_key
from imports.words.known import text_key
from inventory import access, registers
from inventory.columns import Type
from inventory.pages.sharing import shared_with, unit_of
from inventory.registers import Register

#: The fields of a batch that a profile keeps.
CHOICES = (
    "sheet",
    "header_row",
    "header_rows",
    "locale",
    "encoding",
    "mode",
    "blank",
    "blanks",
    "constants",
    "filled",
    "mapping",
)
FORMAT = "import-profile 1"


class UnusableProfile(ValueError):
    """The JSON is no profile of ours; the message says what is wrong."""


def visible_profiles(user, register: Register | None = None) -> QuerySet[Profile]:
    """Her own profiles, and those shared with her unit or one above it."""
    profiles = Profile.objects.select_related("owner", "unit")
    if register is not None:
        profiles = profiles.filter(register=register.slug)
    if user is None:
        return profiles
    return profiles.filter(shared_with(user))


def suggested(batch: Batch) -> Profile | None:
    """A profile whose headings are all in the batch's file, the one that names most of them."""
    headings = {heading_key(heading["text"]) for heading in batch.headings}
    fitting = [
        profile
        for profile in visible_profiles(batch.user, batch.of)
        if profile.choices.get("mapping") and {heading_key(text) for text in profile.choices["mapping"]} <= headings
    ]
    return max(fitting, key=lambda profile: len(profile.choices["mapping"]), default=None)


def use(batch: Batch, profile: Profile) -> None:
    """Take the profile's choices into the batch; the headings are matched by it at the next check."""
    batch.profile = profile
    for name in CHOICES:
        if name != "mapping" and name in profile.choices:
            setattr(batch, name, profile.choices[name])
    batch.mapping = {}


def known_mapping(batch: Batch, headers: Sequence[str]) -> dict[str, str]:
    """What the batch's profile says of those headings that this file has; columns that are gone are left out."""
    if batch.profile is None:
        return {}
    register = batch.of
    names = {"", register.key.name, *register.columns, *("+".join(one.columns) for one in composites(register))}
    names |= {*besides.names(register)}
    present = {heading_key(header) for header in headers}
    mapping = batch.profile.choices.get("mapping", {})
    return {text: name for text, name in mapping.items() if name in names and heading_key(text) in present}


@transaction.atomic
def keep(batch: Batch, name: str, *, shared: bool) -> Profile:
    """Save the batch's choices, its headings and the answers about their columns under a name; one's own profile of
    that name is replaced."""
    choices = {field: getattr(batch, field) for field in CHOICES}
    choices["mapping"] = {
        heading["text"]: heading["columns"]
        for heading in batch.headings
        if heading["columns"] or heading["reading"] == "left_out"
    }
    profile, _made = Profile.objects.update_or_create(
        register=batch.register,
        owner=batch.user,
        name=name,
        defaults={"choices": choices, "unit": unit_of(batch.user) if shared else None},
    )
    given = answers(batch.of, batch.user, batch.profile)
    profile.meanings.all().delete()
    texts = dict(Meaning.objects.filter(register=batch.register).values_list("key", "text"))
    read = {name for heading in batch.headings for name in heading["columns"].split("+")}
    for column, said in given.items():
        if column not in read:
            continue
        for key, means in said.answers.items():
            about = {"register": batch.register, "column": column, "key": key}
            profile.meanings.create(text=texts.get(key, key), means=means, **about)
    return profile


def as_json(profile: Profile, user) -> dict:
    """The profile as it is carried to another installation: rows by their names, since ids differ there."""
    register = profile.of
    carried = []
    for meaning in profile.meanings.all():
        if meaning.column in register.columns and (name := _name_of(register, meaning, user)):
            carried.append({"column": meaning.column, "text": meaning.text, "means": name})
    return {
        "format": FORMAT,
        "register": register.slug,
        "name": profile.name,
        "choices": profile.choices | {"constants": {name: one["text"] for name, one in _constants(profile).items()}},
        "meanings": carried,
    }


def _constants(profile: Profile) -> dict[str, dict[str, str]]:
    return profile.choices.get("constants", {})


def _name_of(register: Register, meaning: Meaning, user) -> str:
    column = register.column(meaning.column)
    if column.type == Type.CHOICE:
        return meaning.means
    target = registers.of(column.related_model)
    row = access.visible_to(target, user).filter(pk=meaning.means).first() if target else None
    return str(row or "")


@transaction.atomic
def from_json(data: object, user) -> tuple[Profile, list[str]]:
    """Keep a carried profile as the user's own; returns the texts whose meaning is not known here."""
    register, carried = _judged(data, user)
    profile, _made = Profile.objects.update_or_create(
        register=register.slug,
        owner=user,
        name=carried["name"].strip()[:80],
        defaults={"choices": {name: carried["choices"][name] for name in CHOICES if name in carried["choices"]}},
    )
    profile.meanings.all().delete()
    lost: list[str] = []
    given: dict[str, dict[str, str]] = {}
    for name, text in carried["choices"].get("constants", {}).items():
        try:
            given |= constants.of_texts(register, {name: text}, user)
        except constants.UnusableConstant:
            lost.append(text)
    profile.choices["constants"] = given
    profile.save()
    for one in carried["meanings"]:
        column = register.column(one["column"])
        means = _meant(register, column, one["means"], user)
        if means is None:
            lost.append(one["text"])
            continue
        key = text_key(column, one["text"])
        defaults = {"register": register.slug, "text": one["text"][:200], "means": means}
        profile.meanings.update_or_create(column=column.name, key=key, defaults=defaults)
    return profile, lost


def _judged(data: object, user) -> tuple[Register, dict[str, Any]]:
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise UnusableProfile(_("Bu dosya bir aktarım profili değil; “İndir” ile alınmış bir profil seçiniz."))
    try:
        register = registers.get(data["register"])
        texts = [data["name"], *(one[part] for one in data["meanings"] for part in ("column", "text", "means"))]
        usable = all(isinstance(text, str) and 0 < len(text) <= 200 for text in texts) and _fits(data["choices"])
        usable = usable and all(one["column"] in register.columns for one in data["meanings"])
    except (KeyError, TypeError, ValueError, AttributeError):
        usable = False
    if not usable or not access.may_change(register, user):
        raise UnusableProfile(_("Profil okunamadı veya kütüğünde değişiklik yetkiniz yok; göndericisinden isteyiniz."))
    return register, data


def _fits(choices: object) -> bool:
    """Whether the choices are such as a batch can take."""
    if not isinstance(choices, dict):
        return False
    whole = all(choices.get(name) is None or 0 < int(choices[name]) < 2**20 for name in ("header_row", "header_rows"))
    fields = [field for field in Batch._meta.fields if field.name in ("locale", "encoding", "mode", "blank")]
    known = all(choices.get(field.name) in (None, *dict(field.flatchoices)) for field in fields)
    pairs = [pair for name in ("mapping", "blanks", "constants") for pair in choices.get(name, {}).items()]
    texts = [choices.get("sheet", ""), *choices.get("filled", []), *(text for pair in pairs for text in pair)]
    return whole and known and all(isinstance(text, str) and len(text) <= 500 for text in texts)


def _meant(register: Register, column, name: str, user) -> str | None:
    """The id or stored choice that the name means here."""
    if column.type == Type.CHOICE:
        return name if name in column.choices else None
    lookup = Lookup(register, column, user)
    lookup.learn([name])
    try:
        return str(lookup.choose(name).pk)
    except UnknownValue:
        return None
