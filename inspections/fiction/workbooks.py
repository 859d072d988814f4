"""The forms as files: tidy as the office that made them wishes, or messy as they come back from the townships."""

import csv
from datetime import date
from itertools import groupby
from random import Random

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from inspections.fiction.forms import forms

TITLE, HEADER = Font(size=16, bold=True), Font(bold=True)
CENTRED = Alignment(horizontal="center", vertical="center", wrap_text=True)
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


def write(county, folder, style="tidy", people="26列"):
    folder.mkdir(parents=True, exist_ok=True)
    hand = {"tidy": Tidy, "messy": Messy}[style](county)
    return [hand.file(form, folder) for form in forms(county, people)]


class Tidy:
    """Title, unit line, one row of headers as printed in the form, rows, a row of totals."""

    notes = ()

    def __init__(self, county):
        self.county = county
        self.random = Random(f"{county.seed} hand")

    def file(self, form, folder):
        path = folder / f"{form.file}.xlsx"
        book = Workbook()
        book.remove(book.active)
        for name, rows in self.sheets(form):
            self.sheet(book.create_sheet(name), form, rows)
        book.save(path)
        return path

    def sheets(self, form):
        return [("Sheet1", form.rows)]

    def cells(self, form):
        return form.cells

    def sheet(self, sheet, form, rows):
        cells = self.cells(form)
        self.head(sheet, form, cells)
        first = sheet.max_row + 1
        lines = self.lines(cells, rows)
        for line in lines:
            sheet.append(line)
        self.merge(sheet, cells, lines, first)
        for line in self.foot(cells, rows):
            sheet.append(line)
        sheet.freeze_panes = sheet.cell(first, 1)

    def head(self, sheet, form, cells):
        sheet.append([f"{self.county.name}{form.title}"])
        sheet.append([self.unit_line(form)])
        for row, font in ((1, TITLE), (2, Font())):
            sheet.cell(row, 1).font = font
            sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=len(cells))
        sheet.cell(1, 1).alignment = CENTRED
        for at, one in enumerate(cells, 1):
            sheet.column_dimensions[get_column_letter(at)].width = max(9, 2 * len(one.header))
        self.headers(sheet, cells)
        for row in sheet.iter_rows(min_row=3):
            for one in row:
                one.font, one.alignment = HEADER, CENTRED

    def unit_line(self, form):
        unit = f"  单位:{form.unit}" if form.unit else ""
        return f"填报单位(盖章):{self.county.name}  填报日期:{self.county.on:%Y年%m月%d日}{unit}"

    def headers(self, sheet, cells):
        sheet.append([one.header for one in cells])

    def lines(self, cells, rows):
        """The rows as they are printed."""
        return [[self.printed(one, row, serial) for one in cells] for serial, row in enumerate(rows, 1)]

    def printed(self, cell, row, serial):
        if cell.kind == "serial":
            return serial
        value = cell.read(row)
        return None if value in (None, "") else self.spelled(cell.kind, value)

    def spelled(self, kind, value):
        match kind:
            case "yes":
                return "是" if value else "否"
            case "has":
                return "有" if value else "无"
            case "day":
                return value.isoformat()
            case "month":
                return f"{value:%Y.%m}"
            case "code":
                return value.ljust(12, "0")
        return value

    def merge(self, sheet, cells, lines, first):
        """Neighbours that say the same become one cell, but never across what the cells left of them part."""
        left = []
        for at in (at for at, one in enumerate(cells) if one.merged):
            left.append(at)
            for start, end in runs([[line[one] for one in left] for line in lines], first):
                sheet.merge_cells(start_row=start, end_row=end, start_column=at + 1, end_column=at + 1)

    def foot(self, cells, rows):
        sums = [
            round(sum(one.read(row) or 0 for row in rows), 2) if one.kind == "sum" else None for one in cells
        ]
        yield ["合计", *sums[1:]]


