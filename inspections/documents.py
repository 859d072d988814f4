"""The documents of rectification: 整改通知书, 销号审批表, 整改台账 in Word, 督办单 (domain.md §2.3, §2.4, §3.1, §4.4)."""

import re

from inspections.ledgers.items import ITEMS
from inspections.models import Item
from inspections.steps import RECTIFICATION
from povertyparty.documents import Document, LedgerDocument, day, file_number, register
from povertyparty.official_page import A3, SMALL_5, SMALL_MARGIN, TWIPS, Cell, Page
from povertyparty.sealed import mask
from villages.models import Place
from villages.steps.needs import parameters

S = Item.State
NO_NOTICE = {S.NOT_STARTED, S.MOVED, S.VOIDED}


def office(county):
    """中共某某县委组织部."""
    name = Place.names.filter(code=county).first()
    return f"中共{name}委组织部" if name else "县委组织部"


# What an item says in any of them

OF_ITEM = {
    "事项编号": "整改事项编号",
    "问题编号": "检视问题编号",
    "问题来源": "如 县委巡察",
    "问题类别": "五类问题之一",
    "问题": "反馈问题",
    "具体表现": "",
    "涉及地区": "乡镇和村",
    "整改目标": "",
    "整改措施": "",
    "整改类型": "立行立改、限期整改、长期坚持",
    "整改时限": "如 2020年6月30日",
    "严重程度": "一般、较重、严重",
    "责任单位": "",
    "牵头单位": "",
    "责任领导": "",
    "责任人": "",
    "联系电话": "遮盖后的号码",
    "发文单位": "本县县委组织部",
}


def of_item(found):
    finding = found.finding
    return {
        "事项编号": found.code,
        "问题编号": finding.code,
        "问题来源": finding.source,
        "问题类别": finding.get_category_display(),
        "问题": finding.text,
        "具体表现": found.symptom,
        "涉及地区": found.place.full_name,
        "整改目标": found.goal,
        "整改措施": found.measures,
        "整改类型": found.kind,
        "整改时限": day(found.due_on),
        "严重程度": found.severity,
        "责任单位": found.unit,
        "牵头单位": found.lead_unit,
        "责任领导": found.leader,
        "责任人": found.person,
        "联系电话": mask(found.phone, "phone") if found.phone else "",
        "发文单位": office(found.place_id[:6]),
    }


def last_step(steps, verb):
    return next((one for one in reversed(steps) if one.verb == verb), None)


# 整改通知书


def notice_page():
    page = Page("整改通知书").title("整改通知书")
    page.line("公文文号", "{{ 文号 }}").line("公文正文")
    page.line("公文主送", "{{ 责任单位 }}：")
    page.text("{% if 问题来源 %}根据{{ 问题来源 }}情况，{% endif %}下列问题须由你单位整改，现予交办。")
    page.heading("一、存在问题").text("{{ 问题 }}")
    page.only("具体表现", ("公文正文", "具体表现：{{ 具体表现 }}"))
    page.text("涉及地区：{{ 涉及地区 }}。严重程度：{{ 严重程度 }}。")
    page.heading("二、整改目标").text("{{ 整改目标 }}")
    page.heading("三、整改时限").text("{{ 整改时限 }}前完成。")
    page.heading("四、整改责任").text(
        "责任单位：{{ 责任单位 }}", "责任领导：{{ 责任领导 }}", "责任人：{{ 责任人 }}"
    )
    page.only("牵头单位", ("公文正文", "牵头单位：{{ 牵头单位 }}"))
    page.heading("五、有关要求")
    page.text(
        "收到本通知后{{ 签收期限 }}个工作日内签收，并报送整改措施。整改期间至少每{{ 报告间隔 }}天报告一次进展。"
        "整改到位后由主要负责人签字申请销号，附佐证材料。事项编号：{{ 事项编号 }}。"
    )
    page.signed("{{ 发文单位 }}", "{{ 签发日期 }}")
    page.only("签发领导", ("公文附注", "（签发：{{ 签发领导 }}）"))
    return page.only("签收人", ("公文附注", "（签收：{{ 签收人 }}　{{ 签收日期 }}）")).content()


