"""工作日: which days offices work. The county's own word on a day comes first, then the national arrangement of holidays
and shifted days (调休) as the library knows it, then Monday to Friday.
"""

from datetime import timedelta

import chinese_calendar
from django.conf import settings
from django.db import models

from povertyparty.scope import ask_anew, once
from villages.models.households import labels
from villages.models.places import Place

ONE = timedelta(days=1)
SATURDAY = 5
CALLED = {one.value: one.chinese for one in chinese_calendar.Holiday}
KNOWN_YEARS = range(min(chinese_calendar.holidays).year, max(chinese_calendar.holidays).year + 1)


class Holiday(models.Model):
    """节假日安排: what a county says of a day (append only: its latest word counts). Everybody may read it, as parameters."""

    append_only = True

    REST, WORK, AS_USUAL = "放假", "上班", "按国家安排"
    Kind = labels(REST, WORK, AS_USUAL)

    county = models.ForeignKey(Place, models.PROTECT, to_field="code", related_name="+", verbose_name="县")
    day = models.DateField("日期")
    kind = models.CharField("安排", max_length=6, choices=Kind)
    name = models.CharField("名称", max_length=60)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="设定人")
    set_at = models.DateTimeField("设定时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "节假日安排"
        ordering = ["-day", "-pk"]
        indexes = [models.Index(fields=["county", "day"], name="holiday_of_county")]

    def __str__(self):
        return f"{self.day} {self.kind}（{self.name}）"

    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
        ask_anew()

    @classmethod
    def said(cls, county):
        """{day: the county's word on it}, where it differs from the national arrangement."""
        return once(("holidays", county), lambda: cls.found(county))

    @classmethod
    def found(cls, county):
        held = cls.objects.filter(county=county or None).order_by("day", "-pk").distinct("day")
        return {one.day: one for one in held if one.kind != cls.AS_USUAL}


def working(county=""):
    """day → whether offices of the county work on it."""
    said = Holiday.said(county)

    def works(day):
        if day in said:
            return said[day].kind == Holiday.WORK
        return chinese_calendar.is_workday(day) if day.year in KNOWN_YEARS else day.weekday() < SATURDAY

    return works


def workdays_after(day, n, county=""):
    """The n-th working day after a day, which itself does not count."""
    works = working(county)
    while n > 0:
        day += ONE
        n -= works(day)
    return day


def workdays_between(start, end, county=""):
    """How many working days lie after `start`, up to and with `end`; negative where `end` comes first."""
    if end < start:
        return -workdays_between(end, start, county)
    return sum(map(working(county), (start + k * ONE for k in range(1, (end - start).days + 1))))


def last_day_before(limit, n, county=""):
    """The last day whose n-th working day after it has passed before `limit`."""
    day = limit - ONE
    while workdays_after(day, n, county) >= limit:
        day -= ONE
    return day


def unpublished(day):
    """What a page says beside a day in a year whose holidays nobody has arranged yet, or ""."""
    return "" if day.year in KNOWN_YEARS else f"{day.year}年的节假日安排系统中没有，按周一至周五推算"


def national(day):
    """(whether it is a working day, what it is called) where the national arrangement says so of the day, or None."""
    if day in chinese_calendar.workdays:
        return True, f"{CALLED[chinese_calendar.workdays[day]]}调休"
    return (False, CALLED[chinese_calendar.holidays[day]]) if day in chinese_calendar.holidays else None
