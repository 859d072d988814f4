"""`python bench/run.py [--households N] [--quick]`: measures in a database of its own, beside the product's data.

Without --households it measures 60,000 and then 1,000,000. --quick only shows that everything runs and agrees.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SIZES = (60_000, 1_000_000)
QUICK = 2_000


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--households", type=int, help="only this many households")
    parser.add_argument(
        "--quick", action="store_true", help="a smoke run with 2,000 households; nothing is written down"
    )
    parser.add_argument(
        "--part",
        action="append",
        choices=["import", "export", "page", "search", "items"],
        help="only this part (repeatable)",
    )
    parser.add_argument(
        "--folder", type=Path, default=ROOT / "var" / "bench", help="where the databases are kept"
    )
    asked = parser.parse_args()
    if asked.quick:
        with tempfile.TemporaryDirectory() as folder:
            return measure(Path(folder), asked.households or QUICK, asked)
    return max(
        measure(asked.folder / str(size), size, asked)
        for size in ([asked.households] if asked.households else SIZES)
    )


def measure(folder, households, asked):
    """In a process of its own: the settings are read once, and each size has its own database."""
    folder.mkdir(parents=True, exist_ok=True)
    words = [
        str(households),
        *(["--quick"] if asked.quick else []),
        *(f"--part={part}" for part in asked.part or ()),
    ]
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DATABASE_URL", "OWNER_DATABASE_URL", "DEBUG", "HTTPS"}
    }
    surroundings = kept | {
        "DATA_DIR": str(folder),
        "SECRET_FILE": str(folder / "secret.env"),
        "DJANGO_SETTINGS_MODULE": "povertyparty.settings",
    }
    return subprocess.run(
        [sys.executable, "-m", "bench.measure", *words], cwd=ROOT, env=surroundings
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