def notice(found):
    steps = RECTIFICATION.trail(found)
    assigned, signed = last_step(steps, "assign"), last_step(steps, "sign")
    signed = signed if signed and assigned and signed.pk > assigned.pk else None
    return of_item(found) | {
        "文号": file_number(found.notice),
        "签发领导": assigned.details.get("signed_by", "") if assigned else "",
        "签发日期": day(assigned.at if assigned else found.assigned_on),
        "签收人": signed.details.get("signatory", "") if signed else "",
        "签收日期": day(signed.at) if signed else "",
        "签收期限": str(parameters(found)["sign_days"]),
        "报告间隔": str(parameters(found)["silent_days"]),
    }


register(
    Document(
        code="notice",
        title="整改通知书",
        ledger="items",
        fills={
            **OF_ITEM,
            "文号": "交办文号，年份用六角括号",
            "签发领导": "交办时填写的签发领导",
            "签发日期": "交办当日",
            "签收人": "没有签收的为空",
            "签收日期": "没有签收的为空",
            "签收期限": "几个工作日内签收（参数）",
            "报告间隔": "多少天报告一次进展（参数）",
        },
        page=notice_page,
        context=notice,
        makes_sense=lambda found: bool(found.notice) and found.state not in NO_NOTICE,
    )
)


# 销号审批表

OPINIONS = {"申请": "apply", "初审": "review", "核验": "verify", "审批": "close"}
SAID = {
    "初审": "初审通过。",
    "核验": "",
    "审批": "准予销号。",
}  # what the step itself says where no words were added


def closing_page():
    def pair(*texts):
        return [Cell(text, head=not n % 2) for n, text in enumerate(texts)]

    def wide(head, text):
        return [Cell(head, head=True), Cell(text, span=3)]

    def opinion(head, kind, *more):
        """What the step said and who took it; while it is to come, room to write both by hand."""
        by = f"{{% if {kind}人 %}}{{{{ {kind}人 }}}}　{{{{ {kind}岗位 }}}}　{{{{ {kind}日期 }}}}"
        signed = f"签字：{by}{{% else %}}　　　　　　　　　　年　　月　　日{{% endif %}}"
        said = Cell((f"{{{{ {kind}意见 }}}}", *more), span=3, signed=signed, tall=5)
        return [Cell(head, head=True), said]

    page = Page("整改事项销号审批表").title("整改事项销号审批表")
    page.table(
        [28, 50, 28, 50],
        [
            pair("事项编号", "{{ 事项编号 }}", "问题编号", "{{ 问题编号 }}"),
            pair("责任单位", "{{ 责任单位 }}", "牵头单位", "{{ 牵头单位 }}"),
            pair("责任领导", "{{ 责任领导 }}", "责任人", "{{ 责任人 }}"),
            pair("问题来源", "{{ 问题来源 }}", "整改时限", "{{ 整改时限 }}"),
            wide("反馈问题", "{{ 问题 }}"),
            wide("具体表现", "{{ 具体表现 }}"),
            wide("整改目标", "{{ 整改目标 }}"),
            wide("整改措施", "{{ 整改措施 }}"),
            wide("建章立制", "{{ 建章立制 }}"),
            wide("佐证材料", "{{ 佐证材料 }}"),
            opinion(("整改成效", "及申请"), "申请", "主要负责人：{{ 主要负责人 }}（对以上情况的真实性负责）"),
            opinion(("乡镇（牵头", "单位）初审", "意见"), "初审"),
            opinion(("县级核验", "意见"), "核验", "核验方式：{{ 核验方式 }}　核验结论：{{ 核验结论 }}"),
            opinion("审批意见", "审批", "销号文号：{{ 销号文号 }}"),
        ],
    )
    return page.content()


def closing(found):
    """The opinions of the last application and of what followed it."""
    steps = RECTIFICATION.trail(found)
    begun = max((n for n, one in enumerate(steps) if one.verb == "apply"), default=len(steps))
    taken = {kind: last_step(steps[begun:], verb) for kind, verb in OPINIONS.items()}
    told = of_item(found) | {"建章立制": found.institution, "佐证材料": evidence(found)}
    for kind, step in taken.items():
        told |= {
            f"{kind}意见": (step.details.get("note") or SAID.get(kind, "")) if step else "",
            f"{kind}人": str(step.by) if step else "",
            f"{kind}岗位": step.office if step else "",
            f"{kind}日期": day(step.at) if step else "",
        }

    def detail(kind, name):
        value = taken[kind].details.get(name, "") if taken[kind] else ""
        return "、".join(value) if isinstance(value, list) else value

    return told | {
        "主要负责人": detail("申请", "signatory"),
        "核验方式": detail("核验", "methods"),
        "核验结论": detail("核验", "verdict"),
        "销号文号": file_number(detail("审批", "document")),
    }


