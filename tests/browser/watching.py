"""What no page may do: speak of an error in the console, break its own security policy, lose a file, run off the screen."""

import re

from axe_playwright_python.sync_playwright import Axe

from inspections.fiction.cast import CAST

WATCH_POLICY = """addEventListener("securitypolicyviolation", (event) =>
    console.error(`broke its policy: ${event.violatedDirective} ${event.blockedURI}`))"""
# A 403, 404, 409 or 422 of ours is a page or an answer, and tests look at what it says.
OUR_REFUSALS = {"document", "xhr", "fetch"}
GRAVE = {"serious", "critical"}
# Without `preload` axe itself breaks the policy: it copies style sheets into the page.
RULES = {"resultTypes": ["violations"], "preload": False}
ALIKE = {
    "exclude": [["tbody tr:nth-child(n+4)"]]
}  # rows of a table are alike, and axe takes its time over each

# Every word of Latin letters that an office reads here, and the identifiers of its own papers.
PAPERS = re.compile(
    r"[A-Z]{2}\d{4}-\d+[-\d]*|\S+\.(?:xlsx|csv|pdf|png)\b|Sheet1|\b[\d*]{17}X\b|\b[0-9A-Z]{18}\b|^\s*[A-Z]{1,2}\s*$"
)
LATIN = re.compile(r"[A-Za-z][A-Za-z'’-]+")
ALLOWED = {
    "qhx",
    "qinghexian",
    "PDF",
    "Excel",
    "Word",
    "MB",
    "KB",
    "xlsx",
    "docx",
    "csv",
    "WPS",
    "Cookie",
} | {username for username, *_ in CAST}
READ = """() => {
    const words = [document.title];
    const reader = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (reader.nextNode()) {
        const parent = reader.currentNode.parentElement;
        if (!parent.closest("script, style, noscript, code, .code, [id=id_password]")) words.push(reader.currentNode.data.trim());
    }
    for (const named of document.querySelectorAll("[aria-label], [placeholder], [title], [alt]"))
        for (const name of ["aria-label", "placeholder", "title", "alt"]) words.push(named.getAttribute(name) || "");
    return words.filter(Boolean);
}"""


class Watch:
    """Hears everything that goes wrong in the pages of a browser context."""

    def __init__(self, context):
        self.faults = []
        context.add_init_script(WATCH_POLICY)
        context.on("console", self.heard)
        context.on("weberror", lambda error: self.faults.append(f"script failed: {error.error}"))
        context.on("response", self.answered)

    def heard(self, message):
        # The browser's own line about an answer ≥ 400 says less than the answer itself.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.faults.append(f"{message.location.get('url', '')}: {message.text}")

    def answered(self, response):
        ours = response.request.resource_type in OUR_REFUSALS
        if response.status >= (500 if ours else 400):
            self.faults.append(f"{response.status} {response.url}")


def grave_barriers(page):
    """What axe calls serious or critical, each with the elements it stands on."""
    found = Axe().run(page, ALIKE, RULES).response["violations"]
    return [
        f"{one['id']}: {one['help']} — {'; '.join(node['html'][:160] for node in one['nodes'][:3])}"
        for one in found
        if one["impact"] in GRAVE
    ]


def overflow(page):
    """By how many pixels the page is wider than the screen."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def foreign_words(page):
    """Latin words a library, a field name or a forgotten translation left in the page."""
    found = set()
    for text in page.evaluate(READ):
        found |= set(LATIN.findall(PAPERS.sub("", text))) - ALLOWED
    return found
