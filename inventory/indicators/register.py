from django.utils.translation import gettext_lazy as _

from inventory.indicators.models import Indicator, YearFigure
from inventory.registers import Register, register

register(
    Register(
        slug="indicators",
        model=Indicator,
        group="list",
        icon="target-arrow",
        columns=(
            "goal", "number", "responsible", "name", "unit", "better", "measure", "monthly", "counted", "base",
            "begins", "ends", "within", "notes",
        ),
        sections=((_("Programda"), "goal"), (_("Kütükten hesabı"), "measure")),
        listed=("goal", "number", "name", "responsible", "unit", "measure"),
        head=("name", "responsible", "unit", "better"),
        filters=("responsible", "measure", "unit"),
        identity=(("goal", "responsible", "number"),),
        named_by=("goal", "name"),
        order="goal",
        scope=None,
        public=True,
        synonyms={
            "goal": ("hedef", "goal_code"),
            "number": ("no",),
            "responsible": ("sorumlu birim", "sorumlu daire"),
            "name": ("performans göstergesi", "gösterge adı"),
            "unit": ("birim",),
        },
    )
)  # fmt: skip

register(
    Register(
        slug="indicator-years",
        model=YearFigure,
        group="list",
        belongs_to="indicators",
        icon="calendar-stats",
        columns=("indicator", "year", "target", "actual", "estimated", "source"),
        listed=("indicator", "year", "target", "actual", "estimated", "source"),
        filters=("indicator", "year"),
        identity=(("indicator", "year"),),
        order="-year",
        scope=None,
        public=True,
        parents=("indicator",),
        line_of="indicator",
        synonyms={"actual": ("gerçekleşme",), "target": ("hedefi",)},
    )
)
