"""What a rule's owner may see of rows: under the rule's filter, in its columns, as the API reads it."""

from __future__ import annotations

from collections.abc import Sequence

import orjson
from django.db.models import Q
from django.utils.translation import gettext as _

from inventory import access
from inventory.api.reading import ALWAYS, Objects
from inventory.listing.address import Listing, narrowed
from inventory.listing.filters import filter_class
from inventory.organization.models import Grant, User
from inventory.webhooks.models import Rule

#: Of rows by their id: version, and columns as JSON.
Views = dict[int, tuple[int, bytes]]


class Unclear(Exception):
    """The rule's filter is no longer understood; the message says what."""


def listing(rule: Rule, ids: Sequence[int] | None = None) -> Listing:
    """The rows that the rule reports. Raises Unclear: a filter that is misunderstood would let too much out."""
    if rule.of is None:
        raise Unclear(_("Böyle bir kütük artık yok."))
    query = narrowed(rule.query, but="columns")
    columns = query.pop("columns", ["all"])
    unknown = set(query) - set(filter_class(rule.of).base_filters)
    query.setlist("columns", columns)
    asked = Listing(rule.of, rule.owner, query, None if ids is None else Q(pk__in=ids))
    if unknown or asked.errors:
        raise Unclear(
            _("Süzgeç artık anlaşılmıyor: %(names)s.") % {"names": ", ".join(sorted({*unknown, *asked.errors}))}
        )
    return asked


def views(asked: Listing) -> Views:
    objects = Objects(asked)
    names = [name for name in objects.names if name not in ALWAYS]
    rows = objects.of(asked.with_references(asked.matching).order_by())
    return {row["id"]: (row["version"], orjson.dumps({name: row[name] for name in names})) for row in rows}


def rights(user: User) -> set[str]:
    """What the user sees by: grants by unit and register, those to change apart; who has lost one may see less."""
    held = {"all"} if access.is_administrator(user) else set()
    for grant in access.grants_of(user):
        what = f"{grant.unit_id or ''}/{grant.register}"
        held |= {what, f"{what}/change"} if grant.level >= Grant.Level.CHANGE else {what}
    return held