def evidence(found):
    names = [one.file.name for one in found.evidence.select_related("file").order_by("pk")]
    return f"共{len(names)}份：{'；'.join(names)}" if names else found.evidence_note


def asked_to_close(found):
    """Under review or closed, by steps that were taken here."""
    closed = found.state in (*Item.UNDER_REVIEW, S.CLOSED, S.ARCHIVED)
    return closed and last_step(RECTIFICATION.trail(found), "apply") is not None


register(
    Document(
        code="closing",
        title="销号审批表",
        ledger="items",
        fills={
            **OF_ITEM,
            "建章立制": "",
            "佐证材料": "份数和文件名",
            "主要负责人": "申请销号时签字的主要负责人",
            "核验方式": "",
            "核验结论": "好、较好、一般、差",
            "销号文号": "",
            **{
                f"{kind}{what}": says
                for kind in OPINIONS
                for what, says in {
                    "意见": "办理时写的意见",
                    "人": "办理人",
                    "岗位": "办理时的岗位",
                    "日期": "办理当日",
                }.items()
            },
        },
        page=closing_page,
        context=closing,
        makes_sense=asked_to_close,
    )
)


# 整改台账

ROWS = "事项"
LAYOUT_A = [
    "序号", "问题编号", "问题来源", "问题类别", "反馈问题", "具体表现", "涉及乡镇", "涉及村", "整改目标",
    "整改措施", "整改类型", "整改时限", "责任领导", "牵头单位", "责任单位", "责任人", "联系电话", "整改进展情况",
    "完成比例(%)", "完成情况", "建章立制", "佐证材料", "申请销号日期", "核验结论", "销号日期", "督办情况", "备注",
]  # fmt: skip
# Characters that a column is wide, of what is not 4: a date, a number or a telephone number stands in one line.
WIDTHS = {
    "序号": 2.2, "问题编号": 5.2, "问题来源": 3.2, "反馈问题": 7, "具体表现": 7, "涉及乡镇": 3.2, "涉及村": 3.2, "整改目标": 6,
    "整改措施": 8, "整改类型": 2.4, "整改时限": 5.7, "牵头单位": 4.2, "责任单位": 4.2, "责任人": 3.3, "联系电话": 6.4, "整改进展情况": 8,
    "完成比例(%)": 2.4, "完成情况": 2.4, "建章立制": 3.2, "佐证材料": 3.2, "申请销号日期": 5.7, "核验结论": 2.4, "销号日期": 5.7,
    "督办情况": 3.2, "备注": 2.4,
}  # fmt: skip
LONGEST_CENTRED = 6.4


def bare(header):
    """A header as a placeholder: without its unit."""
    return re.sub(r"\(.*\)|/.*", "", header)


def ledger_page(title, headers, widths, **paper):
    page = Page(title, ledger=True, **paper).line("公文标题", f"{{{{ 填报单位 }}}}{title}")
    page.line(
        "公文表注",
        "填报单位（盖章）：{{ 填报单位 }}　　填报日期：{{ 填报日期 }}　　共{{ 总数 }}项　　{{ 导出说明 }}",
    )
    widths = [widths.get(header, 4) for header in headers]
    row = [
        Cell(f"{{{{ 行.{bare(header)} }}}}", middle=width <= LONGEST_CENTRED)
        for header, width in zip(headers, widths, strict=True)
    ]
    spanned = len(headers)
    padding = 2 * SMALL_MARGIN / (SMALL_5 * TWIPS)  # in characters
    return page.table(
        [width + padding for width in widths],
        [
            [Cell(header, head=True) for header in headers],
            [Cell(f"{{%tr for 行 in {ROWS} %}}", span=spanned)],
            row,
            [Cell("{%tr endfor %}", span=spanned)],
        ],
        repeated=1,
        small=True,
    ).content()


