"""节假日安排: which days of a year are no Monday-to-Friday, by the national arrangement or by the county's own word."""

from datetime import date, timedelta

from crispy_forms.helper import FormHelper
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from povertyparty.kinds import Choice, Day, Fault, Text
from povertyparty.pages.permit import may
from villages.models import KNOWN_YEARS, Holiday, national
from villages.pages.parameters import county_of, crumbs

TITLE, WEEKDAYS = "节假日安排", "一二三四五六日"
YEARS_AHEAD = 5


@may("view_parameters", "GET")
def holidays(request):
    county, year = county_of(request.user), year_of(request)
    said = Holiday.said(county)
    days = (date(year, 1, 1) + timedelta(days=k) for k in range(366))
    lines = [line for day in days if day.year == year and (line := told(day, said.get(day)))]
    sets = county and request.user.may("set_parameters")
    return render(request, "villages/holidays.html", {
        "title": TITLE,
        "subtitle": f"{year}年",
        "crumbs": crumbs((TITLE, "")),
        "year": year,
        "years": [{"label": f"{one}年", "url": f"?year={one}", "current": one == year} for one in range(year - 2, year + 3)],
        "unknown": "" if year in KNOWN_YEARS else f"系统中没有{year}年的国家安排，工作日按周一至周五推算；国务院公布后请在此逐日登记。",
        "days": lines,
        "actions": [{"label": "登记一天", "url": reverse("holiday_set"), "icon": "pencil", "primary": True}] if sets else [],
    })  # fmt: skip


def year_of(request):
    asked = request.GET.get("year", "")
    return int(asked) if asked.isdecimal() and 2000 <= int(asked) <= 2100 else timezone.localdate().year


def told(day, own):
    """A line for a day of which somebody says something; None for any other."""
    state = national(day)
    if own is None and state is None:
        return None
    works, name = (own.kind == Holiday.WORK, own.name) if own else state
    return {
        "day": day,
        "weekday": f"星期{WEEKDAYS[day.weekday()]}",
        "kind": {"label": Holiday.WORK if works else Holiday.REST, "tone": "info" if works else "ok"},
        "name": name,
        "source": "本县登记" if own else "国家安排",
    }


class Arrangement(forms.Form):
    """One day as the county has it."""

    day = forms.CharField(label="日期", max_length=20, help_text=Day().help)
    kind = forms.ChoiceField(
        label="安排", choices=Holiday.Kind, help_text="“按国家安排”撤回本县以前对这一天的登记。"
    )
    name = forms.CharField(label="名称或文号", max_length=60, help_text="如：古尔邦节放假、春节调休上班")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(self)
        self.helper.form_tag = False

    def clean_day(self):
        day = self.read(Day(), "day")
        if not KNOWN_YEARS[0] <= day.year <= timezone.localdate().year + YEARS_AHEAD:
            raise forms.ValidationError(f"应在{KNOWN_YEARS[0]}年至今后{YEARS_AHEAD}年之内")
        return day

    def clean_kind(self):
        return self.read(Choice(labels=tuple(Holiday.Kind)), "kind")

    def clean_name(self):
        return self.read(Text(longest=60), "name")

    def read(self, kind, name):
        try:
            return kind.parse(self.cleaned_data[name])
        except Fault as fault:
            raise forms.ValidationError(str(fault)) from fault


@may("set_parameters", "GET", "POST")
def holiday_set(request):
    county = county_of(request.user)
    if not county:
        raise PermissionDenied
    form = Arrangement(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = Holiday.objects.create(county_id=county, by=request.user, **form.cleaned_data)
        messages.success(request, f"已登记：{made}。")
        return redirect(f"{reverse('holidays')}?year={made.day.year}")
    return render(request, "kit/form.html", {
        "title": "登记一天的安排",
        "crumbs": crumbs((TITLE, reverse("holidays")), ("登记一天", "")),
        "form": form,
        "intro": "本县的登记先于国家安排，用于此后计算签收、反馈等以工作日计的时限；已经签发的督办单时限不变。",
        "back_url": reverse("holidays"),
        "clash": None,
        "hidden_fields": "",
    })  # fmt: skip
