"""What stands around every page: where one works, as whom, the menu, and the way from place to place."""

import tomllib
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from povertyparty import desk
from povertyparty.ledger import REGISTRY
from villages.models import LEVELS, Place, level_of

VERSION = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]["version"]
SHORT = 4
GROUPS = ("基础台账", "干部队伍", "党建阵地", "包联帮扶", "产业资金", "检视整改")
# Pages that stand beside the ledgers of a group: {title: [(label, URL name, icon, right)]}
BESIDE = {}


def beside(title, label, name, icon, right):
    BESIDE.setdefault(title, []).append((label, name, icon, right))


def frame(request):
    """The context processor: `frame` and `place_picker`, worked out only where a template asks."""
    if not getattr(request.user, "is_authenticated", False) or not hasattr(request.user, "appointment"):
        return {}
    return {
        "frame": SimpleLazyObject(lambda: surroundings(request)),
        "place_picker": SimpleLazyObject(lambda: place_picker(request)),
    }


def surroundings(request):
    user = request.user
    bell = desk.bell(user) if user.may("view_ledgers") else desk.Bell(0, 0)
    return {
        "menu": SimpleLazyObject(lambda: menu(request, bell)),
        # What the bar and the menu depend on: see kept.py. No entry of the menu lies deeper than two steps.
        "bar_key": (
            user.pk,
            user.name,
            user.appointment and user.appointment.pk,
            *((one.pk, str(one)) for one in user.held),
            *bell,
        ),
        "menu_key": (user.role, user.is_superuser, *request.path.split("/")[1:3], *bell),
        "place": str(user.place or ""),
        "role": user.appointment.get_role_display() if user.appointment else "未任用",
        "user_name": user.name,
        "version": VERSION,
        "todo_count": bell.todos,
        "unread_count": bell.unread,
        "home_url": reverse("home"),
        "inbox_url": reverse("inbox") if user.may("view_ledgers") else "",
        "search_url": reverse("search") if user.may("view_ledgers") else "",
        "suggest_url": reverse("suggest"),
        "appointments": appointments(user),
    }


def appointments(user):
    if len(user.held) < 2:
        return []
    return [
        {"label": str(one), "url": reverse("act_as", args=[one.pk]), "current": one.pk == user.appointment.pk}
        for one in user.held
    ]


def menu(request, bell):
    user, here = request.user, request.path

    def item(label, url, icon, badge=0):
        active = here == url or (url != reverse("home") and here.startswith(url))
        return {"label": label, "url": url, "icon": icon, "active": active, "badge": badge or ""}

    groups = [{"title": "", "items": [item("工作台", reverse("home"), "house", bell.todos)]}]
    if user.may("view_ledgers"):
        groups[0]["items"].append(item("收件箱", reverse("inbox"), "bell", bell.unread))
    for title in GROUPS:
        ledgers = [one for one in REGISTRY.values() if one.group == title and user.may(one.right)]
        entries = [item(short(one), reverse("ledger", args=[one.code]), one.icon) for one in ledgers]
        entries += [
            item(label, reverse(name), icon)
            for label, name, icon, right in BESIDE.get(title, ())
            if user.may(right)
        ]
        groups.append({"title": title, "items": entries})
    reports = []
    if user.may("view_figures"):
        reports.append(item("指标", reverse("figures"), "bar-chart"))
        reports.append(item("承诺事项", reverse("commitments"), "check2-square"))
    if user.may("view_ledgers"):
        reports.append(item("数据质量与查漏", reverse("quality"), "shield-check"))
    if user.may("import_ledgers"):
        reports.append(item("导入", reverse("uploads"), "upload"))
    groups.append({"title": "统计报送", "items": reports})
    groups.append({"title": "系统", "items": [item(*entry) for entry in system(user)]})
    return [{**group, "open": is_open(group)} for group in groups if group["items"]]


def is_open(group):
    """Where one is, and what is short: thirty registers at once hide what one looks for."""
    return len(group["items"]) <= SHORT or any(one["active"] for one in group["items"])


def system(user):
    if user.may("view_parameters"):
        yield "参数", reverse("parameters"), "sliders"
    if user.may("view_retyping"):
        yield "重复填报", reverse("retyping"), "clipboard-data"
    if user.may("view_ledgers"):
        yield "区划变更", reverse("place_changes"), "map"
    if user.may("view_ledgers") or user.may("keep_templates"):
        yield "文书模板", reverse("document_templates"), "file-earmark-word"
    if user.may("read_log"):
        yield "查看与导出记录", reverse("accesses"), "journal-text"
    if user.may("manage_users"):
        yield "用户与任用", reverse("admin:index"), "gear"
        yield "通知邮件", reverse("letters"), "megaphone"


def short(ledger):
    return str(ledger.model._meta.verbose_name)


def place_picker(request):
    """From the county down to where one is looking, and the places just below; the address keeps its conditions."""
    top = request.user.place.code
    asked = request.GET.get("place", "")
    code = asked if asked.isdigit() and asked.startswith(top) else top
    chain = [code[:n] for n in LEVELS if len(top) <= n <= len(code)]
    below = next((n for n in LEVELS if n > len(code)), None)
    names = {top: request.user.place.name}
    if code != top:
        names |= dict(Place.names.filter(code__in=chain).values_list("code", "name"))
    children = Place.names.filter(code__startswith=code, code__length=below, valid_to=None).order_by("code")
    return {
        "label": names.get(code, code),
        "level": level_of(code),
        "up": [{"label": names.get(c, c), "url": address(request, c, top)} for c in chain[:-1]],
        "children": [
            {"label": name, "url": address(request, one, top), "current": False}
            for one, name in (children.values_list("code", "name") if below else ())
        ],
    }


def address(request, code, top):
    kept = {name: value for name, value in request.GET.items() if name not in {"page", "place"}}
    return "?" + urlencode(kept | ({"place": code} if code != top else {}))
