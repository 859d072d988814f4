"""One record of any ledger: its facts, what is related, who changed what; entering and changing it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models, transaction
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.safestring import mark_safe

from povertyparty import figures, quality
from povertyparty.dossier import gather
from povertyparty.figures import Period
from povertyparty.ledger import holder
from povertyparty.listing import day, naming
from povertyparty.models import Access, Retyped, Upload, User
from povertyparty.pages.cards import cards
from povertyparty.pages.comments import comments_of
from povertyparty.pages.documents import offered
from povertyparty.pages.forms import RecordForm
from povertyparty.pages.lists import row_url
from povertyparty.pages.permit import find, ledger_of, ledgers_of, may
from povertyparty.pages.steps import panel, status_of, success, take, trail
from povertyparty.rows import Reader, cells, shown
from povertyparty.scope import current
from povertyparty.steps import processes_of
from povertyparty.uploads import UploadedRow, explain

VERBS = {"insert": "新增", "update": "修改", "delete": "删除"}
NEWEST = 20
FIRST = 5  # rows of each ledger where a place gathers them all
WIDE = 6  # columns
WIDE_TEXT = 60


def record_of(request, code, pk):
    ledger = ledger_of(request, code)
    return ledger, get_object_or_404(ledger.model.objects.all(), pk=pk)


@may("view_ledgers", "GET")
def record(request, code, pk, revealed=""):
    ledger, found = record_of(request, code, pk)
    return show(request, ledger, found)


@may("view_ledgers", "POST")
def record_step(request, code, pk, process, verb):
    """Take a step and go back to the record. A refusal shows the record as it now is, with what was typed."""
    ledger, found = record_of(request, code, pk)
    moved_by = find({one.code: one for one in processes_of(ledger)}, process)
    taken, attempt = take(moved_by, found, verb, request)
    if attempt:
        _, now = record_of(request, code, pk)
        return show(request, ledger, now, attempt=attempt, process=process, status=status_of(attempt))
    messages.success(request, success(moved_by, taken))
    if not ledger.model.objects.filter(pk=pk).exists():  # a step that takes the record away
        return redirect("ledger", code)
    return redirect("record", code, pk)


def show(request, ledger, found, revealed="", attempt=None, process="", status=200):
    panels = (
        []
        if ledger.page
        else [  # an own page has its own
            panel(one, found, request.user, attempt if one.code == process else None)
            for one in processes_of(ledger)
        ]
    )
    on = day(request.GET.get("on"))
    return render(request, "kit/record.html", {
        "title": str(found),
        "then": then(ledger, found, on) if on else None,
        "then_form": {"value": on, "url": reverse("record", args=[ledger.code, found.pk])},
        "subtitle": ledger.dossier or ledger.title,
        "crumbs": crumbs(ledger, found),
        "badges": badges(ledger, found),
        "processes": [one for one in panels if one["tells"]],
        "trail": trail(ledger, found, request.user) if panels else [],
        "comments": comments_of(ledger, found, request.user) if panels else None,
        "groups": groups(request, ledger, found, revealed),
        "doubts": doubts(ledger, found),
        "beside": beside(ledger, found, request.user),
        "figures": standing(ledger, found, request.user) if request.user.may("view_figures") else [],
        "related": related(ledger, found, request.user),
        "history": history(ledger, found, request.user),
        "origin": origin(found, request.user),
        "documents": offered(ledger.code, found, request.user),
        "actions": actions(request, ledger, found),
    }, status=status)  # fmt: skip


def beside(ledger, found, user):
    """The template of what the page shows beside the facts, and what it tells."""
    template, tells = ledger.beside or ("", None)
    return {"template": template, **tells(found, user)} if template else None


def groups(request, ledger, found, revealed):
    """The facts as the form has them, under the headings of the form."""
    columns = [c for c in ledger.columns if not c.never and c.name != "-serial"]
    reader = Reader(ledger, columns)
    (values,) = reader.values(reader.raw(type(found).objects.filter(pk=found.pk)))
    titles = {}
    for column, value in zip(columns, values, strict=True):
        clear = column.name == revealed
        text = shown(column, {column.right} if clear else ())(value)
        titles.setdefault(column.group or ("家庭登记" if "__" in column.echo and column.is_loose else "基本信息"), []).append({
            "label": column.label if not column.kind.numeric else column.header,
            "value": text,
            "source": column.source if text and column.known and getattr(found, column.attname) in (None, "") else "",
            "masked": column.sensitive and not clear and bool(text),
            "reveal_url": reverse("record_reveal", args=[ledger.code, found.pk, column.name]) if column.field is not None and request.user.may(column.right) else "",
            "wide": len(text) > WIDE_TEXT,
        })  # fmt: skip
    return [{"title": title, "facts": facts} for title, facts in titles.items()]


def then(ledger, found, on):
    """The facts as they were recorded at the end of that day: those of the last event by then."""
    event = found.events.filter(pgh_created_at__date__lte=on).order_by("-pgh_id").first()
    if event is None or event.pgh_label == "delete":
        return {"on": on, "facts": [], "at": None}
    lookup = next((one for one in ledger.lookups if one.field == "place"), None)
    cells = lookup.tell({event.place_id})[event.place_id] if lookup else ()
    placed = [
        (ledger.by_name[p].label, cell)
        for p, cell in zip(lookup.parts if lookup else (), cells, strict=False)
        if p in ledger.by_name
    ]
    told = [
        (c.label if not c.kind.numeric else c.header, shown(c)(c.store(getattr(event, c.attname))))
        for c in ledger.stored
    ]
    facts = [
        {"label": label, "value": text, "masked": False, "reveal_url": "", "wide": len(text) > WIDE_TEXT}
        for label, text in (*placed, *told)
    ]
    return {"on": on, "facts": facts, "at": event.pgh_created_at}


def badges(ledger, found):
    """What such a record is called, where it has a name for it (`called`), and its states."""
    called = getattr(found, "called", "")
    return [*([{"label": called, "tone": "mute"}] if called else []), *states(ledger, found)]


def states(ledger, found):
    told = [
        c.kind.show(getattr(found, c.name))
        for c in ledger.stored
        if c.name in {"status", "state", "poverty_level", "post", "duty"}
        and c.field.choices
        and getattr(found, c.name)
    ]
    told += [one.states[one.state(found)] for one in processes_of(ledger) if one.state(found) not in one.rest]
    return [{"label": label, "tone": "info"} for label in dict.fromkeys(filter(None, told))]


def doubts(ledger, found):
    """What the rules of data quality, and the gaps, say of this record today."""
    return [
        {
            "tone": {"label": rule.severity.value, "tone": rule.severity.tone},
            "label": rule.label,
            "why": rule.why,
            "remedy": rule.remedy,
        }
        for rule in quality.broken(ledger, found.pk, timezone.localdate())
    ]


def crumbs(ledger, found):
    """The way back, by the place where the record lies: its page gathers all that lies there."""
    way = [{"label": "工作台", "url": reverse("home")}]
    field = found._meta.get_field(found.scope_field)
    place = getattr(found, field.name) if field.is_relation else None
    if place is not None and (one := holder(type(place))):
        way.append({"label": str(place), "url": reverse("record", args=[one.code, place.pk])})
    way.append({"label": ledger.title, "url": reverse("ledger", args=[ledger.code])})
    return [*way, {"label": str(found), "url": ""}]


def standing(ledger, found, user):
    """The figures of the place that the record is of."""
    wanted = [figures.REGISTRY[code] for code in ledger.figures if code in figures.REGISTRY]
    return cards(wanted, Period(timezone.localdate()), getattr(found, ledger.gathers), user) if wanted else []


def related(ledger, found, user):
    """What the other ledgers hold of this record (dossier.py), the first rows of each."""
    tables = [table(told) for told in gather(ledger, found, ledgers_of(user))]
    return [one for one in tables if one]


def table(told):
    """One ledger's rows; None where there are none."""
    ledger, count = told.ledger, told.rows.count()
    if not count:
        return None
    most = FIRST if told.place else NEWEST
    columns = shortly(ledger)
    texts = Reader(ledger, columns).texts(told.rows.order_by(*ledger.order)[:most])
    kept = [at for at, column in enumerate(columns) if not (at and column.is_part and is_one(texts, at))]
    heads = [{"label": columns[at].label, "numeric": columns[at].kind.numeric} for at in kept]
    href = row_url(ledger)
    return {
        "title": f"{ledger.title}（{told.how}）" if told.how else ledger.title,
        "counted": f"共 {count:,} {ledger.unit}",
        "left": f"以上为前 {most} {ledger.unit}" if count > most else "",
        "url": f"{reverse('ledger', args=[ledger.code])}?place={told.place}" if told.place else "",
        "heads": heads,
        "rows": [
            {"url": href.replace("/0/", f"/{pk}/"), "cells": cells(heads, [line[at] for at in kept])}
            for pk, line in texts
        ],
    }


