"""区划变更: what was recorded, what still lies in places that are gone, a new change, and taking one back."""

from crispy_forms.helper import FormHelper
from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from povertyparty.kinds import Fault, Name, Text
from povertyparty.pages.permit import may
from povertyparty.rows import cells
from povertyparty.scope import current
from villages.lookups import PlaceCode
from villages.models import Place, PlaceChange, lying, padded

Kind = PlaceChange.Kind
NEWEST = 200
HEADS = [{"label": label} for label in ("变更日期", "类型", "变更前", "变更后", "批准文号", "状态")]
LEFT = [{"label": "台账"}, {"label": "条数", "numeric": True}, {"label": "其中现行", "numeric": True}]
VILLAGES_ONLY = {Kind.MOVE, Kind.MERGE, Kind.SPLIT}
INTRO = {
    Kind.RENAME: "名称改变而代码不变的，记录都留在原处，原名作为曾用名保留，按原名填的表仍能导入。代码也改变的，现行的记录随之转到新代码，往年的留在原代码下。",
    Kind.MOVE: "村划归另一乡镇，代码随之改变。现行的记录转到新代码，往年的留在原代码下；任用在这个村的人随之转到新代码。",
    Kind.MERGE: "两个以上的村合为一个。现行的记录转到合并后的村，往年的留在原来的村；新村已有同样登记的，原来的留在原处，请逐条核对。",
    Kind.SPLIT: "一个村分为几个。记录都留在原村，等新村的花名册导入后转过去；列入贫困村的级别、年度由各新村承接。",
    Kind.CLOSE: "撤销而没有承接的地方。记录都留在原处，仍可查阅。",
}


def crumbs(*more):
    return [
        {"label": "工作台", "url": reverse("home")},
        {"label": "区划变更", "url": reverse("place_changes") if more else ""},
        *({"label": label, "url": url} for label, url in more),
    ]


# What was recorded


@may("view_ledgers", "GET")
def place_changes(request):
    found = PlaceChange.objects.filter(voids=None).select_related("by", "voided_by")
    rows = [row(one) for one in found.prefetch_related("lines__before", "lines__after")[:NEWEST]]
    kinds = [kind for kind in Kind if kind in INTRO] if request.user.may("change_places") else []
    return render(request, "villages/place_changes.html", {
        "title": "区划变更",
        "crumbs": crumbs(),
        "table": {"title": "登记的变更", "counted": f"{len(rows)} 次", "url": "", "heads": HEADS, "rows": rows},
        "actions": [{"label": kind.label, "url": reverse("place_change_add", args=[kind]), "icon": "plus-lg"} for kind in kinds],
    })  # fmt: skip


def row(change):
    said = (
        str(change.on),
        change.get_kind_display(),
        before(change),
        after(change),
        change.document,
        state(change)["label"],
    )
    return {"url": reverse("place_change", args=[change.pk]), "cells": cells(HEADS, said)}


def before(change):
    return "、".join(dict.fromkeys(coded(line.old_name, line.before_id) for line in change.lines.all()))


def after(change):
    lines = [line for line in change.lines.all() if line.after_id]
    return "、".join(dict.fromkeys(coded(line.after.name, line.after_id) for line in lines)) or "（没有承接）"


def coded(name, code):
    return f"{name}（{padded(code)}）"


def state(change):
    return {"label": "已作废", "tone": "mute"} if change.voided else {"label": "有效", "tone": "ok"}


@may("view_ledgers", "GET")
def place_change(request, pk):
    change = find(pk)
    may_void = request.user.may("change_places") and not change.holds_fast()
    facts = {
        "变更类型": change.get_kind_display(), "变更日期": str(change.on), "变更前": before(change), "变更后": after(change),
        "批准文号": change.document, "说明": INTRO[change.kind],
    }  # fmt: skip
    return render(request, "kit/record.html", {
        "title": f"{change.get_kind_display()}：{before(change)}",
        "subtitle": "区划变更",
        "crumbs": crumbs((str(change), "")),
        "badges": [state(change)],
        "groups": [{"title": "变更", "facts": [
            {"label": label, "value": text, "masked": False, "reveal_url": "", "wide": len(text) > 20}
            for label, text in facts.items() if text
        ]}],
        "related": [left(place, request.user) for place in change.befores if place.valid_to],
        "history": [told(one) for one in (change.voided, change) if one],
        "actions": [{"label": "作废", "url": reverse("place_change_void", args=[pk]), "grave": True}] if may_void else [],
    })  # fmt: skip


def find(pk):
    return get_object_or_404(
        PlaceChange.objects.filter(voids=None).select_related("by", "voided_by__by"), pk=pk
    )


def told(change):
    return {
        "at": change.at, "who": str(change.by or "系统"), "source": None, "changes": [],
        "verb": "登记" if change.voids_id is None else "作废", "note": change.reason,
    }  # fmt: skip


def left(place, user):
    """What still lies in a place that is gone, ledger by ledger; what is in force there waits to be moved."""
    today, rows = timezone.localdate(), []
    for ledger, found in lying([place.code]):
        if user.may(ledger.right):
            count = found.aggregate(all=Count("pk"), lasting=Count("pk", filter=ledger.lasting(today)))
            rows += [(ledger, count)] if count["all"] else []
    return {
        "title": f"仍在“{place}”的记录",
        "counted": f"共 {sum(count['all'] for _, count in rows)} 条，其中现行 {sum(count['lasting'] for _, count in rows)} 条",
        "url": "",
        "heads": LEFT,
        "rows": [
            {
                "url": f"{reverse('ledger', args=[ledger.code])}?place={place.code}",
                "cells": cells(LEFT, (ledger.title, count["all"], count["lasting"])),
            }
            for ledger, count in rows
        ],
    }


