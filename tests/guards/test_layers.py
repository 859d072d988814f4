"""The import graph, in the order it may be read: each app imports only itself and what stands to its right."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ["inspections", "villages", "povertyparty"]
INSIDE = [
    "management",
    "urls",
    "pages",
    "frame",
    "access",
    "fiction",
    "quality",
    "documents",
    "steps",
    "figures",
    "ledgers",
    "lookups",
    "models",
]
VAGUE = {"utils", "helpers", "common", "misc", "services", "managers", "base_views", "signals"}


def modules():
    for app in APPS:
        for file in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in file.parts:
                yield file.relative_to(ROOT), ast.parse(file.read_text(encoding="utf8"))


def imports():
    for file, tree in modules():
        for node in ast.walk(tree):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            yield from ((file, node, name) for name in names if name.split(".")[0] in APPS)


def floor(parts):
    return next((INSIDE.index(p) for p in parts if p in INSIDE), None)


def test_apps_import_downwards_only():
    assert not [
        f"{f} imports {n}" for f, _, n in imports() if APPS.index(n.split(".")[0]) < APPS.index(f.parts[0])
    ]


@pytest.mark.parametrize("app", ["villages", "inspections"])
def test_inside_an_app_modules_import_downwards_only(app):
    pairs = [(f, n) for f, _, n in imports() if f.parts[0] == n.split(".")[0] == app]
    floors = [(f, n, floor(f.with_suffix("").parts[1:]), floor(n.split(".")[1:])) for f, n in pairs]
    assert not [
        f"{f} imports {n}" for f, n, here, there in floors if None not in (here, there) and there < here
    ]


def test_imports_of_our_own_stand_at_the_top_of_their_file():
    assert not [f"{file}:{node.lineno}" for file, node, _ in imports() if node.col_offset]


def test_no_module_has_a_vague_name_and_nothing_listens_to_signals():
    assert not [str(file) for file, _ in modules() if file.stem in VAGUE]
    listening = [
        str(f)
        for f, tree in modules()
        if "signals import" in ast.unparse(tree) or "django.dispatch" in ast.unparse(tree)
    ]
    assert not listening


def test_the_ground_knows_no_village():
    """Not even in words: the ground's code names no domain app outside settings and the user's scope hook."""
    told = {Path("povertyparty/settings.py"), Path("povertyparty/urls.py")}
    assert not [
        f"{file}: {name}"
        for file, _, name in imports()
        if file.parts[0] == "povertyparty" and file not in told and name.split(".")[0] != "povertyparty"
    ]
