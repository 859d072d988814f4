"""How the cells of a sheet name a place or a household: names as offices write them, or codes."""

import difflib
import re
from collections import defaultdict
from functools import cached_property

from django.db.models import Q

from povertyparty.kinds import Fault, Identifier, plain, refuse_damaged
from povertyparty.ledger import Ambiguous, Asked, Lookup
from povertyparty.scope import current
from villages.models import Household, Lineage, Place, Project, TrainingClass, padded, unpadded

PARTS = {6: "@county", 9: "@township", 12: "@village"}
# What stands for the 乡镇 of what concerns the county itself: a blank there would repeat the row above.
COUNTY_ITSELF = ("县本级", "全县", "本县", "县级", "县直")
SUFFIXES = re.compile(r"(村民委员会|居民委员会|村委会|居委会|人民政府|党委|村)$")


def short(name):
    """沙枣镇人民政府 → 沙枣镇, 东沟村村委会 → 东沟: what two spellings of one place share."""
    name, last = plain(name), None
    while name != last:
        last, name = name, SUFFIXES.sub("", name) or name
    return name


class PlaceCode(Identifier):
    """A 12-digit division code, kept as the prefix that scope needs."""

    width = 16

    def parse(self, raw):
        refuse_damaged(raw, "区划代码")
        text = plain(raw).lstrip("'")
        if not re.fullmatch(r"\d{2}(\d{2}){0,2}|\d{9}|\d{12}", text):
            raise Fault("应为12位数字的统计用区划代码")
        return unpadded(text)

    def show(self, value):
        return padded(value)


class PlaceLookup(Lookup):
    """县, 乡镇, 村 and the code, whichever the sheet has, name one place in the scope."""

    field = "place"
    parts = ("@county", "@township", "@village", "@code")
    tells = ("county",)

    def __init__(self, deepest="村"):
        self.deepest = deepest

    def also(self, value):
        return {"county": value[:6]}

    def find(self, wanted, heading="", asked=None):
        """Names that two counties share are told apart by the heading, or by the county that all other rows lie in.

        What even that leaves open is asked.
        """
        gazetteer, village_needed = Gazetteer(), self.deepest == "村"
        county = gazetteer.county_in(heading)
        found = {
            cells: gazetteer.find(*cells, under=county, village_needed=village_needed) for cells in wanted
        }
        counties = {code[:6] for code in found.values() if not isinstance(code, Fault)}
        if not county and len(counties) == 1:
            (county,) = counties
        gazetteer.asked = asked or Asked()
        again = [cells for cells, told in found.items() if isinstance(told, Fault)]
        return found | {
            cells: gazetteer.find(*cells, under=county, village_needed=village_needed) for cells in again
        }

    def unsaid(self, heading="", asked=None):
        """A finding that names no 乡镇 concerns the county of the heading, or the one that is worked in."""
        if self.deepest == "村":
            return None
        lo = current().lo
        return Gazetteer().county_in(heading) or (lo if len(lo) == 6 else None)

    def choices(self, held=None):
        """(code, name) of the places in the scope that a record may lie in; one may stay in a closed place that it lies in."""
        found = (
            Place.objects.filter(Q(valid_to=None) | Q(code=held)).order_by("code").values_list("code", "name")
        )
        names = dict(found)
        deep = 12 if self.deepest == "村" else 6
        return [
            (code, f"{names.get(code[:9], '')} {name}" if len(code) == 12 else name)
            for code, name in found
            if len(code) >= deep
        ]

    def tell(self, values):
        codes = {code[:n] for code in values for n in (6, 9, 12)}
        names = dict(Place.names.filter(code__in=codes).values_list("code", "name"))
        return {
            code: (
                names.get(code[:6], ""),
                names.get(code[:9], "") if len(code) > 6 else COUNTY_ITSELF[0],
                names.get(code, "") if len(code) > 9 else "",
                code,
            )
            for code in values
        }


class HeadedPlace(PlaceLookup):
    """A form that names no place in its rows speaks for the county of its heading, or the one that is worked in."""

    parts = ()

    def __init__(self):
        super().__init__(deepest="县")

    def unsaid(self, heading="", asked=None):
        if known := super().unsaid(heading):
            return known
        counties = dict(Place.objects.filter(code__length=6, valid_to=None).values_list("code", "name"))
        if len(counties) < 2:
            return next(iter(counties), None) or Fault("没有登记县，请先导入《行政区划代码表》")
        return (asked or Asked()).which(Asked.FILE, Asked.FILE, counties) or Ambiguous(
            "不知道是哪个县的：请选定填报单位，或在表头写明（如“填报单位：青禾县”）"
        )