def is_one(texts, at):
    """Whether all rows say the same there: all of a village lies in that village."""
    return len({line[at] for _, line in texts}) == 1


def shortly(ledger):
    """The columns of a few rows: what names one and where it lies, then as the list shows them."""
    named = naming(ledger)
    listed = [c for c in ledger.columns if c.listed and c.name != "-serial" and not c.never]
    parts = [c for c in listed if c.is_part and c.name == "@village"]
    return [*dict.fromkeys([named, *parts, *(c for c in listed if not c.is_part)])][:WIDE]


# Who changed what


def history(ledger, found, user, newest=NEWEST):
    """The last events, each with what it changed, who did it and where it came from."""
    events = list(found.events.order_by("-pgh_id")[: newest + 1])
    people = dict(
        User.objects.filter(pk__in={(e.pgh_context or {}).get("user") for e in events} - {None}).values_list(
            "pk", "name"
        )
    )
    opened = openable(user, {(e.pgh_context or {}).get("upload") for e in events} - {None})
    return [
        told(ledger, event, earlier, people, opened)
        for event, earlier in zip(events, [*events[1:], None][: len(events)], strict=True)
    ][:newest]


def openable(user, uploads):
    """Those of the uploads whose page this person may open."""
    if not uploads or not user.may("import_ledgers"):
        return set()
    return set(Upload.objects.filter(pk__in=uploads).values_list("pk", flat=True))


