"""The registers that a county keeps beside its rosters: how each is called and headed, and who invents its lines.

Headers are written as the form prints them: `乡(镇)` and `村` come from the line's village, `序号` counts, `七有>有产业` has a
second heading above it, and `到会人数=sum` says how the cells may be spelled.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Register:
    code: str
    file: str
    title: str
    invent: Callable
    headers: str
    unit: str = ""
    by_township: bool = False


def ago(county, least, most):
    """A day so many days before today."""
    return county.on - timedelta(days=county.random.randint(least, most))


def month(day):
    """What a form that asks for the month knows of the day."""
    return day.replace(day=1)


def one_of(county, *words):
    return county.random.choice(words)


def likely(county, share):
    return county.random.random() < share
