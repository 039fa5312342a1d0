import json

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from inventory.editing.fields import DayField
from inventory.indicators.figures import Figure, figures
from inventory.indicators.models import Indicator
from inventory.management.command import RegisterCommand, Unusable


class Command(RegisterCommand):
    help = _("Performans göstergelerini canlı kayıtlardan hesaplar; --json ile bir JSON dizisi olarak.")

    def add_arguments(self, parser):
        parser.add_argument("--year", type=int, help=_("hangi yıl; verilmezse bu yıl"))
        parser.add_argument("--as-of", metavar="DATE", help=_("o günün sonundaki durum, 31.12.2024 gibi"))
        parser.add_argument("--user", metavar="NAME", help=_("yalnızca bu kullanıcının görebildiği; verilmezse hepsi"))
        parser.add_argument("--json", action="store_true", help=_("tek bir JSON dizisi"))

    def handle(self, *, year, as_of, user, **options):
        try:
            day = DayField(required=False).clean(as_of or "")
        except ValidationError as error:
            raise Unusable(f"--as-of {as_of}: {' '.join(error.messages)}") from error
        person = self.account(user)
        rows = sorted(Indicator.objects.all(), key=lambda row: row.place)
        found = [_as_data(each) for each in figures(rows, year or timezone.localdate().year, person, day)]
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False))
            return
        for each in found:
            value = each["missing"] if each["value"] is None else f"{each['value']} {each['unit']}"
            self.stdout.write(f"{each['goal']}-{each['no']}  {each['indicator']}: {value}")


def _as_data(figure: Figure) -> dict[str, object]:
    row = figure.indicator
    return {
        "goal": row.goal,
        "no": row.number or None,
        "responsible": row.responsible,
        "indicator": row.name,
        "unit": row.unit,
        "target": _text(figure.target),
        "value": _text(figure.value),
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "excluded": figure.excluded,
        "rows_url": figure.rows_url,
        "missing": figure.missing,
        "months": [
            {
                "first": f"{part.period.first}",
                "numerator": part.numerator,
                "denominator": part.of,
                "rows_url": part.rows_url or part.of_url,
            }
            for part in (figure.parts if row.monthly else ())
        ],
    }


def _text(number: object) -> str | None:
    return None if number is None else str(number)
