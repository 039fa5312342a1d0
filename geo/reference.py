"""The districts and neighbourhoods with their official ids."""

from pathlib import Path

from geo.models import District, Neighbourhood
from inventory import registers
from inventory.reference import add_missing, lines

PROVINCE = "Kocaeli"
DATA = Path(__file__).parent / "data"


def load() -> dict[str, int]:
    districts = (
        District(
            official_id=int(row["official_id"]),
            name=row["name"],
            province=PROVINCE,
            population=int(row["population"]),
            lon=float(row["lon"]),
            lat=float(row["lat"]),
        )
        for row in lines(DATA / "districts.csv")
    )
    added = add_missing(registers.get("districts"), districts, "official_id")
    by_id = {district.official_id: district for district in District.objects.all()}
    neighbourhoods = (
        Neighbourhood(
            official_id=int(row["official_id"]),
            district=by_id[int(row["district_id"])],
            name=row["name"],
            population=int(row["population"]),
        )
        for row in lines(DATA / "neighbourhoods.csv")
    )
    return {
        "districts": added,
        "neighbourhoods": add_missing(registers.get("neighbourhoods"), neighbourhoods, "official_id"),
    }