class Gazetteer:
    """Every place by its short names; refusals say what is nearest and whose it is."""

    def __init__(self):
        self.scope, self.asked = current(), Asked()
        self.name, self.by_name = {}, defaultdict(list)
        for code, name, former in Place.names.filter(valid_to=None).values_list(
            "code", "name", "former_names"
        ):
            self.name[code] = name
            for one in {short(name), *map(short, former)}:
                self.by_name[len(code), one].append(code)

    @cached_property
    def gone(self):
        """{code, or its length and short name: what became of a place in the scope that is there no more}."""
        became = defaultdict(list)
        for line in Lineage.in_force().filter(after__isnull=False).select_related("after"):
            became[line.before_id].append(line.after.name)
        told = {}
        for place in Place.objects.exclude(valid_to=None):
            after = f"，现为{'、'.join(became[place.code])}" if place.code in became else ""
            text = f"“{place.name}”已于{place.valid_to}撤销{after}，请改填"
            told |= {place.code: text, (len(place.code), short(place.name)): text}
        return told

    def county_in(self, text):
        """The one county in the scope whose name the text says, or ""."""
        said = {
            c for c, name in self.name.items() if len(c) == 6 and name in text and c.startswith(self.scope.lo)
        }
        return said.pop() if len(said) == 1 else ""

    def find(self, county, township, village, code, *, under, village_needed):
        if code:
            return self.checked(code, township, village)
        under, found = max(under, self.scope.lo, key=len), ""
        itself = township in COUNTY_ITSELF
        for length, word, name in ((6, "县", county), (9, "乡镇", township), (12, "村", village)):
            if not name or (itself and name == township):
                continue
            found = self.named(length, word, name, under) or self.elsewhere(length, word, name, under)
            if isinstance(found, Fault):
                found.part = PARTS[length]
                return found
            under = max(under, found, key=len)  # the county of a row does not lead out of one's township
        if itself:
            found = found or under
        if len(found) < 6:
            return Fault("没有填县", "@county")
        if village_needed and len(found) < 12:
            return Fault("没有填村", "@village")
        return found if found.startswith(self.scope.lo) else Fault("不在您的管辖范围")

    def named(self, length, word, name, under):
        """The code of the place of this name, an Ambiguous fault, or None."""
        codes = [c for c in self.by_name[length, short(name)] if c.startswith(under) or under.startswith(c)]
        exact = [c for c in codes if self.name[c] == plain(name)] or codes
        if len(exact) < 2:
            return exact[0] if exact else None
        choices = {code: self.full_name(code) for code in exact}
        return self.asked.which(f"{under} {word} {plain(name)}", f"{name}", choices) or Ambiguous(
            f"“{name}”有{len(exact)}个同名的地方，请选定是哪一个，或加填上一级名称或区划代码"
        )

    def full_name(self, code):
        names = (self.name.get(code[:length], "") for length in PARTS if length <= len(code))
        return f"{''.join(names)}（{padded(code)}）"

    def elsewhere(self, length, word, name, under):
        known = [c for c in self.by_name[length, short(name)]]
        if any(not c.startswith(self.scope.lo) for c in known) and not any(
            c.startswith(self.scope.lo) for c in known
        ):
            return Fault(f"{word}“{name}”不在您的管辖范围")
        if known:
            return Fault(f"{word}“{name}”不在“{self.name.get(under, '')}”")
        if told := self.gone.get((length, short(name))):
            return Fault(told)
        lo = self.scope.lo
        names = [
            n for c, n in self.name.items() if len(c) == length and (c.startswith(lo) or lo.startswith(c))
        ]
        near = difflib.get_close_matches(name, names, 1, 0.5)
        return Fault(
            f"没有名为“{name}”的{word}" + (f"，是否为“{near[0]}”？" if near else "，请先在行政区划中登记")
        )

    def checked(self, code, township, village):
        if code not in self.name:
            return Fault(self.gone.get(code, f"区划代码{padded(code)}没有登记"))
        if not code.startswith(self.scope.lo):
            return Fault("不在您的管辖范围")
        for given, length in ((village, 12), (township, 9)):
            true = self.name.get(code[:length], "")
            if (
                given
                and len(code) >= length
                and short(given) != short(true)
                and code[:length] not in self.by_name[length, short(given)]
            ):
                return Fault(f"区划代码{padded(code)}是“{true}”，与所填“{given}”不符")
        return code


class NumberLookup(Lookup):
    """A number names a record already in another ledger."""

    model = number = what = ""
    part = ""

    @property
    def parts(self):
        return (self.part,)

    def find(self, wanted, heading="", asked=None):
        """Numbers that two counties share are told apart by the heading."""
        numbers = {number for (number,) in wanted}
        county = Gazetteer().county_in(heading)
        rows = self.model.objects.within(county).filter(**{f"{self.number}__in": numbers})
        found = defaultdict(list)
        for pk, number in rows.values_list("pk", self.number):
            found[number].append(pk)
        return {(n,): found[n][0] if len(found[n]) == 1 else self.refusal(found[n]) for n in numbers}

    def refusal(self, found):
        return Fault("在几个县都有登记，请在本县账号下导入" if found else self.what)

    def tell(self, values):
        rows = self.model.objects.filter(pk__in=values)
        return {pk: (number,) for pk, number in rows.values_list("pk", self.number)}


class HouseholdLookup(NumberLookup):
    field, part = "household", "@household"
    model, number = Household, "number"
    what = "户编号没有登记，请先导入《建档立卡贫困户花名册》"


class ProjectLookup(NumberLookup):
    field, part = "project", "@project"
    model, number = Project, "number"
    what = "项目编号没有登记，请先导入《项目库》"


class TrainingLookup(NumberLookup):
    field, part = "training", "@training"
    model, number = TrainingClass, "number"
    what = "班次编号没有登记，请先导入《培训班次台账》"
