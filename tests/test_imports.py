"""Who imports whom: start-up stays light, and data flows one way through the package."""

import ast
import json
import subprocess
import sys
from collections import defaultdict
from functools import cache

import pytest
from house import FLOORS
from package_files import sources, statements

import convcalc

HEAVY = {"rich", "numpy", "importlib.metadata", "importlib.resources"}

# Runs command lines, and says after each which of the heavy modules have come by now.
CHILD = """
import json, sys
before = set(sys.modules)
from convcalc.__main__ import entry
for line in json.loads(sys.argv[1]):
    sys.argv = ["convcalc", *line.split()]
    try:
        entry()
    except SystemExit as done:
        assert not done.code, done.code
    print(line, sorted(set({heavy!r}) & (set(sys.modules) - before)), file=sys.stderr)
"""


def heavy_imports_of(*lines):
    """What a process says that runs these command lines one after the other."""
    run = subprocess.run(
        [sys.executable, "-c", CHILD.format(heavy=sorted(HEAVY)), json.dumps(lines)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout
    return run.stderr.splitlines()


MACHINE_FORMATS = [
    "summary inception3a --format json",
    "summary inception3a --format tsv",
    "summary inception3a --format csv",
    "summary inception3a --field params",
    "compare inception3a --format json",
    "reconcile inception3a --format json",
    "reconcile inception3a#naive --claim 0.30G --format csv",
    "diff inception3a#naive inception3a#reduced --format json",
    "diff inception3a#naive inception3a#reduced --format markdown",
    "--version",
]


def test_a_machine_format_imports_nothing_heavy():
    assert heavy_imports_of(*MACHINE_FORMATS) == [f"{line} []" for line in MACHINE_FORMATS]


def test_the_check_above_can_fail():
    *_, said = heavy_imports_of("summary inception3a --format table")
    assert said == "summary inception3a --format table ['rich']"


def test_the_version_is_said_before_anything_is_imported():
    code = (
        "import sys; before = set(sys.modules); sys.argv = ['convcalc', '--version']\n"
        "from convcalc.__main__ import entry\n"
        "try: entry()\n"
        "except SystemExit as done: print(done.code, *sorted(set(sys.modules) - before))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    said, imported = run.stdout.splitlines()
    assert said == f"convcalc {convcalc.__version__}"
    assert set(imported.split()) <= {"0", "gc", "__future__", "convcalc", "convcalc.__main__"}


def test_importing_the_package_imports_none_of_its_parts():
    code = "import sys, convcalc; print(sorted(name for name in sys.modules if 'convcalc' in name))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert [name for name in ast.literal_eval(run.stdout) if name.startswith("convcalc")] == ["convcalc"]


# ---- by the sources ---------------------------------------------------------------------------------


def imports_in(source, module):
    """The absolute names of all that a module imports, wherever in it.

    `from .a import b` counts as `a` and as `a.b`, because b may be a module.
    """
    names = set()
    for node in statements(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            # `module` is a.b.c of a file: one dot is a.b, two dots are a
            around = module.split(".")[: -node.level] if node.level else []
            base = ".".join([*around, *([node.module] if node.module else [])])
            names |= {base, *(f"{base}.{alias.name}" for alias in node.names)}
    return names


def module_of(file):
    """`convcalc.ops.window`; a package's own file is `convcalc.ops.__init__`."""
    return f"convcalc.{file.removesuffix('.py').replace('/', '.')}"


@cache
def imports():
    """What each file imports."""
    return {file: imports_in(source, module_of(file)) for file, source in sources().items()}


def files_that_import(name, among=""):
    return {
        file
        for file, imported in imports().items()
        if file.startswith(among) and any(one == name or one.startswith(f"{name}.") for one in imported)
    }


def test_imports_are_found_however_they_are_written():
    source = (
        "import a.b as c, d\n"
        "from e import f\n"
        "from . import g\n"
        "from ..h import i\n"
        "def later():\n"
        "    if True:\n"
        "        from .j.k import l\n"
        "        import m\n"
    )
    found = imports_in(source, "top.mid.file")
    assert found >= {"a.b", "d", "e.f", "top.mid.g", "top.h", "top.h.i", "top.mid.j.k", "m"}
    assert imports_in("from .x import y", "top.mid.__init__") == {"top.mid.x", "top.mid.x.y"}


FLOOR = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
DOORS = {"__init__.py", "__main__.py", "library.py"}  # and nothing else lies loose


def test_every_file_lies_in_a_room():
    assert {file for file in imports() if "/" not in file} == DOORS
    assert {file.partition("/")[0] for file in imports() if "/" in file} == set(FLOOR)


@pytest.mark.parametrize("room", FLOOR)
def test_no_room_imports_from_above_or_from_beside(room):
    allowed = {other for other in FLOOR if FLOOR[other] < FLOOR[room]} | {room}
    for other in {*FLOOR, "library", "__main__"} - allowed:
        assert files_that_import(f"convcalc.{other}", among=f"{room}/") == set()


@pytest.mark.parametrize("reader", ["caffe", "darknet", "keras", "onnx", "pytorch", "reading"])
def test_readers_of_models_know_only_the_graph(reader):
    for step in ("nesting", "writing", "pipeline"):
        assert files_that_import(f"convcalc.importers.{step}", among=f"importers/{reader}/") == set()


def test_the_tree_of_a_model_knows_nothing_of_its_text():
    assert files_that_import("convcalc.importers.writing", among="importers/nesting/") == set()


def test_the_library_is_below_what_prints():
    for room in ("render", "commands"):
        assert files_that_import(f"convcalc.{room}", among="library.py") == set()


def ties(file):
    """The files of the package that a file imports."""
    modules = {module_of(other): other for other in imports()}
    return {modules[name] for name in imports()[file] if name in modules} - {file}


def test_no_two_files_import_each_other_in_a_circle():
    waiting = {file: ties(file) for file in imports() if file != "__init__.py"}
    while free := {file for file, needs in waiting.items() if not needs & set(waiting)}:
        waiting = {file: needs for file, needs in waiting.items() if file not in free}
    assert waiting == {}


def test_what_calculates_knows_no_text_and_no_file():
    for stranger in ("reader", "text.output", "text.escape"):
        assert files_that_import(f"convcalc.{stranger}", among="ops/") == set()
    assert "convcalc.ops.options" in imports()["ops/convolution.py"]


def test_each_dependency_has_its_one_place():
    assert {file.partition("/")[0] for file in files_that_import("click")} == {"commands"}
    assert files_that_import("rich") == {"render/formats/table.py"}
    assert files_that_import("yaml") == {"reader/yaml_tree.py"}
    assert {file.partition("/")[0] for file in files_that_import("numpy")} == {"execute"}


@pytest.mark.parametrize("module", ["importlib.metadata", "importlib.resources", "pkg_resources"])
def test_the_version_and_the_configs_need_no_metadata(module):
    assert files_that_import(module) == set()


# Names that several files have, and why that is right.
SHARED_NAMES = {
    "T": "a type variable, which each function and class binds anew",
    "INPUT": "a SPEC's word for the input, and the number of the input among a model file's nodes",
}


def public_names(source):
    """The classes, constants and aliases of a file that others may import."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef):
            named = [node.name]
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            inner = [one for target in targets for one in ast.walk(target)]
            named = [one.id for one in inner if isinstance(one, ast.Name)]
        else:
            continue
        yield from (name for name in named if not name.startswith("_"))


def test_public_names_are_found():
    source = "class A: b = 1\n_C = 2\nD: int = 3\nE = F = 4\nG, (_H, J) = 5, (6, 7)\ndef k(): L = 8\n"
    assert list(public_names(source)) == ["A", "D", "E", "F", "G", "J"]


def test_no_two_files_have_a_class_or_constant_of_the_same_name():
    owners = defaultdict(list)
    for file, source in sources().items():
        for name in public_names(source):
            owners[name].append(file)
    shared = {name: files for name, files in owners.items() if len(files) > 1}
    assert {name: files for name, files in shared.items() if name not in SHARED_NAMES} == {}
    assert set(shared) == set(SHARED_NAMES)
