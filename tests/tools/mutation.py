"""Put small faults into what counts (operations, network, cost) and say which ones no test notices.

    pip install mutmut; python tests/tools/mutation.py [FOLDER]

It works on a copy in FOLDER (.mutation), laid out as mutmut wants it, and goes on where it stopped.
mutmut leaves out what is decorated, properties too, and switches a fault on after the import, so that
faults in what runs only then, such as the kinds of options, are never noticed: they are not listed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FAULTY = ("ops/*", "network/*", "cost.py")

# Those that hold results against literals, in this process and in little time.
TESTS = (
    *("ops", "cost", "bad", "language", "names", "limits", "properties"),
    *("explain", "summary", "diff", "library", "execute"),
)
AT_IMPORT = tuple(f".kinds.x_{name}__" for name in ("_sizes", "_pairs", "_words", "_decimals", "option"))
AT_IMPORT += ("__init_subclass__",)

SETTINGS = f"""\
[tool.pytest.ini_options]
pythonpath = ["tests", "tests/tools"]
addopts = "--import-mode=importlib"

[tool.mutmut]
source_paths = ["src"]
only_mutate = {[f"src/convcalc/{one}" for one in FAULTY]}
also_copy = ["configs"]
use_git_change_detection = false
pytest_add_cli_args_test_selection = {[f"tests/test_{one}.py" for one in TESTS]}
"""


def copy(folder: Path) -> None:
    """The sources, the tests and the configs as they are now."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pyproject.toml").write_text(SETTINGS, "utf-8")
    for name, target in (("cli/convcalc", "src/convcalc"), ("tests", "tests"), ("configs", "configs")):
        shutil.rmtree(folder / target, ignore_errors=True)
        shutil.copytree(ROOT / name, folder / target, ignore=shutil.ignore_patterns("__pycache__"))


def mutmut(folder: Path, *words: str) -> str:
    command = [sys.executable, "-m", "mutmut", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=False).stdout


def main() -> int:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / ".mutation")
    copy(folder)
    run = subprocess.run([sys.executable, "-m", "mutmut", "run"], cwd=folder, check=False)
    if run.returncode:
        return run.returncode
    results = [line.strip().partition(": ") for line in mutmut(folder, "results").splitlines()]
    unnoticed = [name for name, _, what in results if what in ("survived", "no tests", "suspicious")]
    listed = [name for name in unnoticed if not any(one in name for one in AT_IMPORT)]
    for name in listed:
        diff = mutmut(folder, "show", name).splitlines()
        changed = [line for line in diff if line[:1] in "+-" and line[:3] not in ("---", "+++")]
        sys.stdout.write("\n".join([f"\n{name}", *changed]) + "\n")
    sys.stdout.write(f"\n{len(listed)} faults were not noticed\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
