"""The county's workbooks as somebody at a desk has them, and what they do with them: change a cell, add a line, read a file."""

from itertools import islice

from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

HEADERS = 3  # the row of headers in the tidy forms: title and unit line stand above it


class Paper:
    """One ledger's workbook in the hands of an office."""

    def __init__(self, path):
        self.book = load_workbook(path)
        self.sheet = self.book.active
        self.columns = {cell.value: cell.column for cell in self.sheet[HEADERS]}

    def write(self, row, header, value):
        self.sheet.cell(row, self.columns[header]).value = value

    def says(self, row, header):
        return self.sheet.cell(row, self.columns[header]).value

    def add_like(self, row, **changes):
        """A new line above the totals, like another one but for the changes."""
        last = self.sheet.max_row
        self.sheet.insert_rows(last)
        for column in self.columns.values():
            self.sheet.cell(last, column).value = self.sheet.cell(row, column).value
        for header, value in changes.items():
            self.write(last, header, value)

    def save(self, path):
        self.book.save(path)
        return path


def rows_of(path, sheet=0):
    """What a reader of our own choosing finds in a sheet: number or name."""
    return (
        CalamineWorkbook.from_path(path).get_sheet_by_name(sheet).to_python()
        if isinstance(sheet, str)
        else (CalamineWorkbook.from_path(path).get_sheet_by_index(sheet).to_python())
    )


def counted(path, first_header):
    """How many lines stand below the headers of an export."""
    rows = iter(rows_of(path))
    for row in islice(rows, 10):
        if row[0] == first_header:
            return sum(1 for row in rows if any(row))
    raise AssertionError(f"no header row begins with {first_header} in {path}")
