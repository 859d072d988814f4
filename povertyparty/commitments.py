"""A commitment (承诺) is a figure, a limit and a day: something promised of every village or household, and who falls short.

It speaks of places and households as work to be done, never of persons in order of merit.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from povertyparty import figures
from povertyparty.figures import REGISTRY as FIGURES
from povertyparty.figures import Period

REGISTRY: dict[str, "Commitment"] = {}
Limit = int | Decimal | Callable[[Period, str], Decimal]


@dataclass(frozen=True, kw_only=True)
class Commitment:
    """Kept while its figure stays at or below `at_most`, or at or above `at_least`; the limit may hang on day and place.

    short   the figure whose rows fall short; the figure itself where nothing else is said
    among   the figure of all to whom the promise was made
    due     the day by which it is to be kept, where it has one; until then it is under way
    basis   the words in which it was given
    """

    code: str
    label: str
    group: str
    basis: str
    figure: str
    at_most: Limit | None = None
    at_least: Limit | None = None
    short: str = ""
    among: str = ""
    due: Callable[[Period, str], date] | None = None

    @property
    def figures(self):
        return [FIGURES[code] for code in (self.figure, self.short or self.figure, self.among) if code]

    @property
    def sign(self):
        return "≤" if self.at_least is None else "≥"

    def limit(self, period, within):
        given = self.at_most if self.at_least is None else self.at_least
        return given(period, within) if callable(given) else given


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How a commitment stands on a day in a place. A value of None is nothing known: then it is not said to be kept."""

    commitment: Commitment
    value: Decimal | int | None
    limit: Decimal | int
    short: int
    among: int | None
    due: date | None
    on: date

    @property
    def kept(self):
        if self.value is None or self.among == 0:
            return None
        return self.value <= self.limit if self.commitment.at_least is None else self.value >= self.limit

    @property
    def overdue(self):
        return not self.kept and (self.due is None or self.due < self.on)


def register(**declared):
    one = Commitment(**declared)
    if (one.at_most is None) == (one.at_least is None):
        raise ValueError(f"{one.code}: one limit, at_most or at_least")
    REGISTRY[one.code] = one
    return one


def standing(commitments, period, within=""):
    """How each stands; the figures of all of them are counted together."""
    asked = {figure.code: figure for one in commitments for figure in one.figures}
    values = figures.values(asked.values(), period, within)
    return [
        Standing(
            commitment=one,
            value=values[one.figure],
            limit=one.limit(period, within),
            short=values[one.short or one.figure],
            among=values[one.among] if one.among else None,
            due=one.due(period, within) if one.due else None,
            on=period.on,
        )
        for one in commitments
    ]
