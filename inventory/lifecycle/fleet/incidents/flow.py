"""The states of an accident."""

from django.utils.translation import gettext_lazy

from inventory.flows.declared import Flow, Step
from inventory.lifecycle.fleet.incidents.models import AccidentState

REPORTED, EXPERT, IN_REPAIR, PAID, TOTAL_LOSS, CLOSED = AccidentState

FLOW = Flow(
    column="state",
    # One that was settled before it came into the register begins as closed.
    first=(REPORTED, CLOSED),
    waiting=(REPORTED, EXPERT, IN_REPAIR, PAID, TOTAL_LOSS),
    steps=(
        Step(
            name="assess",
            label=gettext_lazy("Ekspere ver"),
            source=(REPORTED,),
            target=EXPERT,
            needs=("insurer_file_no",),
        ),
        Step(name="repair", label=gettext_lazy("Onarıma ver"), source=(REPORTED, EXPERT), target=IN_REPAIR),
        Step(
            name="pay",
            label=gettext_lazy("Ödemeyi yaz"),
            source=(EXPERT, IN_REPAIR, TOTAL_LOSS),
            target=PAID,
            needs=("paid_by_insurer",),
        ),
        Step(name="write-off", label=gettext_lazy("Pert say"), source=(EXPERT, IN_REPAIR), target=TOTAL_LOSS),
        Step(
            name="close",
            label=gettext_lazy("Dosyayı kapat"),
            source=(REPORTED, EXPERT, IN_REPAIR, PAID, TOTAL_LOSS),
            target=CLOSED,
            level="manage",
        ),
        Step(name="reopen", label=gettext_lazy("Dosyayı aç"), source=(CLOSED,), target=REPORTED, level="manage"),
    ),
)