def page_of(upload, opened):
    return reverse("upload_detail", args=[upload]) if upload in opened else ""


def told(ledger, event, earlier, people, opened):
    context = event.pgh_context or {}
    upload = context.get("upload")
    return {
        "at": event.pgh_created_at,
        "who": people.get(context.get("user"), "系统"),
        "verb": VERBS.get(event.pgh_label, event.pgh_label),
        "source": {"label": "导入", "url": page_of(upload, opened)} if upload else None,
        "note": context.get("change", ""),
        "changes": differences(ledger, event, earlier) if earlier is not None else [],
    }


def differences(ledger, event, earlier):
    found = []
    for column in ledger.stored:
        before, after = getattr(earlier, column.attname), getattr(event, column.attname)
        if before != after:
            show = shown(column)
            found.append(
                {
                    "label": column.label,
                    "before": show(column.store(before)),
                    "after": show(column.store(after)),
                }
            )
    if getattr(event, "place_id", None) != getattr(earlier, "place_id", None):
        found.append({"label": "村（地区）", "before": earlier.place_id, "after": event.place_id})
    return found


def origin(found, user):
    """The Excel row that the record last came from."""
    row = (
        UploadedRow.objects.select_related("upload").filter(pk=found.origin_id).first()
        if found.origin_id
        else None
    )
    if row is None:
        return None
    return {
        "file": row.upload.name,
        "sheet": row.sheet,
        "row": row.number,
        "url": page_of(row.upload_id, openable(user, {row.upload_id})),
        "at": row.upload.committed_at,
    }