class Messy(Tidy):
    """The same facts in headers, dates and marks as people write them; two files are CSV as WPS saves it."""

    aliases = {
        "乡(镇)": "乡镇",
        "村": "行政村",
        "行政村": "村名称",
        "姓名": "姓  名",
        "联系电话": "电 话",
        "身份证号码": "公民身份号码",
        "证件号码": "身份证号\n(18位)",
        "统计区划代码": "区划代码",
        "出生年月": "出生\n年月",
        "反馈问题": "存在问题",
        "整改时限": "完成时限",
        "责任单位": "责任部门",
        "整改进展情况": "整改落实情况",
        "党组织名称": "支部名称",
        "评星定级(星)": "星级",
        "统一社会信用代码": "信用代码",
        "资金规模(万元)": "总投资\n(万元)",
        "下达日期": "下达时间",
        "单位及职务": "工作单位",
        "结对时间": "结对日期",
        "走访日期": "走访时间",
        "调整原因类别": "调整原因",
        "核查日期": "核查时间",
        "带动户数": "带动贫困户数",
    }
    csvs = ("08", "19")
    days = ("%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y.%m.%d", None)
    months = ("{:%Y.%m}", "{:%Y-%m}", "{:%Y%m}", "{0:%Y}年{0.month}月", "{0:%Y}/{0.month}")
    notes = ("填表说明:1.本表由乡镇汇总后报县;2.金额保留两位小数。", "审核人:            负责人签字:")

    def file(self, form, folder):
        return self.as_csv(form, folder) if form.file.startswith(self.csvs) else super().file(form, folder)

    def as_csv(self, form, folder):
        path = folder / f"{form.file}.csv"
        cells = self.cells(form)
        with path.open("w", encoding="gb18030", newline="") as target:
            lines = csv.writer(target)
            lines.writerow([self.named(one.header) for one in cells])
            lines.writerows([shown(value) for value in line] for line in self.lines(cells, form.rows))
        return path

    def sheets(self, form):
        if not form.by_township:
            return super().sheets(form)
        return [
            (name, list(rows)) for name, rows in groupby(form.rows, key=lambda row: row.village.township.name)
        ]

    def cells(self, form):
        return [one for one in form.cells if not one.added]

    def named(self, header):
        return self.aliases.get(header, header)

    def headers(self, sheet, cells):
        if not any(one.group for one in cells):
            sheet.append([self.named(one.header) for one in cells])
            return
        upper = [one.group or self.named(one.header) for one in cells]
        sheet.append(upper)
        sheet.append([one.header if one.group else None for one in cells])
        for at, one in enumerate(cells, 1):
            if not one.group:
                sheet.merge_cells(start_row=3, end_row=4, start_column=at, end_column=at)
        for start, end in runs(upper, 1):
            sheet.merge_cells(start_row=3, end_row=3, start_column=start, end_column=end)

    def spelled(self, kind, value):
        random = self.random
        match kind:
            case "yes":
                return random.choice(("是", "√", "√") if value else ("否", "×"))
            case "day":
                how = random.choice(self.days)
                return value.strftime(how) if how else value
            case "month":
                return random.choice(self.months).format(value)
            case "id":
                return self.id_as_typed(value)
            case "name":
                return value.replace("·", random.choice("·•・‧"))
            case "year":
                return random.choice((value, f"{value}年"))
            case "percent":
                return random.choice((value, f"{value}%"))
        return super().spelled(kind, value)

    def id_as_typed(self, number):
        how = self.random.randrange(12)
        if how == 0:
            return number.translate(FULL_WIDTH)
        return f"'{number}" if how == 1 else number.lower()

    def foot(self, cells, rows):
        yield from super().foot(cells, rows)
        yield [None]
        yield from ([note] for note in self.notes)


def runs(values, start):
    """(first, last) of each run of two and more equal neighbours, counted from `start`."""
    for _, run in groupby(values):
        end = start + len(list(run)) - 1
        if end > start:
            yield start, end
        start = end + 1


def shown(value):
    """A cell as a CSV has it: identifiers keep their digits because they are text already."""
    return value.isoformat() if isinstance(value, date) else value
