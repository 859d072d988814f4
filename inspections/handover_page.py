"""What the page of a hand-over tells, and its Excel."""

import io

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header

from inspections.handing import pack
from inspections.steps import HANDING_OVER
from povertyparty import writing
from povertyparty.ledger import REGISTRY as LEDGERS
from povertyparty.pages.lists import MEDIA
from povertyparty.pages.steps import panel, trail
from povertyparty.writing import Head

HEADS = (Head("类别", width=22), Head("事项", width=48), Head("时间", width=14), Head("说明", width=40))
FACTS = ("giver", "office", "receiver", "on", "note")


def told_handover(found, user, attempt=None):
    """The context of inspections/handover.html."""
    told, url = panel(HANDING_OVER, found, user, attempt), reverse("handover_export", args=[found.pk])
    for form in filter(None, [*told["steps"], told["attempt"] and told["attempt"]["form"]]):
        form["url"] = reverse("handover_step", args=[found.pk, form["code"].rpartition("-")[2]])
    ledger = LEDGERS[HANDING_OVER.ledger]
    return {
        "title": f"{found.place.full_name}交接清单",
        "crumbs": [
            {"label": "工作台", "url": reverse("home")},
            {"label": ledger.title, "url": reverse("ledger", args=[ledger.code])},
            {"label": str(found), "url": ""},
        ],
        "actions": [{"label": "登记和改动", "url": reverse("record", args=[ledger.code, found.pk])}],
        "process": told,
        "forms": told["steps"],
        "facts": [
            {"label": found._meta.get_field(name).verbose_name, "value": getattr(found, name)}
            for name in FACTS
        ],
        "kept": found.locked,
        "parts": parts(found),
        "trail": trail(ledger, found, user),
        "export_url": url if user.may("export_ledgers") else "",
    }


def parts(found):
    """As it was when it was given; before that, as it is now."""
    return found.pack if found.locked else pack(found.place_id)


def sheet(found):
    content, now = io.BytesIO(), timezone.localtime()
    name = f"{found.place.full_name}交接清单"
    form = writing.Form(
        title=name,
        heads=HEADS,
        notes=[
            f"移交人：{found.giver}　接收人：{found.receiver}　交接日期：{found.on}　{found.get_state_display()}　导出时间：{now:%Y-%m-%d %H:%M}"
        ],
        footer="移交人签字：　　　　　接收人签字：　　　　　监交人签字：",
    )
    writing.write(content, form, rows(found))
    return HttpResponse(
        content.getvalue(),
        content_type=MEDIA,
        headers={
            "Content-Disposition": content_disposition_header(True, f"{name}.xlsx"),
            "Cache-Control": "private, no-store",
        },
    )


def rows(found):
    for part in parts(found):
        if not part["rows"]:
            yield part["title"], "没有", None, None
        for row in part["rows"]:
            yield part["title"], row["what"], row["when"] or None, row["note"] or None