def is_ours(found):
    """Whether the record lies in the scope; one that is only seen through its own rows is not to be changed here."""
    return current().holds(found.lies_in)


def closed(ledger, found):
    """Why nobody, or not this person, may change the record by a form, or ""."""
    return ledger.shut(current().may) or ledger.lock(found)


def actions(request, ledger, found):
    found_actions = []
    if ledger.page:
        found_actions.append(
            {"label": ledger.page[1], "url": reverse(ledger.page[0], args=[found.pk]), "primary": True}
        )
    if ledger.editable and request.user.may("edit_ledgers") and is_ours(found) and not closed(ledger, found):
        edit = {
            "label": "修改",
            "url": reverse("record_edit", args=[ledger.code, found.pk]),
            "icon": "pencil",
            "primary": not ledger.page,
        }
        found_actions.insert(0, edit) if ledger.page else found_actions.append(edit)
    return found_actions


@may("view_ledgers", "POST")
def record_reveal(request, code, pk, name):
    """Show one masked fact of one record, once, to somebody who may and says why; it is written down first."""
    ledger, found = record_of(request, code, pk)
    column, reason = ledger.by_name.get(name), request.POST.get("reason", "").strip()
    if column is None or not column.sensitive or column.field is None:
        return redirect("record", code, pk)
    if not request.user.may(column.right):
        raise PermissionDenied
    if len(reason) < 4:
        messages.error(request, "请写明查看事由（至少4个字）。")
        return redirect("record", code, pk)
    Access.objects.create(
        kind=Access.Kind.REVEAL,
        by=request.user,
        place_code=current().lo,
        ledger=code,
        record=pk,
        columns=[column.header],
        reason=reason[:200],
    )
    return show(request, ledger, found, revealed=name)


# Entering and changing


def places_of(ledger, found=None):
    """(code, name) to choose from, for ledgers whose rows lie in a place."""
    lookup = next((one for one in ledger.lookups if one.field == "place"), None)
    return lookup.choices(getattr(found, "place_id", None)) if lookup else ()


@may("edit_ledgers", "GET", "POST")
def record_add(request, code):
    ledger = ledger_of(request, code)
    if ledger.shut(request.user.may):
        raise PermissionDenied
    form = RecordForm(ledger, request.user, request.POST or None, places=places_of(ledger))
    if request.method == "POST" and form.is_valid():
        found = ledger.model(**beginnings(ledger, request.user) | form.changes)
        if saved(form, found, lambda: found.save(force_insert=True)):
            form.record = found
            note_retyped(form)
            messages.success(request, f"已新增：{found}")
            return redirect("record", code, found.pk)
    return edit_page(
        request, ledger, form, f"新增{ledger.model._meta.verbose_name}", reverse("ledger", args=[code])
    )


@may("edit_ledgers", "GET", "POST")
def record_edit(request, code, pk):
    """Optimistic: the form carries the version it showed; if somebody saved in between, both versions are shown."""
    ledger, found = record_of(request, code, pk)
    if ledger.shut(request.user.may) or not is_ours(found):
        raise PermissionDenied
    form = RecordForm(
        ledger, request.user, request.POST or None, record=found, places=places_of(ledger, found)
    )
    back = reverse("record", args=[code, pk])
    if request.method == "POST":
        seen = request.POST.get("version", "")
        if seen != str(found.version):
            form.is_valid()
            return edit_page(
                request,
                ledger,
                form,
                f"修改：{found}",
                back,
                version=found.version,
                clash=clash(request.user, ledger, found, form, seen),
                status=409,
            )
        if form.is_valid() and saved(form, found, lambda: update(found, form.changes)):
            note_retyped(form)
            messages.success(request, "已保存。")
            return HttpResponseRedirect(back)
    return edit_page(request, ledger, form, f"修改：{found}", back, version=found.version)


def saved(form, found, save):
    """Whether the record passed its constraints and was written; what stands against it becomes errors of the form."""
    for name, value in form.changes.items():
        setattr(found, name, value)
    judge(form, found)
    if form.errors:
        return False
    try:
        with transaction.atomic():
            save()
    except IntegrityError as error:
        form.add_error(None, explain(error, form.ledger))
        return False
    except Overtaken:
        form.add_error(None, "这条记录刚被他人修改，请核对后再保存")
        return False
    return True


