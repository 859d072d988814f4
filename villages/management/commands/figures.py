"""Figures for a place and a day, as a table or as JSON."""

import json
from datetime import date
from decimal import Decimal

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from povertyparty.figures import READINGS, REGISTRY, Period, values
from povertyparty.scope import everywhere
from villages.areas import Areas
from villages.models import Place, unpadded

LENGTHS = {"county": 6, "township": 9, "village": 12}


class Command(BaseCommand):
    help = "按地区和日期给出全部指标。"

    def add_arguments(self, parser):
        parser.add_argument("--place", required=True, help="区划代码，如 659901 或 659901000000")
        parser.add_argument(
            "--on", type=date.fromisoformat, default=None, help="统计日，如 2020-06-30（默认今天）"
        )
        parser.add_argument("--from", dest="since", type=date.fromisoformat, help="期间的第一天")
        parser.add_argument("--by", choices=LENGTHS, help="再按下一级地区分列")
        parser.add_argument(
            "--areas", choices=READINGS, default="then", help="按当时区划（then）或现行区划（now）"
        )
        parser.add_argument("--json", action="store_true", help="以 JSON 输出")

    def handle(self, *, place, on, since, by, areas, **options):
        period = Period(on or timezone.localdate(), since)
        with everywhere("命令行取数"):
            told = self.tell(unpadded(place), period, LENGTHS.get(by), areas)
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=1, default=plain))
        else:
            self.print(told)

    def tell(self, code, period, length, reading):
        if not Place.names.filter(code=code).exists():
            raise CommandError(f"没有登记的地区：{code}")
        found = values(REGISTRY.values(), period, code, areas=Areas(reading, period.on))
        told = {
            f.code: {"value": found[f.code], "unit": f.unit, "label": str(f.label)} for f in REGISTRY.values()
        }
        if length:
            areas = Areas(reading, period.on, length)
            parts = values(REGISTRY.values(), period, code, length, areas)
            names = dict(areas.listed(code, {place for (_, place), value in parts.items() if value}))
            for figure in REGISTRY.values():
                told[figure.code]["by"] = {
                    name: parts.get((figure.code, c), figure.nothing) for c, name in names.items()
                }
        return told

    def print(self, told):
        for code, figure in told.items():
            self.stdout.write(f"{figure['label']}（{code}）　{figure['value']} {figure['unit']}")
            for name, value in figure.get("by", {}).items():
                self.stdout.write(f"    {name}　{value}")


def plain(value):
    return float(value) if isinstance(value, Decimal) else str(value)
