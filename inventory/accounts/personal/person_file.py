"""All that is kept of a person as one workbook, for her request under article 11 of the KVKK (no. 6698).

Her own row with its history, the rows of every register that name her now or ever did, her account with its groups,
the changes that she made, and the trail of what was done by her or with her row. Written row by row, so that memory
does not grow with them. Of other people it holds no more than lists show.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import IO

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from inventory import former, registers
from inventory.columns import Column
from inventory.history import CHANGED, CREATED, DELETED
from inventory.organization.models import Asker, Grant, Person, Unit, User
from inventory.printing.book import Book, Sheet
from inventory.printing.paper import Paper
from inventory.registers import Register
from inventory.trail import keeping
from inventory.trail.models import Event
from inventory.trail.words import in_words_in_turn

# Rows that a sheet has, without its heading; what is more goes on a next sheet.
ROWS = 1_048_575
_CHUNK = 2_000
_LONGEST = 32_767  # characters in a cell

Lines = Iterable[Iterable[object]]


def keep_trail(person: Person, request: HttpRequest | None = None) -> None:
    """That the file is given out; kept before it is made, so that none goes out without."""
    user = request.user if request else None
    keeping.record(
        Event.Kind.PERSON_FILE, request=request, user=user, register="people", row_id=person.pk, text=str(person)
    )


def write(person: Person, target: IO[bytes], user: Asker = None) -> dict[str, int]:
    """Write the workbook for the user who gives it out; returns {sheet's name: its rows}."""
    keeping.fold()
    account = User.objects.filter(person=person).first()
    paper = Paper(_("%(person)s hakkında tutulanlar") % {"person": person}, user=user)
    with Book(target, paper, constant_memory=True) as book:
        sheets = _Sheets(book)
        sheets.add(_("Kişi"), (_("Bilgi"), _("Değer")), _herself(person, account))
        people = registers.get("people").all_columns()
        heads = (_("Ne zaman"), _("Olay"), _("Kim"), _("Gerekçe"), *(column.label for column in people))
        sheets.add(_("Kişinin tarihçesi"), heads, _past(person, people))
        for register in registers.every():
            if named := register.naming(Person):
                columns = register.all_columns()
                heads = (_("Anıldığı sütun"), register.key.label, *(column.label for column in columns))
                sheets.add(register.title, heads, _rows(register, columns, named, person), empty=False)
        heads = (_("Ne zaman"), _("Kütük"), _("Kayıt no"), _("Olay"), _("Anıldığı sütun"))
        sheets.add(_("Adının geçtiği geçmiş"), heads, _named_in_the_past(person), empty=False)
        if account:
            sheets.add(_("Hesabına bağlı olanlar"), (_("Ne"), _("Sayı")), _of_account(account))
            heads = (_("Ne zaman"), _("Kütük"), _("Kayıt no"), _("Olay"), _("Gerekçe"))
            sheets.add(_("Yaptığı değişiklikler"), heads, _changes_by(account), empty=False)
        heads = (_("Ne zaman"), _("Olay"), _("Kim"), _("Nereden"), _("Kütük"), _("Kayıt no"), _("Ne"))
        sheets.add(_("Denetim izi"), heads, _trail(person, account, user))
    return sheets.counts


class _Sheets:
    """The workbook's sheets, one after the other, each as long as it has rows."""

    def __init__(self, book: Book):
        self._book = book
        self.counts: dict[str, int] = {}

    def add(self, name: str, headings: Iterable[str], lines: Lines, *, empty: bool = True) -> None:
        """`empty`: the sheet is there without a row, too."""
        sheet: Sheet | None = None
        at, headings = 0, list(headings)
        for cells in lines:
            if sheet is None or at >= ROWS:
                sheet, at = self._sheet(name, headings), 0
            at += 1
            self.counts[name] = self.counts.get(name, 0) + 1
            for place, value in enumerate(cells):
                sheet.write_string(at, place, _text(value)[:_LONGEST])
        if sheet is None and empty:
            self._sheet(name, headings)

    def _sheet(self, name: str, headings: list[str]) -> Sheet:
        # A title as a sheet may be named, and once.
        plain = "".join(" " if c in "[]:*?/\\" else c for c in name)[:27].strip()
        taken = {sheet.get_name().lower() for sheet in self._book.worksheets()}
        names = (plain if n == 1 else f"{plain} {n}" for n in range(1, 1_000))
        sheet = self._book.add_sheet(next(each for each in names if each.lower() not in taken))
        sheet.freeze_panes(1, 0)
        sheet.write_heading(headings)
        return sheet


def _text(value: object) -> str:
    if isinstance(value, dt.datetime):
        return f"{timezone.localtime(value):%d.%m.%Y %H:%M:%S}"
    return "" if value is None else str(value)


def _full(column: Column, row) -> str:
    """Of herself nothing is masked."""
    return str(getattr(row, column.name) or "") if column.is_personal else column.text(row)


def _herself(person: Person, account: User | None) -> Iterator[tuple]:
    for column in registers.get("people").all_columns():
        yield column.label, _full(column, person)
    if account:
        yield _("Kullanıcı adı"), account.username
        yield _("Hesaptaki adı"), account.get_full_name()
        yield _("Hesaptaki e-posta"), account.email
        yield _("Hesap açık"), _("Evet") if account.is_active else _("Hayır")
        yield _("Hesabın açıldığı an"), account.date_joined
        yield _("Son giriş"), account.last_login
        yield _("İkinci adım"), account.second_factor_since
        groups = list(account.groups.order_by("name"))
        yield _("Gruplar"), ", ".join(group.name for group in groups)
        for grant in Grant.objects.filter(group__in=groups).select_related("group", "unit"):
            yield _("Grubundan gelen yetki"), grant
    yield _("Hazırlandığı an"), timezone.now()


def _past(person: Person, columns: list[Column]) -> Iterator[list]:
    entries = list(Person.history.filter(id=person.pk).select_related("history_user").order_by("history_id"))
    # Units that are gone by now are called as they were.
    units = former.Versions(Unit, {then.unit_id for then in entries})
    for then in entries:
        then._state.fields_cache["unit"] = units.at(then.unit_id, then.history_date)
        head = (then.history_date, _kind(then.history_type), then.history_user, then.history_change_reason)
        yield [*head, *(_full(column, then) for column in columns)]


def _any(named: list[Column], person: Person) -> Q:
    return Q(*((f"{column.field.attname}", person.pk) for column in named), _connector=Q.OR)


def _rows(register: Register, columns: list[Column], named: list[Column], person: Person) -> Iterator[list]:
    rows = register.model._default_manager.filter(_any(named, person)).select_related(*register.joined)
    for row in rows.order_by("pk").iterator(_CHUNK):
        at = ", ".join(column.label for column in named if getattr(row, column.field.attname) == person.pk)
        yield [at, register.key.text(row), *(column.text(row) for column in columns)]


def _named_in_the_past(person: Person) -> Iterator[tuple]:
    """Every state of a row in which she was named, also of rows that name another by now."""
    for register in registers.every():
        if named := register.naming(Person):
            attributes = [column.field.attname for column in named]
            past = register.model.history.filter(_any(named, person)).order_by("history_id")
            entries = past.values_list("history_date", "id", "history_type", *attributes)
            for when, row_id, kind, *ids in entries.iterator(_CHUNK):
                at = ", ".join(column.label for column, pk in zip(named, ids, strict=True) if pk == person.pk)
                yield when, register.title, row_id, _kind(kind), at


def _changes_by(account: User) -> Iterator[tuple]:
    for register in registers.every():
        past = register.model.history.filter(history_user=account).order_by("history_id")
        entries = past.values_list("history_date", "id", "history_type", "history_change_reason")
        for when, row_id, kind, reason in entries.iterator(_CHUNK):
            yield when, register.title, row_id, _kind(kind), reason


def _of_account(account: User) -> Iterator[tuple]:
    """What of the application's own tables belongs to the account: views, imports, exports and the like."""
    for relation in User._meta.related_objects:
        rows = relation.related_model._default_manager.filter(**{relation.field.name: account})
        if count := rows.count():
            yield relation.related_model._meta.verbose_name_plural, count


def _trail(person: Person, account: User | None, user: Asker) -> Iterator[tuple]:
    about = Q(register="people", row_id=person.pk)
    if account:
        about |= Q(user_id=account.pk) | Q(username=account.username)
    for line in in_words_in_turn(Event.objects.filter(about).order_by("id").iterator(_CHUNK), user):
        event = line.event
        yield event.at, line.kind, event.username, event.address, event.register, event.row_id, line.sentence


def _kind(sign: str) -> str:
    return {CREATED: _("Eklendi"), CHANGED: _("Değişti"), DELETED: _("Silindi")}[sign]
