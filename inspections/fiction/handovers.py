"""Who is about to leave a village to whoever is stationed there now."""

from inspections.fiction import names
from inspections.fiction.records import Line
from inspections.fiction.registers import Register


def handovers(county):
    """In the first village of each township the first secretary hands over today."""
    for township in county.townships:
        village = township.villages[0]
        first = next((one for one in village.postings if one.left_on is None), None)
        if first:
            yield Line(
                village,
                {
                    "移交人": first.name,
                    "职务": first.duty,
                    "接收人": names.person_name(county.random, True),
                    "交接日期": county.on,
                },
            )


REGISTERS = (
    Register(
        "handovers",
        "42工作交接登记",
        "工作交接登记",
        handovers,
        "序号 乡(镇) 村 移交人=name 职务 接收人=name 交接日期=day 交接状态 备注",
    ),
)
