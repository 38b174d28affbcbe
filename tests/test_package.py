"""The built package: it has all it needs and nothing else, and works away from the checkout."""

from __future__ import annotations

import email
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
from email.message import Message
from pathlib import Path

import click
import pytest
import rich
import yaml

import convcalc

ROOT = Path(__file__).resolve().parent.parent
TIMEOUT = 60  # seconds

builds = pytest.mark.full  # the package, which takes some seconds


def python(
    *arguments: str | Path, folder: Path, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs this Python in a folder."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONUTF8": "1", **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=TIMEOUT,
        check=False,
    )


def pip(*arguments: str | Path, folder: Path) -> None:
    """Runs pip without the network."""
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input", "--no-index"]
    done = python("-m", "pip", *arguments, *quiet, folder=folder)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both packages of this checkout; test_ci.py has pip build them."""
    folder = tmp_path_factory.mktemp("built")
    build = "import sys; from hatchling.build import build_sdist, build_wheel as build; "
    done = python("-c", f"{build}build(sys.argv[1]); build_sdist(sys.argv[1])", folder, folder=ROOT)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    """The wheel of this checkout."""
    (found,) = built.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def sdist(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source package of this checkout, unpacked."""
    folder = tmp_path_factory.mktemp("sdist")
    (packed,) = built.glob("*.tar.gz")
    with tarfile.open(packed) as archive:
        archive.extractall(folder, filter="data")
    return folder / packed.name.removesuffix(".tar.gz")


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the wheel, and nothing else, is installed."""
    folder = tmp_path_factory.mktemp("installed")
    pip("install", "--no-deps", "--target", folder, wheel, folder=folder)
    return folder


def away(
    installed: Path, folder: Path, arguments: Sequence[str | Path]
) -> subprocess.CompletedProcess[str]:
    """Runs this Python with the installed package and what it depends on, and no other."""
    dependencies = {
        Path(module.__file__ or "").resolve().parent.parent for module in (click, rich, yaml)
    }
    path = os.pathsep.join(map(str, [installed, *sorted(dependencies)]))
    # -S leaves out the .pth file of an editable install.
    return python("-S", *arguments, folder=folder, environment={"PYTHONPATH": path})


def names_in(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def metadata_of(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (one for one in archive.namelist() if one.endswith(".dist-info/METADATA"))
        return email.message_from_bytes(archive.read(name))


@builds
def test_the_wheel_has_the_code_and_the_configs(wheel):
    sources = {
        path.relative_to(ROOT / "cli").as_posix() for path in (ROOT / "cli/convcalc").rglob("*.py")
    }
    configs = {f"convcalc/configs/{path.name}" for path in (ROOT / "configs").iterdir()}
    names = {name for name in names_in(wheel) if ".dist-info/" not in name}
    assert configs
    assert sources | configs <= names
    assert {Path(name).suffix for name in names - sources - configs} <= {".typed"}
    assert wheel.name == f"convcalc-{convcalc.__version__}-py3-none-any.whl"


@builds
def test_the_shipped_configs_are_those_of_the_checkout(wheel):
    with zipfile.ZipFile(wheel) as archive:
        for path in (ROOT / "configs").glob("*.yaml"):
            assert archive.read(f"convcalc/configs/{path.name}") == path.read_bytes()


@builds
def test_the_wheel_tells_type_checkers_that_it_is_typed(wheel):
    assert "convcalc/py.typed" in names_in(wheel)


@builds
def test_the_wheel_has_a_command_and_a_license(wheel):
    with zipfile.ZipFile(wheel) as archive:
        info = f"convcalc-{convcalc.__version__}.dist-info"
        entry_points = archive.read(f"{info}/entry_points.txt").decode()
        assert entry_points.split() == ["[console_scripts]", "convcalc", "=", "convcalc.__main__:entry"]
        assert f"{info}/licenses/LICENSE" in archive.namelist()


@builds
def test_the_wheel_needs_three_packages_and_offers_extras(wheel):
    metadata = metadata_of(wheel)
    required = [one for one in metadata.get_all("Requires-Dist", []) if "extra ==" not in one]
    assert sorted(one.split(">=")[0] for one in required) == ["click", "pyyaml", "rich"]
    assert {"numpy", "dev"} <= set(metadata.get_all("Provides-Extra", []))
    assert any(
        one.startswith("numpy") and "extra == 'numpy'" in one
        for one in metadata.get_all("Requires-Dist", [])
    )
    assert metadata["Name"] == "convcalc"
    assert metadata["Version"] == convcalc.__version__
    assert metadata["Requires-Python"] == ">=3.10"


@builds
def test_the_installed_package_works_in_an_empty_folder(installed, tmp_path):
    done = away(installed, tmp_path, ["-m", "convcalc", "compare", "inception3a"])
    assert (done.returncode, done.stderr) == (0, "")
    golden = ROOT / "tests" / "golden" / "compare.txt"
    assert done.stdout == golden.read_text(encoding="utf-8")
    assert list(tmp_path.iterdir()) == []


@builds
def test_the_installed_library_is_the_one_that_was_tested(installed, tmp_path):
    code = "import convcalc; print(convcalc.__file__, convcalc.load('googlenet', 'paper').total.params)"
    done = away(installed, tmp_path, ["-c", code])
    assert done.stdout.split() == [str(installed / "convcalc" / "__init__.py"), "6990272"]


@builds
def test_the_installed_command_works(installed, tmp_path):
    script = installed / "bin" / "convcalc"
    if not script.exists():
        pytest.skip("no such script on this system")
    done = away(installed, tmp_path, [script, "show", "conv1x1"])
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (ROOT / "configs" / "conv1x1.yaml").read_text(encoding="utf-8")


@builds
def test_a_wheel_from_the_source_package_is_the_same(wheel, sdist, tmp_path):
    build = f"from hatchling.build import build_wheel; build_wheel({str(tmp_path)!r})"
    done = python("-c", build, folder=sdist)
    assert done.returncode == 0, done.stderr
    (again,) = tmp_path.iterdir()
    assert names_in(again) == names_in(wheel)


@builds
def test_the_source_package_has_its_tests(sdist):
    top = {path.name for path in sdist.iterdir()}
    assert {"cli", "configs", "tests", "LICENSE", "README.md", "pyproject.toml"} <= top
    assert (sdist / "tests" / "test_package.py").is_file()
    assert not list(sdist.rglob("*.pyc"))


@builds
def test_the_source_package_has_what_the_readme_links(sdist):
    text = (sdist / "README.md").read_text(encoding="utf-8")
    targets = re.findall(r"(?:\]\(|src=\")(?!https?://|#)([^)\s\"#]+)", text)
    assert len(targets) > 20
    assert [target for target in targets if not (sdist / target).exists()] == []


def test_the_module_runs(tmp_path):
    done = python("-m", "convcalc", "--version", folder=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"convcalc {convcalc.__version__}\n", "")


def test_the_module_passes_the_exit_code_on(tmp_path):
    assert python("-m", "convcalc", "xyzzy", folder=tmp_path).returncode == 2
    assert python("-m", "convcalc", "ops", folder=tmp_path).returncode == 0


@pytest.mark.full
def test_help_texts_stay_where_python_drops_docstrings():
    lines = [["check", "--help"], ["ops"], ["schema"], ["--help"]]
    program = f"from convcalc.commands.program import main\nfor line in {lines}: main(line)"
    kept, dropped = (
        subprocess.run([sys.executable, *flags, "-c", program], capture_output=True, check=True).stdout
        for flags in ([], ["-OO"])
    )
    assert kept == dropped
    for heading in (b"convcalc check", b"batchnorm", b'"$schema"', b"Options"):
        assert heading in kept
