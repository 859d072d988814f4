"""Cells of the forms of inspections that are no plain text or number."""

from dataclasses import dataclass

from povertyparty.figures import REGISTRY as FIGURES
from povertyparty.kinds import Fault, Text, plain


@dataclass(frozen=True)
class FigureName(Text):
    """A figure of this program, by what people call it."""

    width = 24

    def parse(self, raw):
        said = plain(raw)
        found = next((code for code, one in FIGURES.items() if said in (code, plain(str(one.label)))), None)
        if found is None:
            raise Fault("没有叫这个名字的指标，请照“指标”页上的名称填写")
        return found

    def show(self, value):
        return str(FIGURES[value].label) if value in FIGURES else value

    cell = show
