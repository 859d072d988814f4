"""The product's own settings, every one; only the collected static files lie with the data of the test."""

from povertyparty.settings import *  # noqa: F403
from povertyparty.settings import DATA_DIR

STATIC_ROOT = DATA_DIR / "static"
