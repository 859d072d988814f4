"""What the strict content security policy and the build ask of templates, read from the files themselves: no page has to be rendered."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "static" / "src"
APPS = ("povertyparty", "villages", "inspections")
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))

FROM_PACKAGES = {"django_htmx/htmx-2.min.js", "admin/css/forms.css"}
FORBIDDEN = {
    "inline style": r"\sstyle\s*=|<style\b",
    "inline script": r"<script\b(?![^>]*\bsrc=)",
    "inline handler": r"\s(?:on[a-z]+|hx-on[:\w-]*)\s*=",
    "foreign address": r"(?:https?:)?//[a-z0-9-]+\.",
}


def found(pattern, text):
    return set(re.findall(pattern, text))


def built():
    """The rule of static/build.mjs: a file directly under src gives a file of the same name, icons.json gives icons.svg."""
    return {path.name for path in SOURCE.iterdir() if path.suffix in {".css", ".js", ".svg"}} | {"icons.svg"}


def each_template():
    return pytest.mark.parametrize(
        "template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates"))
    )


@each_template()
@pytest.mark.parametrize("what", FORBIDDEN)
def test_a_template_holds_nothing_the_content_security_policy_refuses(template, what):
    assert not re.search(FORBIDDEN[what], template.read_text("utf-8"))


@each_template()
def test_a_template_names_only_static_files_that_the_build_makes(template):
    named = found(r"{% static ['\"]([^'\"]+)['\"] %}", template.read_text("utf-8"))
    assert named <= built() | FROM_PACKAGES


@each_template()
def test_a_template_names_only_icons_of_the_sprite(template):
    named = found(r'{% icon "([^"]+)"', template.read_text("utf-8"))
    assert named <= set(json.loads((SOURCE / "icons.json").read_text("utf-8")))


def test_ledgers_pages_and_menus_name_only_icons_of_the_sprite():
    sources = [path.read_text("utf-8") for app in APPS for path in (ROOT / app).rglob("*.py")]
    named = set().union(*(found(r"\bicon[\"']?\s*[:=]\s*\"([a-z0-9-]+)\"", source) for source in sources))
    assert named and named <= set(json.loads((SOURCE / "icons.json").read_text("utf-8")))


@each_template()
def test_every_form_that_posts_carries_the_csrf_token(template):
    forms = re.findall(r'<form\b[^>]*method="post".*?</form>', template.read_text("utf-8"), re.DOTALL)
    assert all("{% csrf_token %}" in form for form in forms)


@each_template()
def test_every_template_a_template_includes_exists(template):
    named = found(r'{% (?:include|extends) "([^"]+)"', template.read_text("utf-8"))
    assert all((ROOT / "templates" / name).is_file() for name in named if not name.startswith("admin/"))


def test_the_lock_file_names_no_registry():
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))
    assert all("resolved" not in package for package in lock["packages"].values())
    assert all(name == "" or "integrity" in package for name, package in lock["packages"].items())


@each_template()
def test_a_template_with_the_csrf_token_is_never_included_without_its_context(template):
    """`only` takes the token away too, and the browser is refused where a test client is not."""
    alone = found(r'{% include "([^"]+)"[^%]* only %}', template.read_text("utf-8"))
    assert not [
        name for name in alone if "{% csrf_token %}" in (ROOT / "templates" / name).read_text("utf-8")
    ]
