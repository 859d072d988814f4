"""What one who leaves hands over to who comes."""

from inspections.models import Handover
from povertyparty.kinds import Day, Name
from povertyparty.ledger import Column, Ledger, register, serial
from villages.columns import place_columns
from villages.lookups import PlaceLookup

HANDOVERS = register(
    Ledger(
        code="handovers",
        title="工作交接登记",
        model=Handover,
        group="干部队伍",
        unit="次",
        icon="arrow-left-right",
        page=("handover", "交接清单"),
        marks=("giver", "receiver", "on"),
        order=("-on", "-id"),
        keys=(("place", "giver", "on"),),
        lookups=(PlaceLookup(deepest="县"),),
        needs=("places",),
        locked=("locked", "移交人已确认，登记和清单不再更改；有误的，由接收人退回"),
        columns=[
            serial(),
            *place_columns("township", "village"),
            Column("giver", kind=Name(), required=True),
            "office",
            Column("receiver", kind=Name(), required=True),
            Column("on", kind=Day(), required=True),
            Column("state", once=True),
            "note",
        ],
    )
)