# A new one


class NewChange(forms.Form):
    """What becomes of what. The kinds that read cells read what is typed here."""

    before = forms.ChoiceField(label="变更的地方")
    code = forms.CharField(label="新代码", max_length=20)
    name = forms.CharField(label="新名称", max_length=60)
    parts = forms.CharField(
        label="拆分后的村",
        widget=forms.Textarea({"rows": 4}),
        help_text="每行一个：12位统计区划代码，空一格，村名。原村继续保留的，也写上它的代码和名称",
    )
    on = forms.DateField(label="变更日期", widget=forms.DateInput({"type": "date"}))
    document = forms.CharField(label="批准文号", max_length=60)

    FIELDS = {
        Kind.RENAME: ("before", "name", "code"),
        Kind.MOVE: ("before", "code", "name"),
        Kind.MERGE: ("before", "code", "name"),
        Kind.SPLIT: ("before", "parts"),
        Kind.CLOSE: ("before",),
    }
    HELPS = {
        (Kind.RENAME, "code"): "代码不变的留空",
        (Kind.MOVE, "name"): "名称不变的留空",
        (Kind.MERGE, "code"): "新村的代码；并入原有的村的，写它的代码，并把它也选为合并的村",
    }

    def __init__(self, *args, kind, **kwargs):
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.fields = {name: self.fields[name] for name in (*self.FIELDS[kind], "on", "document")}
        if kind == Kind.MERGE:
            self.fields["before"] = forms.MultipleChoiceField(
                label="合并的村", widget=forms.CheckboxSelectMultiple
            )
        self.fields["before"].choices = self.choices()
        for (of, name), text in self.HELPS.items():
            if of == kind:
                self.fields[name].help_text, self.fields[name].required = text, kind == Kind.MERGE
        self.helper = FormHelper(self)
        self.helper.form_tag = False

    def choices(self):
        lo = current().lo
        open_ones = Place.objects.filter(valid_to=None, code__length__gte=9).exclude(code=lo).order_by("code")
        names = dict(open_ones.values_list("code", "name"))
        deep = [code for code in names if len(code) == 12 or self.kind not in VILLAGES_ONLY]
        found = [
            (code, f"{names.get(code[:9], '') if len(code) > 9 else ''} {names[code]} {padded(code)}".strip())
            for code in deep
        ]
        return found if self.kind == Kind.MERGE else [("", "（请选择）"), *found]

    def clean_code(self):
        return self.read(PlaceCode(), self.cleaned_data["code"])

    def clean_name(self):
        return self.read(Name(longest=60), self.cleaned_data["name"])

    def clean_document(self):
        return self.read(Text(longest=60), self.cleaned_data["document"])

    def clean_on(self):
        if self.cleaned_data["on"] > timezone.localdate():
            raise forms.ValidationError("变更日期不能晚于今天")
        return self.cleaned_data["on"]

    def clean_parts(self):
        """{code: name}"""
        found = {}
        for line in filter(str.strip, self.cleaned_data["parts"].splitlines()):
            code, _, name = line.strip().partition(" ")
            code = self.read(PlaceCode(), code)
            if code in found:
                raise forms.ValidationError(f"代码{padded(code)}写了两次")
            found[code] = self.read(Name(longest=60), name.strip() or "")
            if not found[code]:
                raise forms.ValidationError(f"“{line.strip()}”没有写村名")
        return found

    def read(self, kind, text):
        try:
            return kind.parse(text) if text else ""
        except Fault as fault:
            raise forms.ValidationError(str(fault)) from fault

    def record(self, by):
        """The change, or None with what stands against it among the errors."""
        given = self.cleaned_data
        before = list(
            Place.objects.filter(
                code__in=[given["before"]] if isinstance(given["before"], str) else given["before"]
            )
        )
        try:
            return PlaceChange.record(
                self.kind, before, self.after(before), on=given["on"], document=given["document"], by=by
            )
        except Fault as fault:
            self.add_error(None, str(fault))

    def after(self, before):
        given = self.cleaned_data
        if "parts" in given:
            return given["parts"]
        if "code" not in given:
            return {}
        return {given["code"] or before[0].code: given["name"] or before[0].name}


@may("change_places", "GET", "POST")
def place_change_add(request, kind):
    if kind not in INTRO:
        raise Http404(kind)
    kind = Kind(kind)
    form = NewChange(request.POST or None, kind=kind)
    if request.method == "POST" and form.is_valid() and (change := form.record(request.user)):
        messages.success(request, f"已登记：{change.get_kind_display()}，自{change.on}起。")
        return redirect("place_change", change.pk)
    return form_page(request, form, f"登记{kind.label}", INTRO[kind], reverse("place_changes"))


def form_page(request, form, title, intro, back):
    return render(request, "kit/form.html", {
        "title": title, "crumbs": crumbs((title, "")), "form": form, "intro": intro, "back_url": back, "clash": None, "hidden_fields": "",
    })  # fmt: skip


# Taking one back


class Voiding(forms.Form):
    reason = forms.CharField(label="作废原因", min_length=5, max_length=200)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(self)
        self.helper.form_tag = False


@may("change_places", "GET", "POST")
def place_change_void(request, pk):
    change, form = find(pk), Voiding(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            change.void(form.cleaned_data["reason"], request.user)
        except Fault as fault:
            form.add_error(None, str(fault))
        else:
            messages.success(request, "已作废，各地恢复到变更以前。")
            return redirect("place_change", pk)
    intro = f"{change}：{before(change)} → {after(change)}。作废后各地恢复到变更以前，转过去的记录转回原处；登记的变更和作废原因都保留，可以查阅。"
    return form_page(request, form, "作废区划变更", intro, reverse("place_change", args=[pk]))
