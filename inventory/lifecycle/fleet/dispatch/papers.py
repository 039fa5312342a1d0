"""The task order as it is printed at first; users replace it by their own."""

from collections.abc import Iterator

COLUMNS = (
    ("Görev emri no", "order_no"), ("Durumu", "state"), ("Araç", "vehicle"), ("Sürücü", "driver"),
    ("İkinci sürücü", "second_driver"), ("İsteyen birim", "requesting_unit"), ("Görevin konusu", "purpose"),
    ("Güzergâh", "route"), ("Yolcular", "passengers"), ("Yük", "load"), ("İl dışı", "out_of_province"),
    ("Planlanan çıkış", "leave_at"), ("Planlanan dönüş", "return_at"), ("Çıkış zamanı", "left_at"),
    ("Çıkış km’si", "odometer_out"), ("Dönüş zamanı", "returned_at"), ("Dönüş km’si", "odometer_in"),
    ("Açıklama", "notes"),
)  # fmt: skip
TRIPS = (
    ("Sürücü", "driver"), ("Çıkış", "from_at"), ("Dönüş", "until_at"), ("Çıkış km’si", "odometer_out"),
    ("Dönüş km’si", "odometer_in"), ("Gidilen yer", "route"),
)  # fmt: skip
SIGNERS = ("İsteyen", "Aracı veren", "Onaylayan", "Sürücü")


def papers() -> Iterator[tuple[str, str, str, bytes]]:
    from inventory.papers import defaults

    yield (
        "Resmî taşıt görev emri",
        "task-orders",
        "docx",
        defaults.form("Resmî Taşıt Görev Emri", COLUMNS, ("duty_log", TRIPS), SIGNERS),
    )
