"""参数: what is in force, what was, and a new value from a day on."""

from crispy_forms.helper import FormHelper
from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from povertyparty.kinds import Day, Fault, Text
from povertyparty.pages.cards import FEW
from povertyparty.pages.permit import find, may
from villages.models import PARAMETERS, Parameter

EARLIEST_YEAR, YEARS_AHEAD = 2010, 5


def county_of(user):
    """Parameters are a county's; above it there are only the defaults."""
    code = user.place.code if user.place else ""
    return code[:6] if len(code) >= 6 else ""


def crumbs(*more):
    return [
        {"label": "工作台", "url": reverse("home")},
        {"label": "参数", "url": reverse("parameters") if more else ""},
        *({"label": label, "url": url} for label, url in more),
    ]


@may("view_parameters", "GET")
def parameters(request):
    county, today = county_of(request.user), timezone.localdate()
    since = {one.key: f"{one.valid_from}起" for one in in_force(county, today)}
    values, groups = Parameter.values(county, today), {}
    for key, one in PARAMETERS.items():
        groups.setdefault(one.group, []).append({
            "label": one.label,
            "url": reverse("parameter", args=[key]),
            "value": told(one, values[key]),
            "wide": isinstance(one.kind, Text),
            "since": since.get(key, "默认值"),
            "source": one.source,
        })  # fmt: skip
    return render(request, "villages/parameters.html", {
        "title": "参数",
        "subtitle": f"{today}现行",
        "crumbs": crumbs(),
        "groups": [{"title": title, "parameters": rows} for title, rows in groups.items()],
        "fixed": fixed(),
        "actions": [{"label": "节假日安排", "url": reverse("holidays"), "icon": "calendar3"}],
    })  # fmt: skip


def fixed():
    """What holds for all counties of an installation; the settings say it."""
    days = settings.FILES_DAYS
    return [
        {
            "label": "上传的原表保存",
            "value": f"{days['original']}天",
            "source": "到期由系统从磁盘删除；重复填报的格数留存",
        },
        {"label": "导出等任务结果保存", "value": f"{days['result']}天", "source": "到期由系统从磁盘删除"},
        {
            "label": "通知保存",
            "value": f"{settings.NOTICES_DAYS}天",
            "source": "到期由系统删除；未读的、所指事项还没有办的一直保留",
        },
        {
            "label": "登录后闲置退出",
            "value": f"{settings.SESSION_COOKIE_AGE // 60}分钟",
            "source": "未保存的内容交还本人",
        },
        {
            "label": "涉及个人的小数",
            "value": f"不足{FEW}不显示",
            "source": "明细只限部分角色查看的指标，其他人看不到小数",
        },
    ]


def in_force(county, on):
    held = Parameter.objects.filter(county=county or None, valid_from__lte=on)
    return held.order_by("key", "-valid_from", "-pk").distinct("key")


@may("view_parameters", "GET")
def parameter(request, key):
    declared, county = find(PARAMETERS, key), county_of(request.user)
    value = Parameter.values(county, timezone.localdate())[key]
    may_set = county and request.user.may("set_parameters")
    facts = {"现行值": told(declared, value), "默认值": told(declared, declared.default), "默认值的来源": declared.source, "说明": declared.help}  # fmt: skip
    return render(request, "kit/record.html", {
        "title": declared.label,
        "subtitle": declared.group,
        "crumbs": crumbs((declared.label, "")),
        "groups": [{"title": "参数", "facts": [
            {"label": label, "value": text, "masked": False, "reveal_url": "", "wide": len(text) > 20}
            for label, text in facts.items() if text
        ]}],
        "related": [],
        "history": [
            {
                "at": one.set_at, "who": str(one.by), "source": None,
                "verb": f"{one.valid_from}起：{told(declared, one.parsed)}", "note": one.basis, "changes": [],
            }
            for one in Parameter.objects.filter(county=county or None, key=key).select_related("by").order_by("-pk")
        ],
        "actions": [{"label": "设定新值", "url": reverse("parameter_set", args=[key]), "icon": "pencil", "primary": True}] if may_set else [],
    })  # fmt: skip


def told(declared, value):
    return f"{declared.show(value)}{'' if value is None else declared.unit}"


class NewValue(forms.Form):
    """The kinds that read cells read what is typed here."""

    value = forms.CharField(label="新值", max_length=200, widget=forms.TextInput({"autocomplete": "off"}))
    valid_from = forms.CharField(label="生效日期", max_length=20, help_text=Day().help)
    basis = forms.CharField(label="依据", max_length=200, required=False, help_text="文件名称或文号")

    def __init__(self, *args, declared, county, **kwargs):
        super().__init__(*args, **kwargs)
        self.declared, self.county = declared, county
        self.fields["value"].label = f"新值（{declared.unit}）" if declared.unit else "新值"
        self.fields["value"].help_text = getattr(declared.kind, "help", "")
        self.helper = FormHelper(self)
        self.helper.form_tag = False

    def clean_value(self):
        return self.read(self.declared.kind, "value")

    def clean_basis(self):
        return self.read(Text(longest=200), "basis") if self.cleaned_data["basis"] else ""

    def clean_valid_from(self):
        day = self.read(Day(), "valid_from")
        if not EARLIEST_YEAR <= day.year <= timezone.localdate().year + YEARS_AHEAD:
            raise forms.ValidationError(f"应在{EARLIEST_YEAR}年至今后{YEARS_AHEAD}年之内")
        return day

    def read(self, kind, name):
        try:
            return kind.parse(self.cleaned_data[name])
        except Fault as fault:
            raise forms.ValidationError(str(fault)) from fault

    def clean(self):
        if not self.errors:
            try:
                Parameter.refuse_senseless(self.county, self.declared.key, self.cleaned_data["value"], self.cleaned_data["valid_from"])  # fmt: skip
            except Fault as fault:
                self.add_error("value", str(fault))
        return self.cleaned_data


@may("set_parameters", "GET", "POST")
def set_parameter(request, key):
    declared, county = find(PARAMETERS, key), county_of(request.user)
    if not county:
        raise PermissionDenied
    today = timezone.localdate()
    form = NewValue(request.POST or None, declared=declared, county=county, initial={"valid_from": today})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        made = Parameter.objects.create(county_id=county, key=key, by=request.user, **given)
        made.refresh_from_db()
        messages.success(request, f"已设定：{made}，自{made.valid_from}起。")
        return redirect("parameter", key)
    now = told(declared, Parameter.values(county, today)[key])
    return render(request, "kit/form.html", {
        "title": f"设定：{declared.label}",
        "crumbs": crumbs((declared.label, reverse("parameter", args=[key])), ("设定新值", "")),
        "form": form,
        "intro": f"现行值：{now}。新值自生效日期起用于各项指标；此前日期的指标仍按当时的值计算，原值保留在改动记录中。{declared.help}",
        "back_url": reverse("parameter", args=[key]),
        "clash": None,
        "hidden_fields": "",
    })  # fmt: skip
