"""A made-up insurer's list of our vehicles: cp1254, titles above, a total below, plates in every spelling."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

HEADINGS = ("SIRA NO", "PLAKA NO", "MARKASI", "TİCARİ ADI", "MODEL YILI", "KASA RENGİ", "POLİÇE NO")
_CAPITALS = str.maketrans("iı", "İI")


@dataclass
class InsurersList:
    """The file's bytes, and the plates (as we write them) that it lacks, has beyond ours, or names differently."""

    content: bytes = b""
    lacking: set[str] = field(default_factory=set)
    beyond: set[str] = field(default_factory=set)
    years: dict[str, str] = field(default_factory=dict)
    unreadable: int = 0


def insurers_list(vehicles: Sequence, seed: int = 1) -> InsurersList:
    """Each vehicle but every 31st; every 23rd with another year; 5 that we have not; 2 lines that name nothing."""
    chance, made, lines = random.Random(seed), InsurersList(), []
    for place, vehicle in enumerate(vehicles):
        if place % 31 == 7:
            made.lacking.add(vehicle.plate)
            continue
        year = str(vehicle.model_year or "")
        if place % 23 == 5 and year:
            year = made.years[vehicle.plate] = str(vehicle.model_year - 1)
        make = vehicle.make.translate(_CAPITALS).upper() if chance.random() < 0.7 else f" {vehicle.make}  "
        colour = vehicle.colour if chance.random() < 0.5 else "-"
        lines.append([spelt(vehicle.plate, chance), make, vehicle.trade_name, year, colour, policy(place)])
    for number in range(5):
        made.beyond.add(f"34 ZYL {100 + number}")
        lines.append([f"34zyl{100 + number}", "İSUZU", "NPR", "2020", "", policy(9_000 + number)])
    lines.append(["41 QX 12", "FORD", "TRANSİT", "2019", "Beyaz", policy(9_100)])
    lines.append(list(lines[0]))
    made.unreadable = 2
    chance.shuffle(lines)
    texts = [
        "KOCAELİ BÜYÜKŞEHİR BELEDİYESİ ARAÇLARI – ZORUNLU TRAFİK SİGORTASI",
        "Düzenlenme: 01.03.2026; acente: Körfez Sigorta Aracılık",
        "",
        ";".join(HEADINGS),
        *(";".join([str(number), *cells]) for number, cells in enumerate(lines, 1)),
        f"TOPLAM;{len(lines)};;;;;",
    ]
    made.content = "\r\n".join(texts).encode("cp1254") + b"\r\n"
    return made


def spelt(plate: str, chance: random.Random) -> str:
    """The plate in one of the ways in which people type it."""
    return chance.choice([plate, plate.replace(" ", ""), plate.replace(" ", "-"), plate.lower(), f"{plate} "])


def policy(number: int) -> str:
    return f"TRF-2026-{number:06d}"
