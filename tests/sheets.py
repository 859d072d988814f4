"""Ledgers as offices send them, built in memory: as what the reader gives, and as the workbook itself."""

import io

import openpyxl

from povertyparty import plan
from povertyparty.kinds import check_digit
from povertyparty.reading import Book, Sheet
from povertyparty.tables import tables

HOUSEHOLD = ("乡(镇)", "行政村", "户编号", "户主姓名", "主要致贫原因", "脱贫属性", "家庭人口数")
PERSON = ("乡(镇)", "行政村", "户编号", "人编号", "姓名", "证件号码", "与户主关系")
CADRE = ("乡(镇)", "村", "姓名", "现任职务", "任现职时间", "数字化办公水平", "县级联审结论")
ITEM = ("问题编号", "整改事项编号", "反馈问题", "涉及乡镇", "涉及村", "整改措施", "整改时限", "责任单位")
TOWNSHIP, VILLAGE = "近山镇", "前湾村"


def household(serial=1, head="王小明", cause="因病", status="未脱贫", size=3, village=VILLAGE):
    """A row under HOUSEHOLD."""
    return [TOWNSHIP, village, f"659906100200{serial:04}", head, cause, status, size]


def person(serial=1, number="01", name="王小明", identity=None, relation="户主"):
    """A row under PERSON."""
    return [TOWNSHIP, VILLAGE, f"659906100200{serial:04}", number, name, identity, relation]


def item(number=1, finding="WT-1", text="学习不深入", due="2020-12-31", unit="组织部"):
    """A row under ITEM."""
    return [finding, f"{finding}-{number}", text, TOWNSHIP, VILLAGE, "制定方案", due, unit]


def identity(serial=1, born="19680512", area="659906"):
    """A citizen number that passes its check and belongs to nobody: the area is unassigned."""
    first = f"{area}{born}{serial:03}"
    return first + check_digit(first)


def sheet(*rows, name="花名册", **marks):
    return Sheet(name, rows=[list(row) for row in rows], **marks)


def found(*rows, **marks):
    """The tables and notices of a book with one sheet."""
    return tables(Book([sheet(*rows, **marks)]))


def planned(*sheets):
    """What a workbook of these sheets would do, in the scope that is set."""
    these, _ = tables(Book(list(sheets)))
    return plan.make(these[0].header.ledger, these)


def reasons(made):
    """Every fault of a plan as (row, header, reason)."""
    return [
        (row.number, one["header"], one["reason"])
        for row in (*made.parents, *made.rows)
        for one in row.faults
    ]


def workbook(*rows, name="花名册", merges=(), more=()):
    """The bytes of a workbook with these rows, and with `more` sheets of (name, rows)."""
    book = openpyxl.Workbook()
    book.active.title = name
    for title, lines in ((name, rows), *more):
        page = book[title] if title in book.sheetnames else book.create_sheet(title)
        for line in lines:
            page.append(list(line))
    for area in merges:
        book.active.merge_cells(area)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
