from django.utils.translation import gettext_lazy as _

from inventory.calendar.doubts import AT_ONE_TIME
from inventory.calendar.models import Day, WorkingHours
from inventory.registers import Register, register

register(
    Register(
        slug="calendar-days",
        model=Day,
        group="list",
        icon="calendar-off",
        columns=("day", "name", "kind", "works_until", "yearly", "yearly_until", "basis"),
        listed=("day", "name", "kind", "works_until", "yearly", "yearly_until", "basis"),
        filters=("kind", "day", "yearly"),
        identity=(("day", "kind"),),
        order="-day",
        scope=None,
        public=True,
        synonyms={"day": ("tarih", "tatil günü"), "name": ("tatil", "açıklama"), "kind": ("tür",)},
    )
)

register(
    Register(
        slug="working-hours",
        model=WorkingHours,
        group="list",
        icon="clock",
        columns=("weekday", "starts_at", "ends_at", "valid_from", "valid_until"),
        sections=((_("Geçerlilik"), "valid_from"),),
        listed=("weekday", "starts_at", "ends_at", "valid_from", "valid_until"),
        filters=("weekday",),
        identity=(("weekday", "starts_at", "valid_from"),),
        warnings=(AT_ONE_TIME,),
        order="weekday",
        scope=None,
        public=True,
        synonyms={
            "weekday": ("gün",),
            "starts_at": ("başlangıç", "mesai başlangıcı"),
            "ends_at": ("bitiş", "mesai bitişi"),
        },
    )
)