register(
    LedgerDocument(
        code="items_a",
        title="巡察反馈问题整改台账",
        ledger="items",
        rows=ROWS,
        columns={bare(header): ITEMS.named(header).name for header in LAYOUT_A},
        page=lambda: ledger_page("巡察反馈问题整改台账", LAYOUT_A, WIDTHS, paper=A3),
    )
)

LAYOUT_B = {
    "序号": "-serial",
    "姓名/班子": "finding__owner",
    "职务": "finding__post",
    "检视方面": "finding__aspect",
    "检视问题": "finding__text",
    "具体表现": "symptom",
    "原因剖析": "analysis",
    "整改措施": "measures",
    "整改类型": "kind",
    "整改时限": "due_on",
    "责任人": "person",
    "整改情况": "progress",
    "是否完成": "-done",
    "备注": "note",
}
WIDTHS_B = WIDTHS | {
    "职务": 5, "检视问题": 9, "具体表现": 9, "原因剖析": 7, "整改措施": 9, "责任人": 3.6, "整改情况": 9, "是否完成": 2.4,
}  # fmt: skip

register(
    LedgerDocument(
        code="items_b",
        title="自查问题清单",
        ledger="items",
        rows=ROWS,
        columns={bare(header): source for header, source in LAYOUT_B.items()},
        page=lambda: ledger_page("自查问题清单", LAYOUT_B, WIDTHS_B),
    )
)


# 督办单


def slip_page():
    page = Page("督办单").title("{{ 级别 }}").line("公文文号", "{{ 编号 }}").line("公文正文")
    page.line("公文主送", "{{ 督办对象 }}：")
    page.text("下列事项由你单位负责，现予督办，请按要求办理并反馈。")
    page.heading("一、督办事项").text("{{ 事由 }}。")
    headers = {"序号": 12, "事项编号": 34, "问题": 54, "整改时限": 36, "完成比例": 20}  # mm
    page.begin(ROWS).table(
        [*headers.values()],
        [
            [Cell(header, head=True) for header in headers],
            [Cell(f"{{%tr for 行 in {ROWS} %}}", span=len(headers))],
            [Cell(f"{{{{ 行.{header} }}}}", middle=header != "问题") for header in headers],
            [Cell("{%tr endfor %}", span=len(headers))],
        ],
        repeated=1,
    ).end()
    page.heading("二、督办要求").text("{{ 督办要求 }}")
    page.heading("三、反馈时限").text("请于{{ 反馈时限 }}前书面反馈办理情况。")
    page.signed("{{ 发文单位 }}", "{{ 签发日期 }}")
    return page.only("签发人", ("公文附注", "（签发：{{ 签发人 }}）")).content()


def slip(found):
    items = [*found.items.select_related("finding").order_by("place_id", "pk")]
    return {
        "编号": file_number(str(found.number)),
        "级别": found.get_level_display(),
        "督办对象": found.unit,
        "事由": found.subject,
        "督办要求": found.requirements,
        "反馈时限": day(found.reply_due),
        "签发人": str(found.issuer or ""),
        "签发日期": day(found.issued_on),
        "发文单位": office(found.place_id[:6]),
        ROWS: [
            {
                "序号": str(number),
                "事项编号": one.code,
                "问题": one.symptom or one.finding.text,
                "责任单位": one.unit,
                "整改时限": day(one.due_on),
                "完成比例": f"{one.percent or 0}%",
            }
            for number, one in enumerate(items, 1)
        ],
    }


register(
    Document(
        code="slip",
        title="督办单",
        ledger="slips",
        fills={
            "编号": "督办单编号，年份用六角括号",
            "级别": "如 黄色督办单",
            "督办对象": "被督办的单位",
            "事由": "为什么督办",
            "督办要求": "",
            "反馈时限": "如 2020年6月30日",
            "签发人": "",
            "签发日期": "没有签发的为空",
            "发文单位": "本县县委组织部",
        },
        rows=ROWS,
        columns={
            "序号": "",
            "事项编号": "",
            "问题": "",
            "责任单位": "",
            "整改时限": "",
            "完成比例": "如 70%",
        },
        page=slip_page,
        context=slip,
        makes_sense=lambda found: bool(found.issued_on),
    )
)
