"""Kinds of cells that only what lies in villages has."""

import re
from dataclasses import dataclass

from povertyparty.kinds import Choice, Choices, Fault, Identifier, choice_text, plain, refuse_damaged

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


class Uscc(Identifier):
    """统一社会信用代码, checked by its last character (GB 32100-2015)."""

    width = 22

    def parse(self, raw):
        refuse_damaged(raw, "统一社会信用代码")
        text = plain(raw).lstrip("'").upper()
        if not re.fullmatch(f"[{ALPHABET}]{{18}}", text):
            raise Fault("统一社会信用代码应为18位数字和大写字母（不含I、O、S、V、Z）")
        if check_character(text) != text[-1]:
            raise Fault("统一社会信用代码的校验位不符，请核对是否抄错")
        return text


def check_character(text):
    rest = 31 - sum(w * ALPHABET.index(c) for w, c in zip(WEIGHTS, text, strict=False)) % 31
    return ALPHABET[rest % 31]


@dataclass(frozen=True)
class Worded(Choice):
    """A choice whose labels the county words itself; what is stored stays, and is understood as well."""

    varies = True

    def parse(self, raw):
        said = {choice_text(str(label)): value for value, label in self.labels}
        return said.get(choice_text(raw)) or super().parse(raw)

    def show(self, value):
        return str(super().show(value))


@dataclass(frozen=True)
class WordedChoices(Choices, Worded):
    """Several of a list whose labels the county words itself."""
