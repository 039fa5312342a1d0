"""Every place where one part of the house takes part in the work of another.

A hook is a list. Whoever has something to add appends it when the app starts (`AppConfig.ready`); the owner, named
beside each list, goes through it. What stands in it is called in the order of INSTALLED_APPS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from django.db.models import QuerySet

if TYPE_CHECKING:
    import django_filters
    from django.http import HttpRequest, HttpResponse

    from imports.checking.besides import Beside
    from imports.exporting import Form
    from imports.watching import Steps
    from inventory.computed.columns import Computed
    from inventory.editing.doubts import Rule
    from inventory.history import Author
    from inventory.models import Row
    from inventory.organization.models import Asker, User
    from inventory.registers import Register
    from inventory.trail.sentences import Sentence, Thing


@dataclass(frozen=True)
class Write:
    """A write of some rows of a register, for what is kept beside them."""

    register: Register
    #: CREATED, CHANGED or DELETED of `inventory.history`.
    kind: str
    ids: Sequence[int]
    #: The names of the fields that are written: all of a row that comes or goes.
    columns: Set[str]
    author: Author
    #: The rows as objects, in the order of the ids, where the writer has them: all their columns as they are now.
    objects: Sequence[Row] = ()

    @property
    def rows(self) -> QuerySet[Any]:
        """The rows as they are in the table now."""
        return self.register.model._default_manager.filter(pk__in=self.ids)


@dataclass(frozen=True)
class Waiting:
    """What waits for a user on her first page; `number` is that of its list, and stays out where it is one thing."""

    text: str
    url: str
    icon: str
    number: int | None = None
    #: What is to be done with it.
    state: str = ""


@dataclass(frozen=True)
class Panel:
    """What stands beside a row on its page."""

    template: str
    context: Mapping[str, Any]
    #: Whether it stands below the row's records.
    is_below: bool = False


Follower = Callable[[Write], None]

#: `inventory.writes`, in its transaction: rows as they were that are about to be changed or deleted.
before_write: list[Follower] = []
#: `inventory.writes`, in its transaction: new or changed rows as they are now, before their history is written.
after_write: list[Follower] = []
#: `inventory.writes`, in its transaction: rows that name one whose name is new, in any letter.
after_refold: list[Follower] = []
#: `inventory.writes`, in its transaction: rows that went with their history; nothing may remember them.
after_forgetting: list[Follower] = []
#: `inventory.writes`, in its transaction: rows whose columns were emptied in all their history; nothing may remember
#: what stood there.
after_erasing: list[Follower] = []
#: `inventory.listing.filters`: filters that a list has beside those of its columns, by name.
filters: list[Callable[[Register], dict[str, django_filters.Filter]]] = []
#: `inventory.computed.columns`: columns that a register's lists have beside those that it declares.
computed: list[Callable[[Register], Iterable[Computed]]] = []
#: `inventory.refusals`: what hangs on rows beside rows of registers, which then stay: {id: (what, how many)}.
hanging: list[Callable[[Register, Sequence[int]], Mapping[int, tuple[str, int]]]] = []
#: `inventory.documents`, `inventory.papers`: reads a file from elsewhere in a process with limits: (file, its name,
#: module, function) → what that function yields; nothing, where it cannot.
in_child: list[Callable[[IO[bytes], str, str, str], list[Any]]] = []
#: `inventory.editing.doubts`: doubts that a register has beside those that it declares.
doubts: list[Callable[[Register], Sequence[Rule]]] = []
#: `imports.watching`, `inventory.server.jobs`: the work in the background that must not be lost.
steps: list[Steps[Any]] = []
#: `inventory.api`: (register, name, author, counts) → the author of rows that are undone together.
gathering: list[Callable[[Register, str, Author, Mapping[str, int]], Author]] = []
#: `imports.reading`: modules with a `read` for files that are no spreadsheets, asked before those that read these.
readers: list[str] = []
#: `imports.checking.besides`: columns of a sheet that are kept in another table.
besides: list[Beside] = []
#: `imports.exporting`: forms of a file that goes out.
export_forms: list[Callable[[], Iterable[Form]]] = []
#: `inventory.pages.item_views`: what a short address (`/q/CODE/`) names beside items: the answer, or None.
codes: list[Callable[[HttpRequest, str], HttpResponse | None]] = []
#: `inventory.papers`: papers that a new installation prints beside the first ones: (name, subject, suffix, file).
papers: list[Callable[[], Iterable[tuple[str, str, str, bytes]]]] = []
#: `inventory.trail`: what each page does that leaves an entry, in words, by the page's name.
sentences: list[Mapping[str, Sentence]] = []
#: `inventory.trail`: what has a number in addresses and is no row of a register.
things: list[Mapping[str, Thing]] = []
#: `inventory.pages.home.waiting`: what waits for a user beside rows of registers.
waiting: list[Callable[[User], Iterator[Waiting]]] = []
#: `inventory.pages.views`: what a row's page has beside its records; None where there is nothing to show.
panels: list[Callable[[Register, Any, Asker], Panel | None]] = []
