"""How the cells of a sheet name a round or an earlier finding."""

from inspections.models import Finding, Round
from povertyparty.scope import here
from villages.lookups import NumberLookup


class RoundLookup(NumberLookup):
    """By its name; the few that there are may be chosen from in a form."""

    field, part = "round", "@round"
    model, number = Round, "name"
    what = "没有这个自查轮次，请先登记轮次"

    def find(self, wanted, heading="", asked=None):
        names = {name for (name,) in wanted}
        rows = self.model.objects.filter(name__in=names, county__startswith=here()[:6])
        found = {}
        for pk, name in rows.values_list("pk", "name"):
            found.setdefault(name, []).append(pk)
        return {
            (n,): found[n][0] if len(found.get(n, ())) == 1 else self.refusal(found.get(n)) for n in names
        }

    def offered(self):
        rows = self.model.objects.filter(county__startswith=here()[:6])
        return list(rows.order_by("-begins", "-pk").values_list("name", flat=True)[:50])


class FollowedLookup(RoundLookup):
    field, part = "follows", "@follows"


class EarlierLookup(NumberLookup):
    """再次出现: the finding that came back, by its number."""

    field, part = "again", "@again"
    model, number = Finding, "code"
    what = "没有这个编号的检视问题，或不在您的管辖范围"