def note_retyped(form):
    Retyped.keep(form.record.lies_in, form.ledger.code, form.retyped)


def judge(form, found):
    """What the scope, the lock and the rules of the ledger say against the record."""
    if why := closed(form.ledger, found):
        form.add_error(None, why)
    if not is_ours(found):
        form.add_error(None, "不在您的管辖范围，没有保存：请核对地区或区划代码，或交由管辖该地的单位登记")
    said = {k.removesuffix("_id"): v for k, v in form.changes.items() if v not in (None, "")}
    for rule in form.ledger.rules:
        for name, reason, grave in rule(said):
            if grave:
                form.add_error(name if name in form.fields else None, reason)


def beginnings(ledger, user):
    """Where a record entered by hand begins, unless this person may say how far it has come."""
    begun = [one.begins for one in processes_of(ledger) if not user.may(one.settles)]
    return {name: value for facts in begun for name, value in facts.items()}


class Overtaken(Exception):
    """Somebody saved the record between our reading and our writing."""


def update(found, changes):
    values = {
        name.removesuffix("_id") if name == "place_id" else name: value for name, value in changes.items()
    }
    rows = type(found).objects.filter(pk=found.pk, version=found.version)
    if not rows.update(**values, version=models.F("version") + 1):
        raise Overtaken


def clash(user, ledger, found, form, seen):
    """Who saved in between, and for each field that differs: as it was, theirs, ours."""
    events = list(found.events.order_by("-pgh_id")[:NEWEST])
    original = next((e for e in events if str(e.version) == seen), None)
    latest = history(ledger, found, user, newest=1)
    rows = []
    for column in form.written:
        show = shown(column)
        was = getattr(original, column.attname) if original is not None else None
        theirs, yours = getattr(found, column.attname), getattr(form, "changes", {}).get(column.attname, was)
        if len({repr(v) for v in (was, theirs, yours)}) > 1:
            rows.append(
                {
                    "label": column.label,
                    "original": show(column.store(was)),
                    "theirs": show(column.store(theirs)),
                    "yours": show(column.store(yours)),
                }
            )
    return {
        "who": latest[0]["who"],
        "at": latest[0]["at"],
        "rows": rows,
        "reload_url": reverse("record_edit", args=[ledger.code, found.pk]),
    }


def edit_page(request, ledger, form, title, back, version=None, clash=None, status=200):
    crumbs = [
        {"label": "工作台", "url": reverse("home")},
        {"label": ledger.title, "url": reverse("ledger", args=[ledger.code])},
        {"label": title, "url": ""},
    ]
    hidden = f'<input type="hidden" name="version" value="{int(version)}">' if version is not None else ""
    context = {
        "title": title,
        "crumbs": crumbs,
        "form": form,
        "back_url": back,
        "clash": clash,
        "hidden_fields": mark_safe(hidden),
        "nearest": nearest(ledger, form.record),
    }
    return render(request, "kit/form.html", context, status=status)


def nearest(ledger, found):
    """Where the form asks what is near, while somebody types in these fields."""
    if not ledger.nearest:
        return None
    name, *fields = ledger.nearest
    url = reverse(name, args=[found.pk] if found else [])
    return {"url": url, "fields": ",".join(f"#record [name={one}]" for one in fields)}


urlpatterns = [
    path("ledgers/<slug:code>/add/", record_add, name="record_add"),
    path("ledgers/<slug:code>/<int:pk>/", record, name="record"),
    path("ledgers/<slug:code>/<int:pk>/edit/", record_edit, name="record_edit"),
    path("ledgers/<slug:code>/<int:pk>/steps/<slug:process>/<slug:verb>/", record_step, name="record_step"),
    path("ledgers/<slug:code>/<int:pk>/reveal/<str:name>/", record_reveal, name="record_reveal"),
]
