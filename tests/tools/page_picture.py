"""Take docs/pictures/page.png, the picture of a page of --format html, with Chromium.

    make pictures

It is the one picture that `make docs` does not write again: its bytes depend on the browser.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from docs_shell import ROOT

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ("compare", "inception3a", "--format", "html")
SIZE = "1100,830"


def main() -> int:
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        sys.stderr.write(f"none of {', '.join(BROWSERS)} is installed\n")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "page.html")
        subprocess.run([sys.executable, "-m", "convcalc", *ARGUMENTS, "-o", str(page)], check=True)
        command = f"""{browser} --headless --no-sandbox --disable-gpu --no-first-run --hide-scrollbars
            --disable-background-networking --user-data-dir={folder}/profile --window-size={SIZE}
            --screenshot={ROOT / "docs" / "pictures" / "page.png"} {page.as_uri()}""".split()
        subprocess.run(command, check=True, capture_output=True, timeout=300)
    return 0


if __name__ == "__main__":
    sys.exit(main())
