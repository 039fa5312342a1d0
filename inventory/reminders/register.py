from django.utils.translation import gettext_lazy as _

from inventory.registers import Register, register
from inventory.reminders.models import Rule

register(
    Register(
        slug="reminder-rules",
        model=Rule,
        group="list",
        icon="bell-cog",
        columns=(
            "name", "date", "days_before", "overdue_every", "to_unit", "to_holder", "to_level", "urgent", "active",
        ),
        sections=((_("Kime"), "to_unit"), (_("Nasıl"), "urgent")),
        listed=("name", "date", "days_before", "overdue_every", "to_unit", "to_holder", "to_level", "urgent", "active"),
        filters=("date", "active", "urgent"),
        identity=(("name",),),
        order="name",
        scope=None,
        public=True,
        synonyms={"date": ("tarih", "hangi tarih"), "days_before": ("gün", "günler")},
    )
)  # fmt: skip
