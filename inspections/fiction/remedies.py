"""Why things were found wrong, and the measures that an office plans beside those of its items."""

from inspections.fiction.records import Line
from inspections.fiction.registers import Register, likely, one_of

WHY = (
    ("培训需求没有调查制度", "能力素质不过硬", "业务素质不过硬", "根本原因"),
    ("年初安排没有把下基层调研排进日程", "作风建设不扎实", "作风抓得不紧", "直接原因"),
    ("村级议事没有固定日期和记录要求", "担当精神不够强", "主动担当不够", "根本原因"),
    ("项目论证没有明确由谁牵头", "担当精神不够强", "调研不深入", "直接原因"),
    ("上级文件学习只传达、不研究本地怎么办", "思想认识不到位", "学习不深入", "根本原因"),
)


def causes(county):
    """Of the county itself: many findings share them."""
    for name, root, word, depth in WHY:
        yield Line(None, {"原因": name, "成因类别": root, "具体成因": word, "原因层次": depth})


def measures(county):
    """What some items do, one by one, as their ledger numbers it; those of finished items are done."""
    for item in county.items:
        if item.state not in ("正在整改", "已完成") or not likely(county, 0.3):
            continue
        done = item.state == "已完成"
        for number, text in enumerate(("制定方案", "逐项落实", "建立台账"), 1):
            yield Line(
                item.village,
                {
                    "整改措施编号": f"{item.code}-{number}",
                    "整改事项编号": item.code,
                    "措施内容": text,
                    "措施性质": "预防" if number == 3 else "纠正",
                    "措施责任岗位": one_of(
                        county, "村党支部书记", "村委会主任", "驻村第一书记", "乡镇组织干事"
                    ),
                    "措施完成时限": item.due_on,
                    "证明材料类型": ("方案文件", "现场照片", "台账")[number - 1],
                    "措施状态": "完成" if done else "进行",
                    "落实结果": "已落实" if done else "",
                    "落实日期": item.closed_on if done else None,
                },
            )


REGISTERS = (
    Register(
        "causes",
        "40问题原因台账",
        "问题原因台账",
        causes,
        "序号 原因 成因类别 具体成因 原因层次 乡(镇) 村 备注",
    ),
    Register(
        "measures",
        "41整改措施台账",
        "整改措施台账",
        measures,
        "序号 整改措施编号 整改事项编号 乡(镇) 村 措施内容 措施性质 措施责任岗位 措施完成时限=day 证明材料类型 措施状态 落实结果 落实日期=day 备注",
    ),
)
