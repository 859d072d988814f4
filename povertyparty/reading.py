"""Workbooks in: an uploaded file is read by a child process under limits, so that no file can hurt the process that asked."""

import datetime
import logging
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from povertyparty.reading_package import ABNORMAL, Unreadable

__all__ = ["Book", "Sheet", "Unreadable", "read"]

logger = logging.getLogger(__name__)

Value = None | str | int | float | bool | datetime.date | datetime.datetime
Place = tuple[int, int]

START = (
    "import sys; sys.path += sys.argv[1:3]; from povertyparty.reading_child import main; main(sys.argv[3])"
)
# Without `site` and the environment the child starts in 25 ms, and knows none of the server's secrets.
PYTHON = [sys.executable, "-I", "-S", "-X", "utf8", "-c", START]
LIBRARIES = [str(Path(__file__).parents[1]), str(Path(find_spec("python_calamine").origin).parents[1])]


@dataclass
class Sheet:
    """One worksheet. Row 0 is Excel's row 1, and all rows and columns count from 0; rows may be ragged."""

    name: str
    hidden: bool = False
    rows: list[list[Value]] = field(default_factory=list)
    merges: list[tuple[int, int, int, int]] = field(
        default_factory=list
    )  # first row, first column, last row, last column
    formulas: dict[Place, str] = field(default_factory=dict)  # "cached" | "uncached" | "dangerous"
    faults: dict[Place, str] = field(default_factory=dict)  # "#N/A"
    hidden_rows: list[int] = field(default_factory=list)


@dataclass
class Book:
    sheets: list[Sheet] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


def read(path: Path, progress: Callable[[int], None] | None = None) -> Book:
    """All sheets of an .xlsx or .csv file, which it is by content; `progress` hears the rows done so far."""
    book, done = Book(), 0
    for message in _told_by_child(path):
        _add(book, message)
        if message[0] == "rows" and progress:
            done += len(message[1])
            progress(done)
    return book


def _add(book, message):
    match message:
        case ("sheet", name, hidden):
            book.sheets.append(Sheet(name, hidden))
        case ("rows", rows):
            book.sheets[-1].rows += rows
        case ("marks", merges, formulas, faults, hidden_rows):
            sheet = book.sheets[-1]
            sheet.merges, sheet.formulas, sheet.faults, sheet.hidden_rows = (
                merges,
                formulas,
                faults,
                hidden_rows,
            )
        case ("notice", text):
            book.notices.append(text)
        case ("refused", text):
            raise Unreadable(text)


def _told_by_child(path) -> Iterator[tuple]:
    with _child(path) as stream:
        while True:
            message = _next_message(stream)
            if message[0] == "end":
                return
            yield message


@contextmanager
def _child(path):
    command = [*PYTHON, *LIBRARIES, str(Path(path).absolute())]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}) as process:
        try:
            yield process.stdout
        finally:
            process.kill()


def _next_message(stream):
    try:
        message = _Messages(stream).load()
    except (EOFError, pickle.UnpicklingError) as fault:  # killed by a limit, or the fast reader aborted
        message = ("failed", type(fault).__name__)
    if message[0] == "failed":
        logger.warning("An uploaded workbook could not be read: %s", message[1])
        raise Unreadable(ABNORMAL)
    return message


class _Messages(pickle.Unpickler):
    """Plain values and dates only: a child taken over by a hostile file gains nothing here."""

    def find_class(self, module, name):
        if module == "datetime" and name in ("date", "datetime"):
            return getattr(datetime, name)
        raise pickle.UnpicklingError(f"{module}.{name}")
