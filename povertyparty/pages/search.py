"""One box for everything: what is found in each ledger, and the nearest of it while somebody is still typing."""

from urllib.parse import urlencode

from django.shortcuts import render
from django.urls import path, reverse

from povertyparty import sealed, search, spelling
from povertyparty.listing import Listing, placing, sees_sensitive
from povertyparty.pages.lists import row_url
from povertyparty.pages.permit import ledgers_of, may
from povertyparty.rows import Reader, cells

READ = 30  # hits of a ledger among which the nearest are picked
SHOWN = 5
OFFERED = 8
COLUMNS = 5
FAR = 2


@may("view_ledgers", "GET")
def results(request):
    text = typed(request)
    groups = [group(hit, text) for hit in hits(request.user, text)]
    return render(request, "kit/search.html", {
        "title": "查找",
        "crumbs": [{"label": "工作台", "url": reverse("home")}, {"label": "查找", "url": ""}],
        "search": text,
        "said": said(text, groups),
        "groups": groups,
    })  # fmt: skip


@may("view_ledgers", "GET")
def suggest(request):
    """The nearest few, as a part of the page that asks."""
    text = typed(request)
    found = [row for hit in hits(request.user, text)[:OFFERED] for row in hit.rows[:3]]
    nearest = sorted(found, key=lambda row: row.distance)[:OFFERED]
    return render(request, "kit/_suggestions.html", {
        "suggestions": [{"label": row.name, "what": row.what, "url": row.url} for row in nearest],
        "all_url": f"{reverse('search')}?{urlencode({'q': text})}" if found else "",
        "search": text,
    })  # fmt: skip


def typed(request):
    return request.GET.get("q", "").strip().replace("\0", "")[:60]


def hits(user, text):
    """What is found in each ledger that this person may see, the ledger with the nearest record first."""
    ledgers = {one.code: one for one in ledgers_of(user) if search.searched(one)}
    keys = search.found(text, ledgers.values(), READ + 1, sensitive=sees_sensitive(user))
    found = [Hit(ledgers[code], user, pks, text) for code, pks in keys.items()]
    return sorted((hit for hit in found if hit.rows), key=lambda hit: hit.rows[0].distance[0])


class Hit:
    """The records of one ledger that were found, the nearest first."""

    def __init__(self, ledger, user, keys, text):
        self.ledger, self.count = ledger, min(len(keys), READ)
        self.has_more = len(keys) > READ
        self.columns = columns(ledger, user)
        rows = ledger.model.objects.filter(pk__in=keys[:READ]).order_by(*ledger.order)
        href, wanted = row_url(ledger), spelling.plain(text)
        read = Reader(ledger, self.columns).texts(rows)
        self.rows = sorted(
            (Found(self, pk, line, href, wanted) for pk, line in read), key=lambda row: row.distance
        )


class Found:
    """One record: what it is called, where it is, how near it comes to what was typed, and by what."""

    def __init__(self, hit, pk, line, href, wanted):
        self.line, self.url, self.name = line, href.replace("/0/", f"/{pk}/"), line[0] or "—"
        nearest, at = min((distance(text, wanted), at) for at, text in enumerate(line))
        self.distance = (nearest, at > 0, len(self.name))
        by = [line[at]] if at and nearest < FAR and not hit.columns[at].is_part else []
        places = [
            text for text, column in zip(line[1:], hit.columns[1:], strict=True) if column.is_part and text
        ]
        self.what = " · ".join([str(hit.ledger.model._meta.verbose_name), *by, *places])


def distance(text, wanted):
    """0 where the text is what was typed, by its letters too; 1 where it begins so."""
    ways = spelling.whole(text)
    return 0 if wanted in ways else 1 if any(way.startswith(wanted) for way in ways) else FAR


def columns(ledger, user):
    """What names the record, where it is, by what else it may have been found; then as its list shows it."""
    what = search.searched(ledger)
    named = [Listing(ledger, user, {}).key]
    named += placing(ledger.columns)
    named += [*what.names[:3], *what.codes[:2]]
    named += [c for c in ledger.columns if c.listed and c.path and not (c.never or c.counted or c.is_part)]
    return [*dict.fromkeys(named)][:COLUMNS]


def group(hit, text):
    heads = [{"label": c.label, "numeric": c.kind.numeric} for c in hit.columns]
    more = f"{hit.count} {hit.ledger.unit}以上" if hit.has_more else f"{hit.count} {hit.ledger.unit}"
    return {
        "title": hit.ledger.title,
        "counted": more,
        "url": f"{reverse('ledger', args=[hit.ledger.code])}?{urlencode({'q': text})}"
        if hit.count > SHOWN
        else "",
        "heads": heads,
        "rows": [{"url": row.url, "cells": cells(heads, row.line)} for row in hit.rows[:SHOWN]],
    }


def said(text, groups):
    """What to say above the results, or instead of them."""
    if any(sealed.IDENTITY.fullmatch(word.upper()) for word in text.split()):
        return "完整的证件号码不作查找：请只输末4至6位，以免号码留在浏览记录里。"
    if text and not spelling.words(text):
        return "请至少输两个字母，或一个汉字。"
    if text and not groups:
        return f"没有找到“{text}”。可以输姓名或其中几个字、全拼（qinghexian）、首字母（qhx）、编号、代码。"
    return (
        ""
        if text
        else "可以输姓名或其中几个字、全拼（qinghexian）、首字母（qhx）、编号、代码；有权限的还可以输证件号码末4至6位。"
    )


urlpatterns = [
    path("search/", results, name="search"),
    path("search/suggest/", suggest, name="suggest"),
]
