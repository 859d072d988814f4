"""What no page may do: speak of an error in the console, break its own security policy, lose a file, run off the screen."""

import re

from axe_playwright_python.sync_playwright import Axe

WATCH_POLICY = """addEventListener("securitypolicyviolation", (event) =>
    console.error(`broke its policy: ${event.violatedDirective} ${event.blockedURI}`))"""
OUR_REFUSALS = {"document", "xhr", "fetch"}  # a 403, 404, 409 or 422 of ours is a page or an answer; tests look at those
GRAVE = {"serious", "critical"}
RULES = {"resultTypes": ["violations"]}

# Every word of Latin letters that an office reads here, and the identifiers of its own papers.
LATIN = re.compile(r"[A-Za-z][A-Za-z'’-]*[A-Za-z]|(?<![0-9*])[A-Z](?![0-9*])")
ALLOWED = {"PDF", "Excel", "Word", "MB", "KB", "GB", "xlsx", "csv", "docx", "WPS", "Cookie", "Sheet1"}
READ = """() => {
    const words = [document.title];
    const reader = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (reader.nextNode()) {
        const parent = reader.currentNode.parentElement;
        if (!parent.closest("script, style, noscript, [data-foreign], .code")) words.push(reader.currentNode.data.trim());
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
    found = Axe().run(page, options=RULES).response["violations"]
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
        found |= {word for word in LATIN.findall(text) if word not in ALLOWED}
    return found
