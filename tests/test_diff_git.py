"""diff between revisions: real repositories in every state that git allows, and what may go wrong.

The expected figures are of networks small enough to count by hand: of `conv 3x3 8` on 3×8×8 there
are 3·3·3·8 = 216 weights and 216·64 = 13,824 multiply-adds.
"""

import csv
import io
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
from docs_shell import GIT
from examples import first, one_in

from convcalc.reader import git as git_reader
from convcalc.reader.decode import MAX_BYTES

CONFIGS = Path(__file__).resolve().parent.parent / "configs"

SMALL = """\
input: [3, 8, 8]
layers: [conv 3x3 8, relu, conv 1x1 4]
"""
WIDER = SMALL.replace("4]", "5]")

# conv2 has 8·4 = 32 weights, then 8·5 = 40; 64 positions
CHANGE = ["edited", "conv2", "40", "8", "2560", "512"]


# What git allows and few repositories are: each is looked at with --full.
in_a_rare_state = pytest.mark.full


@pytest.fixture(scope="module")
def first_commit(tmp_path_factory):
    """A repository with one commit on main, which every test gets a copy of."""
    folder = tmp_path_factory.mktemp("first") / "repo"
    folder.mkdir()
    with pytest.MonkeyPatch.context() as monkeypatch:
        be_in(folder, monkeypatch)
        git("init", "-q", "-b", "main", "--template=")
        Path("x.yaml").write_text(SMALL)
        commit()
    return folder


@pytest.fixture(autouse=True)
def repo(first_commit, tmp_path, monkeypatch):
    """A repository with one commit on main, to be in."""
    folder = tmp_path / "repo"
    shutil.copytree(first_commit, folder)
    be_in(folder, monkeypatch)
    git("update-index", "--refresh")  # which has when each file was written
    return folder


def be_in(folder, monkeypatch):
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    for name, value in GIT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(folder.parent))
    monkeypatch.chdir(folder)


def git(*arguments, code=0):
    done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    return done.stdout


def commit():
    git("add", "--all")
    git("-c", "maintenance.auto=false", "commit", "-q", "--allow-empty", "-m", "change")


def changes(ran):
    """Each changed layer: file, change, path, and its figures."""
    assert (ran.code, ran.err) == (0, "")
    rows = csv.DictReader(io.StringIO(ran.out))
    names = ("file", "change", "path", "params", "params_delta", "macs", "macs_delta")
    return [[row[name] for name in names] for row in rows]


@pytest.fixture
def since(run):
    return lambda *words: changes(run("diff", "--format", "csv", "--since", *words))


@pytest.fixture
def complaint(run):
    """What is said of a command line that cannot be answered; nothing is printed."""

    def complaint(*words):
        ran = run("diff", *words)
        assert (ran.code, ran.out) == (2, "")
        return ran.err

    return complaint


NOTHING_CHANGED = " no architecture changed (1 network in 1 file)\n"


def nothing_changed(revision):
    return f" no architecture changed since {revision} (1 network in 1 file)\n"


NO_SPECIFICATION = " no specification changed\n"


# --- the branch of a pull request


@pytest.fixture
def branch(repo):
    """The 3x3 reduction of Inception 3a is doubled on a branch, and main moves on."""
    Path("configs").mkdir()
    text = (CONFIGS / "inception3a.yaml").read_text()
    spec = Path("configs/inception3a.yaml")
    spec.write_text(text)
    commit()
    git("checkout", "-q", "-b", "topic")
    spec.write_text(text.replace("conv 1x1 96", "conv 1x1 192"))
    commit()
    git("checkout", "-q", "main")
    spec.write_text(text.replace("conv 1x1 16", "conv 1x1 17"))
    Path("x.yaml").write_text(WIDER)
    commit()
    git("checkout", "-q", "topic")
    return spec


# 192·96 → 192·192 and 9·96·128 → 9·192·128 weights, each at 28·28 positions
REDUCTION = [
    ["configs/inception3a.yaml", "edited", "3x3/conv1", "36864", "18432", "28901376", "14450688"],
    ["configs/inception3a.yaml", "follows", "3x3/conv2", "221184", "110592", "173408256", "86704128"],
]


def test_what_a_branch_changed_since_it_left_main(since, branch):
    assert since("main") == REDUCTION


TABLE = """\
 inception3a#reduced   main → work tree   configs/inception3a.yaml

                                        params              multiply-adds
   layer      change                       now         Δ              now             Δ
───────────────────────────────────────────────────────────────────────────────────────
 ~ 3x3/conv1  out_channels 96 → 192     36,864   +18,432       28,901,376   +14,450,688
 ↳ 3x3/conv2  in_channels 96 → 192     221,184  +110,592      173,408,256   +86,704,128
   5 layers   unchanged                 34,304         ·       26,894,336             ·
───────────────────────────────────────────────────────────────────────────────────────
   total                               292,352  +129,024      229,203,968  +101,154,816
   was                                 163,328   +79.0 %      128,049,152       +79.0 %

 ✗ inception3a#reduced has 292,352 params, 122,352 over its budget of 170,000 (+72.0 %)   \
configs/inception3a.yaml:20:14
 ✗ inception3a#reduced has 229,203,968 multiply-adds, 99,203,968 over its budget of 130,000,000 \
(+76.3 %)   configs/inception3a.yaml:20:28

 ~ edited   ↳ follows from an edit   + added   − removed   > renamed or moved
 1 network unchanged: inception3a#naive
 1 of 2 networks changed; multiply-adds of conv and linear, per image
"""
COMMENT = """\
<!-- convcalc:diff -->
**2 budgets break**
* ✗ `inception3a#reduced` has 292,352 params, 122,352 over its budget of 170,000 (+72.0 %) \
`configs/inception3a.yaml:20:14`
* ✗ `inception3a#reduced` has 229,203,968 multiply-adds, 99,203,968 over its budget of 130,000,000 \
(+76.3 %) `configs/inception3a.yaml:20:28`

- `configs/inception3a.yaml:16` `conv 1x1 96 → conv 1x1 192`

|   | network | budget | params | multiply-adds |
|---|:--------|:-------|-------:|--------------:|
| ~ | `inception3a#reduced` | ✗ params<br>✗ macs \
| 292,352<br>**+79.0&nbsp;%** | 229,203,968<br>**+79.0&nbsp;%** |

**`inception3a#reduced`**: params **+79.0 %**, multiply-adds **+79.0 %**

|   | layer | change | params | Δ | multiply-adds | Δ |
|---|:------|:-------|-------:|--:|--------------:|--:|
|   | **total** |  | **292,352** | **+129,024** | **229,203,968** | **+101,154,816** |
| ~ | `3x3/conv1` | out_channels 96 → 192 | 36,864 | +18,432 | 28,901,376 | +14,450,688 |
| ↳ | `3x3/conv2` | in_channels 96 → 192 | 221,184 | +110,592 | 173,408,256 | +86,704,128 |
|   | 5 layers | unchanged | 34,304 | 0 | 26,894,336 | 0 |

<details><summary>1 network unchanged</summary>

`inception3a#naive`: 387,072 params, 303,464,448 multiply-adds\x20\x20
</details>

<sub>~ edited, ↳ follows from an edit, + added, − removed, > renamed or moved; \
multiply-adds of conv and linear, per image; FLOPs = 2 × multiply-adds</sub>
"""


def test_the_printed_change(run, branch):
    assert run("diff", "--since", "main") == (0, TABLE, "")


def test_the_comment_on_a_pull_request(run, branch):
    assert run("diff", "--since", "main", "--format", "markdown") == (0, COMMENT, "")
    growth = (
        "`inception3a#reduced` grew by 101,154,816 multiply-adds (+79.0 %), more than macs=5% allows"
    )
    ran = run("diff", "--since", "main", "--format", "markdown", "--max-growth", "macs=5%")
    budgets, rest = COMMENT.split("- `configs", 1)
    assert (ran.code, ran.out) == (1, f"{budgets}✗ {growth}\n\n- `configs{rest}")


# --- another branch, which is not checked out


@pytest.mark.parametrize("span", first(["main..topic", "main...topic", "..topic", "HEAD...topic"]))
def test_what_another_branch_changed_since_it_left_main(since, branch, span):
    git("checkout", "-q", "main")
    Path("x.yaml").write_text("no: longer\n")  # the work tree is not looked at
    assert since(span) == REDUCTION
    assert since(span, "configs/") == since(span, "**/inception*.yaml") == REDUCTION
    assert since(span, "configs/inception3a.yaml") == REDUCTION
    assert since("topic..main", "x.yaml") == since("topic..", "x.yaml") == [["x.yaml", *CHANGE]]


def test_the_printed_change_of_another_branch(run, branch):
    git("checkout", "-q", "main")
    ran = run("diff", "--since", "main..topic")
    table = TABLE.replace("main → work tree", "main → topic").replace("   \\\nconfigs", "   configs")
    assert ran.out == table.replace("   configs/inception3a.yaml:", "   topic:configs/inception3a.yaml:")
    same = run("diff", "--since", "main..main").out
    assert same == NO_SPECIFICATION
    said = run("diff", "--since", "main..topic", "x.yaml").out
    assert said == NO_SPECIFICATION


def rename():
    git("mv", "x.yaml", "z.yaml")
    Path("z.yaml").write_text(WIDER)


def delete():
    Path("x.yaml").unlink()


def add():
    Path("sub").mkdir()
    Path("sub/y.yml").write_text(WIDER)


def link():
    add()
    delete()
    Path("x.yaml").symlink_to("sub/y.yml")


def turn_a_folder():
    for name, text in (("small", SMALL), ("large", WIDER)):
        Path(name).mkdir()
        Path(name, "net.yaml").write_text(text)
    Path("nets").symlink_to("large")


def change_a_model():
    Path("net.cfg").write_text(
        "[net]\nchannels=3\nheight=8\nwidth=8\n[convolutional]\nfilters=2\nsize=1\n"
    )


@pytest.mark.parametrize(
    "change", first([rename, delete, add, link, turn_a_folder, change_a_model], quick=2)
)
def test_a_branch_is_compared_as_if_it_were_checked_out(run, change):
    git("checkout", "-q", "-b", "topic")
    change()
    commit()
    words = ["--format", "csv", *(["net.cfg"] if Path("net.cfg").exists() else [])]
    here = run("diff", "--since", "main", *words)
    assert here.code == 0
    assert here.out.count("\n") > 1
    git("checkout", "-q", "main")
    assert run("diff", "--since", "main..topic", *words) == here


@in_a_rare_state
def test_a_submodule_of_another_branch(run, since, absent):
    git("checkout", "-q", "main")
    ran = run("diff", "--since", "main..topic", "--format", "csv")
    assert (ran.code, ran.err) == (2, f"error: {NOT_COMPARED}\n")
    assert [row["file"] for row in csv.DictReader(io.StringIO(ran.out))] == ["x.yaml"]
    assert run("diff", "--since", "main..main", "lib") == (2, "", f"error: {NOT_READ}\n")
    git("checkout", "-q", "topic")
    git("-c", "protocol.file.allow=always", "submodule", "--quiet", "update", "--init", "lib")
    git("checkout", "-q", "main")
    assert since("main..topic") == [["lib/x.yaml", *CHANGE], ["x.yaml", *CHANGE]]
    assert since("main..topic", "lib") == [["lib/x.yaml", *CHANGE]]


@in_a_rare_state
def test_a_submodule_that_another_branch_removed_is_told(run, since, submodule):
    commit()
    git("checkout", "-q", "-b", "topic")
    git("rm", "-q", "-f", "lib")
    commit()
    git("checkout", "-q", "main")
    note = '"lib" is a submodule no more, and what it had is not here to be compared'
    assert run("diff", "--since", "main..topic") == (0, NO_SPECIFICATION, f"convcalc: {note}\n")
    git("-c", "protocol.file.allow=always", "submodule", "--quiet", "update", "--init", "lib")
    assert [row[:2] for row in since("main..topic")] == [["lib/x.yaml", "removed"]] * 3


@in_a_rare_state
@pytest.mark.parametrize("target", ["../far.yaml", "none.yaml"])
def test_a_link_of_another_branch_to_what_it_does_not_have_is_told(run, complaint, target):
    git("checkout", "-q", "-b", "topic")
    Path("link.yaml").symlink_to(target)
    Path("link.txt").symlink_to(target)
    commit()
    git("checkout", "-q", "main")
    what = "is a link to what that commit does not have, and is not compared"
    ran = run("diff", "--since", "main..topic")
    assert ran == (0, NO_SPECIFICATION, f'convcalc: "link.yaml" {what}\n')
    assert run("diff", "--since", "main..topic", "x.yaml").err == ""
    assert complaint("--since", "main..topic", "link.yaml") == (
        'error: no file or folder "link.yaml" in main or topic\n'
    )
    git("checkout", "-q", "topic")
    commit()
    assert run("diff", "--since", "topic~1..topic").err == ""  # it was so before
    delete()
    Path("x.yaml").symlink_to(target)
    commit()
    assert "x.yaml" in complaint("--since", "main..HEAD")


def test_what_is_said_of_two_revisions_that_cannot_be_compared(complaint):
    git("checkout", "-q", "-b", "topic")
    for span, name in (
        ("mian..topic", "mian"),
        ("main..topik", "topik"),
        ("main..topic..x", "topic..x"),
    ):
        assert complaint("--since", span).startswith(f'error: no revision "{name}"')
    assert complaint("--since", "main..topic", "y.yaml") == (
        'error: no file or folder "y.yaml" in main or topic\n'
    )
    assert complaint("--since", "main..topic", "y*") == 'error: no file matches "y*" in main or topic\n'
    assert complaint("--since", "main..topic", "x.yaml#a").endswith(
        'for that alone: convcalc diff "main:x.yaml#a" "topic:x.yaml#a"\n'.replace('"', "")
    )
    git("checkout", "-q", "--orphan", "other")
    Path("x.yaml").write_text(WIDER)  # the same tree in the same second is the same commit
    commit()
    assert complaint("--since", "main..other") == "error: main and other have no common commit\n"


@pytest.mark.parametrize("words", [[], ["."]])
def test_the_output_never_takes_the_place_of_a_file_that_is_compared(run, branch, words):
    changed = [line.split("\t")[-1] for line in git("diff", "--name-only", "main").splitlines()]
    before = Path(changed[0]).read_bytes()
    ran = run("diff", "--since", "main", *words, "-o", changed[0])
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f'error: "{changed[0]}" is read as a SPEC; write to another file\n'
    assert Path(changed[0]).read_bytes() == before


@pytest.mark.parametrize("word", [None, ".", "nets/n.yaml", "**/l*.yaml"])
def test_the_output_never_takes_the_place_of_a_file_that_words_stand_for(run, word):
    """An unchanged file too, under each of its names."""
    Path("nets").mkdir()
    Path("nets/n.yaml").write_text(SMALL)
    os.link("nets/n.yaml", "nets/hard.yaml")
    os.symlink("n.yaml", "nets/link.yaml")
    commit()
    for output in ("nets/n.yaml", "nets/hard.yaml", "nets/link.yaml"):
        ran = run("diff", "--since", "main", "-o", output, *([word] if word else []))
        assert (ran.code, ran.out) == (2, "")
        assert ran.err == f'error: "{output}" is read as a SPEC; write to another file\n'
        assert Path(output).read_text() == SMALL


@pytest.mark.parametrize(
    "words", first([["configs/*.yaml"], ["configs"], ["configs/"], ["./configs/../"]])
)
def test_only_what_changed_under_some_paths(since, branch, words):
    assert since("main", *words) == REDUCTION
    assert since("main", "x.yaml") == []


def test_growth_at_the_allowance_passes_and_over_it_fails(run, branch):
    # 128,049,152 grew by 101,154,816, which is 78.996... %
    for allowed, code in [("macs=101154816", 0), ("macs=101154815", 1), ("macs=79%", 0), ("macs=5%", 1)]:
        assert run("diff", "--since", "main", "--max-growth", allowed).code == code
    ran = run("diff", "--since", "main", "--max-growth", "macs=5%", "--max-growth", "params=1k")
    assert ran.code == 1
    assert ran.err.replace("convcalc: inception3a#reduced grew by ", "").splitlines() == [
        "101,154,816 multiply-adds (+79.0 %), more than macs=5% allows",
        "129,024 params (+79.0 %), more than params=1k allows",
    ]


def test_neither_the_index_nor_the_work_tree_is_touched(run, branch):
    os.utime("x.yaml", (1, 1))  # git would like to refresh its index
    before = {path: path.stat() for path in Path().rglob("*")}
    for words in (["--since", "main"], ["x.yaml"], ["main:x.yaml", "x.yaml"]):
        assert run("diff", *words).code == 0
    after = {path: path.stat() for path in Path().rglob("*")}
    assert {path: (one.st_mtime_ns, one.st_ino, one.st_size) for path, one in before.items()} == {
        path: (one.st_mtime_ns, one.st_ino, one.st_size) for path, one in after.items()
    }


def test_nothing_changed(run, since):
    assert run("diff", "--since", "main") == (0, NO_SPECIFICATION, "")
    assert run("diff", "x.yaml") == (0, nothing_changed("HEAD"), "")
    Path("x.yaml").write_text(SMALL + "# a remark\n")
    assert run("diff", "--since", "main") == (0, nothing_changed("main"), "")
    assert since("main") == []


def test_a_file_that_was_only_touched_did_not_change(run):
    os.utime("x.yaml", (1, 1))
    assert run("diff", "--since", "main") == (0, NO_SPECIFICATION, "")


# --- a file alone, and revisions as words


def test_a_file_alone_is_compared_with_the_last_commit(run):
    Path("x.yaml").write_text(WIDER)
    assert changes(run("diff", "x.yaml", "--format", "csv")) == [["x.yaml", *CHANGE]]
    assert run("diff", "x.yaml").out.startswith(" x   HEAD → work tree   x.yaml\n")


def test_one_variant_of_a_file_alone(run, branch):
    branch.write_text(branch.read_text().replace("conv 1x1 64", "conv 1x1 65"))
    ran = run("diff", "configs/inception3a.yaml#naive", "--format", "json")
    assert [one["variant"] for one in json.loads(ran.out)["diffs"]] == ["naive"]


@pytest.mark.parametrize(
    "word", ["HEAD:x.yaml", "HEAD~0:x.yaml", "main:./x.yaml", ":x.yaml", "v1:x.yaml"]
)
def test_a_revision_of_a_file_in_any_command(run, word):
    git("tag", "-a", "-m", "first", "v1")
    Path("x.yaml").write_text(WIDER)
    assert run("summary", word, "--field", "params").out == "248\n"  # 216 + 32
    assert run("summary", "x.yaml", "--field", "params").out == "256\n"
    assert changes(run("diff", word, "x.yaml", "--format", "csv")) == [["", *CHANGE]]


def test_a_variant_behind_a_revision(run, branch):
    words = ["HEAD~1:configs/inception3a.yaml#reduced", "configs/inception3a.yaml"]
    assert [row[1:] for row in changes(run("diff", *words, "--format", "csv"))] == [
        row[1:] for row in REDUCTION
    ]


def test_a_file_of_the_whole_name_wins_in_a_revision_too(run):
    Path("x#y.yaml").write_text(WIDER)
    commit()
    Path("x#y.yaml").unlink()
    assert run("summary", "HEAD:x#y.yaml", "--field", "params").out == "256\n"


def test_an_existing_file_wins_over_a_revision(run):
    Path("HEAD:x.yaml").write_text(WIDER)
    assert run("summary", "HEAD:x.yaml", "--field", "params").out == "256\n"


# --- where git can be


def test_from_a_subdirectory(run, since, branch, monkeypatch):
    monkeypatch.chdir("configs")
    assert since("main") == [["inception3a.yaml", *row[1:]] for row in REDUCTION]
    assert since("main", "..") == [["inception3a.yaml", *row[1:]] for row in REDUCTION]
    Path("../x.yaml").write_text(WIDER)
    assert since("HEAD") == [["../x.yaml", *CHANGE]]
    Path("../new.yaml").write_text(SMALL)
    assert [row[0] for row in since("HEAD")] == ["../new.yaml"] * 3 + ["../x.yaml"]
    assert since("HEAD", ".") == []
    assert changes(run("diff", "../x.yaml", "--format", "csv")) == [["../x.yaml", *CHANGE]]
    assert run("summary", "HEAD:./inception3a.yaml#naive", "--field", "params").out == "387072\n"


@in_a_rare_state
def test_from_a_linked_worktree(since, branch, monkeypatch):
    git("worktree", "add", "-q", "../linked", "-b", "other", "topic")
    monkeypatch.chdir("../linked")
    assert since("main") == REDUCTION


@in_a_rare_state
def test_on_a_detached_head(since, branch):
    git("checkout", "-q", "--detach")
    assert since("main") == REDUCTION


@in_a_rare_state
def test_through_the_environment(since, branch, repo, monkeypatch, tmp_path):
    monkeypatch.setenv("GIT_DIR", str(repo / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(repo))
    monkeypatch.chdir(tmp_path)
    assert since("main") == [[f"repo/{row[0]}", *row[1:]] for row in REDUCTION]


@in_a_rare_state
def test_through_a_symbolic_link_to_the_repository(run, since, branch, repo, monkeypatch):
    repo.parent.joinpath("link").symlink_to(repo)
    monkeypatch.chdir("../link")
    assert since("main", str(Path("../link/configs").absolute())) == REDUCTION
    monkeypatch.chdir("..")
    assert "not in a git repository" in run("diff", "link/x.yaml").err


def test_a_shallow_clone_that_has_the_base(run, branch, monkeypatch):
    git("clone", "-q", "--depth=1", "--branch=topic", f"file://{os.getcwd()}", "../shallow")
    monkeypatch.chdir("../shallow")
    expected = 'error: no revision "origin/main" in this shallow clone; git fetch can bring it\n'
    assert run("diff", "--since", "origin/main") == (2, "", expected)
    git("fetch", "-q", "--depth=1", "origin", "main:main")
    ran = run("diff", "--since", "main", "--format", "json")
    assert ran.code == 0
    assert ran.err == (
        "convcalc: this shallow clone has no common commit with main; compared with main itself\n"
    )
    # 17 channels on main itself, 16 here
    (reduced,) = [one for one in json.loads(ran.out)["diffs"] if one["variant"] == "reduced"]
    assert {layer["path"] for layer in reduced["layers"]} == {
        *("3x3/conv1", "3x3/conv2", "5x5/conv1", "5x5/conv2")
    }


def test_the_settings_of_a_user_change_nothing(since, branch):
    settings = ["core.quotePath=true", "color.ui=always", "diff.external=false", "diff.noprefix=true"]
    settings += ["diff.renames=false", "diff.mnemonicPrefix=true", "status.relativePaths=true"]
    settings += ["diff.ignoreSubmodules=none", "status.showUntrackedFiles=no", "diff.orderFile=none"]
    for setting in settings:
        git("config", *setting.split("="))
    Path("ü.yaml").write_text(SMALL)
    assert since("main", "configs") == REDUCTION
    assert {row[0] for row in since("main")} == {"configs/inception3a.yaml", "ü.yaml"}


@pytest.mark.parametrize(
    "name", first(["GIT_LITERAL_PATHSPECS", "GIT_ICASE_PATHSPECS", "GIT_NOGLOB_PATHSPECS"])
)
def test_the_environment_of_a_user_changes_nothing(since, branch, monkeypatch, name):
    monkeypatch.setenv(name, "1")
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", "false")
    assert since("main") == REDUCTION
    assert since("main", "configs") == REDUCTION


# --- files that come, go and are renamed


def stage():
    git("add", "--all")


def leave():
    pass


KEPT = pytest.mark.parametrize("keep", first([commit, leave, stage]))


@KEPT
def test_a_new_file(run, since, keep):
    git("checkout", "-q", "-b", "topic")
    Path("new.yaml").write_text("input: [3, 8, 8]\nbranches: {a: linear 2}\n")
    keep()
    assert since("main") == [["new.yaml", "added", "a", "384", "384", "384", "384"]]  # 3·8·8·2
    assert " + 1 layer  added" in run("diff", "--since", "main").out


@KEPT
def test_a_deleted_file(run, since, keep):
    git("checkout", "-q", "-b", "topic")
    Path("x.yaml").unlink()
    keep()
    assert [row[1] for row in since("main")] == ["removed"] * 3
    ran = run("diff", "--since", "main", "--max-growth", "macs=0")
    assert ran.code == 0
    assert " − 3 layers  removed" in ran.out


def test_a_deleted_file_by_its_name(run):
    Path("x.yaml").unlink()
    assert " − 3 layers  removed" in run("diff", "x.yaml").out
    assert " − 3 layers  removed" in run("diff", "--since", "main", "x.yaml").out


@KEPT
def test_a_renamed_file(run, since, keep):
    git("checkout", "-q", "-b", "topic")
    Path("x.yaml").rename("y.yaml")
    keep()
    assert since("main") == []
    assert run("diff", "--since", "main") == (0, nothing_changed("main:x.yaml"), "")
    Path("y.yaml").write_text(WIDER)
    keep()
    assert since("main") == [["y.yaml", *CHANGE]]
    assert run("diff", "--since", "main").out.startswith(" y   main:x.yaml → work tree   y.yaml\n")


@KEPT
def test_a_check_knows_what_a_branch_deleted(run, keep):
    Path("nets").mkdir()
    Path("nets/a.yaml").write_text(SMALL)
    commit()
    git("checkout", "-q", "-b", "topic")
    Path("nets/a.yaml").unlink()
    keep()
    words = ["nets/a.yaml", "nets", "n*/*.yaml", "./nets/../nets/a.yaml"]
    said = [f"convcalc: {word} was deleted since main\n" for word in words]
    assert run("check", "--since", "main", *words) == (0, "", "".join(said))
    ran = run("check", "--since", "main", *words, "x.yaml", "--max", "params=1")
    assert (ran.code, ran.err) == (1, "".join(said))
    assert run("check", "nets/a.yaml").code == 2
    for word in ("nets/b.yaml", "other", "../nets/a.yaml", "o*.yaml"):  # which were never there
        assert run("check", "--since", "main", word).code == 2
    assert run("check", "--since", "main", "x.yaml", "conv1x1", "--max", "params=300").code == 0


TWO = "input: [3, 8, 8]\nvariants: {small: {layers: conv 3x3 8}, large: {layers: conv 3x3 9}}\n"


@pytest.fixture
def folders():
    """A branch that loses files and variants of folders, and keeps some under another name."""
    for name in ("nets/a.yaml", "nets/sub/b.yml", "nets/moved.yaml", "nets/kept.yaml", "other/o.yaml"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(SMALL.replace("8,", f"{len(name)},"))
    Path("nets/two.yaml").write_text(TWO)
    Path("nets/named.yaml").write_text(TWO.replace("9", "7"))
    commit()
    git("checkout", "-q", "-b", "topic")
    for name in ("nets/a.yaml", "nets/sub/b.yml", "other/o.yaml"):
        Path(name).unlink()
    Path("nets/moved.yaml").rename("nets/here.yaml")
    Path("nets/kept.yaml").rename("away.yaml")
    Path("nets/two.yaml").write_text(TWO.replace("small: {layers: conv 3x3 8}, ", ""))
    Path("nets/named.yaml").rename("nets/new.yaml")
    Path("nets/new.yaml").write_text(TWO.replace("9", "7").replace("small", "tiny"))


GONE = [
    "nets/a.yaml",
    "nets/kept.yaml",
    "nets/named.yaml#small",
    "nets/sub/b.yml",
    "nets/two.yaml#small",
]


@pytest.mark.parametrize("word", ["nets", "./nets/", "n*/**/*.y*ml"])
def test_a_check_tells_what_a_branch_deleted_from_a_folder(run, folders, word):
    notes = [f"{name} was deleted since main" for name in GONE]
    ran = run("check", word, "--since", "main", "--max", "params=9k")
    assert (ran.code, ran.err) == (0, "".join(f"convcalc: {note}\n" for note in notes))
    commit()
    assert run("check", word, "--since", "topic", "--max", "params=9k").err == ""


def test_what_was_deleted_from_a_folder_is_in_every_answer(run, folders):
    def out(*more):
        ran = run("check", "nets", "other", "--since", "main", "--max", "params=9k", *more)
        assert ran.code == 0
        return ran.out

    notes = [f"{name} was deleted since main" for name in ("other", *GONE)]
    assert json.loads(out("--format", "json"))["notes"] == notes
    assert out("--format", "github") == "".join(f"::notice title=note::{one}\n" for one in notes)
    suites = ElementTree.fromstring(out("--format", "junit"))
    told = [one.get("value") for one in suites.iterfind("testsuite/properties/property[@name='note']")]
    assert told == notes
    (log,) = json.loads(out("--format", "sarif"))["runs"]
    (invocation,) = log["invocations"]
    assert [one["message"]["text"] for one in invocation["toolExecutionNotifications"]] == notes
    assert {one["level"] for one in invocation["toolExecutionNotifications"]} == {"note"}
    lines = out("--format", "markdown").replace("`", "").splitlines()
    assert [one for one in lines if "deleted" in one] == [f"Note: {one}" for one in notes]


def test_what_cannot_be_read_hides_nothing_that_was_deleted(run, folders):
    Path("nets/two.yaml").write_text("layers: [conv 3x3 8\n")
    Path("nets/new.yaml").unlink()
    Path("nets/new.yaml").symlink_to("nowhere")
    ran = run("check", "nets", "--since", "main", "--format", "json")
    told = [note.split()[0] for note in json.loads(ran.out)["notes"]]
    assert (ran.code, told) == (
        2,
        ["nets/a.yaml", "nets/kept.yaml", "nets/named.yaml", "nets/sub/b.yml"],
    )


def test_two_renamed_files_are_each_known_again(since):
    Path("other.yaml").write_text("input: [3, 8, 8]\nlayers: [{stem: conv 5x5 7}, {head: linear 3}]\n")
    commit()
    Path("x.yaml").rename("a.yaml")
    Path("other.yaml").rename("b.yaml")
    Path("a.yaml").write_text(WIDER)
    assert since("HEAD") == [["a.yaml", *CHANGE]]


def test_a_file_that_has_little_of_another_is_no_rename(since):
    Path("x.yaml").unlink()
    Path("y.yaml").write_text("input: [1, 2, 2]\nbranches: {a: linear 2, b: linear 4}\n")
    assert [row[:3] for row in since("main")] == [
        *(["x.yaml", "removed", name] for name in ("", "", "")),
        *(["y.yaml", "added", name] for name in ("a", "b")),
    ]


@in_a_rare_state
def test_a_file_that_is_only_taken_out_of_the_index(run, since):
    git("rm", "-q", "--cached", "x.yaml")
    assert run("diff", "--since", "main") == (0, NO_SPECIFICATION, "")
    Path("x.yaml").write_text(WIDER)
    assert since("main") == [["x.yaml", *CHANGE]]


def test_an_ignored_file_is_passed_over(since):
    Path(".gitignore").write_text("y.yaml\n")
    Path("y.yaml").write_text(SMALL)
    assert since("main") == []


@in_a_rare_state
def test_a_file_that_a_sparse_checkout_leaves_out(since):
    for name in ("in", "out"):
        Path(name).mkdir()
        Path(name, "z.yaml").write_text(SMALL)
    commit()
    Path("out/z.yaml").write_text(WIDER)
    commit()
    git("sparse-checkout", "set", "in")
    assert not Path("out").exists()
    assert since("HEAD~1") == [["out/z.yaml", *CHANGE]]


@in_a_rare_state
def test_during_a_merge_conflict(run, since, complaint):
    git("checkout", "-q", "-b", "ours")
    Path("x.yaml").write_text(WIDER)
    commit()
    git("checkout", "-q", "main")
    Path("x.yaml").write_text(SMALL.replace("4]", "6]"))
    commit()
    git("merge", "-q", "ours", code=1)
    assert complaint("--since", "HEAD").startswith("x.yaml:2:1: error: ")
    assert complaint("x.yaml").startswith("x.yaml:2:1: error: ")
    Path("x.yaml").write_text(WIDER)
    rows = [["x.yaml", "edited", "conv2", "40", "-8", "2560", "-512"]]  # 8·6 before
    assert since("HEAD") == rows
    assert changes(run("diff", ":2:x.yaml", ":3:x.yaml", "--format", "csv")) == [["", *rows[0][1:]]]


@in_a_rare_state
def test_during_a_conflict_of_a_deletion_with_an_edit(since):
    git("checkout", "-q", "-b", "ours")
    Path("x.yaml").write_text(WIDER)
    commit()
    git("checkout", "-q", "main")
    Path("x.yaml").unlink()
    commit()
    git("merge", "-q", "ours", code=1)
    assert [row[:2] for row in since("HEAD")] == [["x.yaml", "added"]] * 3
    assert since("HEAD~1") == [["x.yaml", *CHANGE]]


# --- names

NAMES = [
    *("a b.yaml", "ü.yaml", "h#i.yaml", "a:b.yaml", ":top.yaml", "-x.yaml", "[a]*.yaml", "*.yaml"),
    *('q"uo.yaml', "it's.yaml", "l\nn.yaml", "t\tb.yaml", "b\\s.yaml", "!x.yml", "HEAD.yaml", "😀.yaml"),
]


@pytest.mark.parametrize(
    "name",
    one_in(4, NAMES),
)
def test_any_name_of_a_file(run, since, name):
    Path(name).write_text(SMALL)
    commit()
    Path(name).write_text(WIDER)
    shown = name.replace("\n", "\\n").replace("\t", "\\t")
    shown = f"'{shown}" if name.startswith("-") else shown  # or a spreadsheet takes it for a formula
    assert since("HEAD") == [[shown, *CHANGE]]
    assert since("HEAD", "--", name)[0] == [shown, *CHANGE]
    assert changes(run("diff", "--format", "csv", "--", name)) == [[shown, *CHANGE]]
    earlier = run("diff", "--format", "csv", "--", f"HEAD:{name}", f"./{name}")
    assert changes(earlier) == [["", *CHANGE]]


def test_a_name_that_is_no_text(run):
    name = os.fsdecode(b"\xff.yaml")
    try:
        Path(name).write_text(SMALL)
    except OSError:
        pytest.skip("the file system takes only text")
    for format_name in ("table", "csv", "json", "markdown"):
        ran = run("diff", "--since", "main", "--format", format_name)
        assert (ran.code, ran.err) == (0, "")


def test_a_name_among_others_is_taken_as_it_is(since):
    for name in ("[a].yaml", "a.yaml"):
        Path(name).write_text(SMALL)
    commit()
    for name in ("[a].yaml", "a.yaml"):
        Path(name).write_text(WIDER)
    assert [row[0] for row in since("HEAD", "[a].yaml")] == ["[a].yaml"]


# --- what is no specification

OTHERS = {
    ".github/workflows/ci.yml": "on:\n  push: {branches: [main]}\njobs: {a: {with: {input: b}}}\n",
    ".github/workflows/cd.yaml": "on: {push: { branches: [main] }, workflow_dispatch: {inputs: {}}}\n",
    ".travis.yml": "branches:\n  only: [main]\n",
    "compose.yaml": "services: {web: {image: x, layers: 3}}\n",
    "mkdocs.yaml": "nav:\n  - input: a.md\n  - layers: b.md\n",
    "list.yaml": "- layers\n- input: 3\n",
    "empty.yaml": "",
    "broken.yaml": "a: [\n",
    "binary.yaml": "\0\1\2",
}


def test_other_yaml_is_passed_over(run):
    for name, text in OTHERS.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text)
    assert run("diff", "--since", "main") == (0, NO_SPECIFICATION, "")
    commit()
    for name in OTHERS:
        Path(name).unlink()
    assert run("diff", "--since", "HEAD") == (0, NO_SPECIFICATION, "")


def test_with_an_input_a_specification_needs_none_of_its_own(run):
    Path("new.yaml").write_text("layers: linear 1\n")
    assert run("diff", "--since", "main") == (0, NO_SPECIFICATION, "")
    assert " + 1 layer  added" in run("diff", "--since", "main", "--input", "3x8x8").out


def test_a_new_specification_that_cannot_be_read_to_its_end_is_an_error(complaint):
    Path("new.yaml").write_text("input: [3, 8, 8]\nlayers: [conv 3x3 8, relu\nname: x\n")
    assert complaint("--since", "main").startswith("new.yaml:3:5: error: not valid YAML")


def test_other_yaml_that_is_named_is_read(complaint):
    Path("list.yaml").write_text("- a\n")
    assert complaint("--since", "main", "list.yaml").startswith("list.yaml:1:1: error: ")


DRESSES = [
    '{"input": [3, 8, 8], "layers": ["linear 1"]}',
    '# one line\n---\n{\n  "input": [3, 8, 8],\n  "layers": ["linear 1"]\n}\n',
    "\ufeffinput: [3, 8, 8]\n'branches' : {a: linear 1}\n",
    "\ufefflayers: linear 1\ninput: [3, 8, 8]\n",
    "variants:\n  a:\n    input: [3, 8, 8]\n    layers: linear 1\n",
    "variants: {a: {input: {channels: 3, height: 8, width: 8}, layers: linear 1}}\r\n",
    "{layers: [linear 1], input: [3, 8, 8]}",
    " input: [3, 8, 8]\n layers: linear 1\n",
    "input: [3, 8, 8]\rlayers: linear 1\r",
    "input: [3, 8, 8]\x85layers: linear 1\x85",
    "input: [3, 8, 8]\n&a layers: linear 1\n",
    "? input\n: [3, 8, 8]\n? layers\n: linear 1\n",
    'input: [3, 8, 8]\n"l\\x61yers": linear 1\n',
    "--- # a comment\ninput: [3, 8, 8]\nlayers: linear 1\n...\n",
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_specification_in_any_dress(since, encoding):
    names = [f"new{number:02}.yaml" for number in range(len(DRESSES))]
    for name, text in zip(names, DRESSES, strict=True):
        bare = text.removeprefix("\ufeff" * (encoding != "utf-8"))
        Path(name).write_bytes(bare.encode(encoding))
    assert [row[:2] for row in since("main")] == [[name, "added"] for name in names]


def test_a_long_comment_is_looked_through_quickly(since):
    Path("new.yaml").write_text("# a # b " * 10_000)
    assert since("main") == []


# --- links, and repositories within a repository


def test_a_link_is_the_file_behind_it(run, since):
    Path("sub").mkdir()
    Path("sub/link.yaml").symlink_to("../x.yaml")
    Path("nowhere.yaml").symlink_to("none.yaml")
    assert [row[:2] for row in since("main")] == [["sub/link.yaml", "added"]] * 3
    commit()
    assert run("diff", "--since", "HEAD") == (0, NO_SPECIFICATION, "")
    Path("x.yaml").write_text(WIDER)
    assert since("HEAD") == [["sub/link.yaml", *CHANGE], ["x.yaml", *CHANGE]]
    assert since("HEAD", "sub/link.yaml") == [["sub/link.yaml", *CHANGE]]
    assert since("HEAD", "sub") == [["sub/link.yaml", *CHANGE]]


@in_a_rare_state
def test_a_link_that_now_leads_to_a_larger_network(run, since):
    Path("large.yaml").write_text(WIDER)
    Path("link.yaml").symlink_to("x.yaml")
    commit()
    Path("link.yaml").unlink()
    Path("link.yaml").symlink_to("large.yaml")
    assert since("HEAD") == [["link.yaml", *CHANGE]]
    assert since("HEAD", "link.yaml") == [["link.yaml", *CHANGE]]
    assert changes(run("diff", "link.yaml", "--format", "csv")) == [["link.yaml", *CHANGE]]


@in_a_rare_state
def test_a_file_that_became_a_link_to_a_larger_network(run, since):
    Path("large.yaml").write_text(WIDER)
    commit()
    Path("x.yaml").unlink()
    Path("x.yaml").symlink_to("large.yaml")
    assert since("HEAD") == [["x.yaml", *CHANGE]]
    assert run("diff", "--since", "HEAD", "--max-growth", "params=1%").code == 1


@in_a_rare_state
def test_a_folder_that_is_a_link(since):
    for name, text in (("small", SMALL), ("large", WIDER)):
        Path(name).mkdir()
        Path(name, "net.yaml").write_text(text)
    Path("nets").symlink_to("small")
    commit()
    Path("nets").unlink()
    Path("nets").symlink_to("large")
    assert since("HEAD", "nets") == [["nets/net.yaml", *CHANGE]]
    assert since("HEAD", "nets/*.yaml") == [["nets/net.yaml", *CHANGE]]
    assert since("HEAD", "nets/net.yaml") == [["nets/net.yaml", *CHANGE]]
    assert since("HEAD") == []  # where small and large are looked through by their own names


def test_a_link_out_of_the_repository_is_refused(complaint, tmp_path):
    (tmp_path / "far.yaml").write_text(SMALL)
    Path("link.yaml").symlink_to("../far.yaml")
    Path("other.yaml").symlink_to("../far.txt")
    (tmp_path / "far.txt").write_text("no: specification\n")
    said = 'error: "link.yaml" leads out of this work tree, where git knows no earlier version\n'
    assert complaint("--since", "main") == said
    commit()
    assert complaint("--since", "main") == said


def test_a_link_that_leads_nowhere_by_its_name(complaint):
    Path("link.yaml").symlink_to("none.yaml")
    assert "cannot read" in complaint("--since", "main", "link.yaml")


def test_a_symbolic_link_by_its_name_is_the_file_behind_it(run):
    Path("link.yaml").symlink_to("x.yaml")
    commit()
    Path("x.yaml").write_text(WIDER)
    assert changes(run("diff", "link.yaml", "--format", "csv")) == [["link.yaml", *CHANGE]]


@in_a_rare_state
def test_a_file_that_became_a_link_to_its_new_place(since):
    Path("sub").mkdir()
    Path("x.yaml").rename("sub/y.yaml")
    Path("x.yaml").symlink_to("sub/y.yaml")
    Path("sub/y.yaml").write_text(WIDER)
    assert [row[:2] for row in since("HEAD", "sub")] == [["sub/y.yaml", "added"]] * 3
    assert since("HEAD", "x.yaml") == [["x.yaml", *CHANGE]]


@pytest.fixture
def submodule(repo):
    git("clone", "-q", ".", "../library")
    git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "../library", "lib")


def test_what_changed_in_a_submodule(run, since, submodule, monkeypatch):
    assert [row[:2] for row in since("main")] == [["lib/x.yaml", "added"]] * 3
    commit()
    assert since("HEAD") == []
    Path("lib/x.yaml").write_text(WIDER)
    assert since("HEAD") == [["lib/x.yaml", *CHANGE]]
    assert since("HEAD", "lib") == [["lib/x.yaml", *CHANGE]]
    assert since("HEAD", "lib/x.yaml") == [["lib/x.yaml", *CHANGE]]
    assert changes(run("diff", "lib/x.yaml", "--format", "csv")) == [["lib/x.yaml", *CHANGE]]
    monkeypatch.chdir("lib")
    commit()
    monkeypatch.chdir("..")
    commit()
    assert since("HEAD") == []
    assert since("HEAD~1", "lib") == [["lib/x.yaml", *CHANGE]]


INIT = "git submodule update --init lib"
NOT_READ = (
    f'"lib" is a submodule that is not checked out, so its files are not read; to have them: {INIT}'
)
NOT_COMPARED = (
    f'"lib" is a submodule that is not checked out, and it changed; to compare its files: {INIT}'
)


@pytest.fixture
def absent(submodule):
    """A submodule that changed on a branch, and is not checked out; another file changed too."""
    commit()
    git("checkout", "-q", "-b", "topic")
    Path("lib/x.yaml").write_text(WIDER)
    git("-C", "lib", "commit", "-q", "-a", "-m", "wider")
    Path("x.yaml").write_text(WIDER)
    commit()
    git("submodule", "--quiet", "deinit", "lib")


@pytest.mark.full
def test_a_submodule_that_is_not_checked_out_has_no_files(run, submodule):
    commit()
    git("submodule", "--quiet", "deinit", "lib")
    assert run("diff", "--since", "HEAD") == (0, NO_SPECIFICATION, "")
    for word in ("lib", "lib/x.yaml", "l*/**/*.yaml"):
        assert run("diff", "--since", "HEAD", word) == (2, "", f"error: {NOT_READ}\n")
    assert run("diff", "lib/x.yaml") == (2, "", f"error: {NOT_READ}\n")
    ran = run("check", ".", "--since", "HEAD", "--max", "params=9k", "-q")
    assert (ran.code, ran.err) == (0, f"convcalc: {NOT_READ}\n")


@in_a_rare_state
@pytest.mark.parametrize(
    "words",
    [
        (),
        *(
            pytest.param(one, marks=pytest.mark.full)
            for one in [(".",), ("x.yaml", "lib"), ("*",), ("**/*.yaml",), ("*/*.yaml", "x.yaml")]
        ),
    ],
)
def test_a_submodule_that_changed_and_is_not_checked_out_is_an_error(run, absent, words):
    ran = run("diff", "--since", "main", *words, "--format", "csv")
    assert (ran.code, ran.err) == (2, f"error: {NOT_COMPARED}\n")
    assert [row["path"] for row in csv.DictReader(io.StringIO(ran.out))] == ["conv2"]


@pytest.mark.full
@pytest.mark.parametrize("word", ["x.yaml", "*.yaml", "[!l]*"])
def test_a_submodule_that_no_word_reaches_is_not_told(run, absent, word):
    ran = run("diff", "--since", "main", word, "--format", "csv")
    assert (ran.code, ran.err, changes(ran)) == (0, "", [["x.yaml", *CHANGE]])
    assert run("check", word, "--since", "main", "--max", "params=9k").err == ""


@pytest.mark.full
def test_a_submodule_that_is_new_and_not_checked_out_is_an_error(run, since, submodule):
    git("checkout", "-q", "-b", "topic")
    commit()
    git("submodule", "--quiet", "deinit", "lib")
    assert run("diff", "--since", "main") == (2, "", f"error: {NOT_COMPARED}\n")
    git("submodule", "--quiet", "update", "--init", "lib")
    assert [row[:2] for row in since("main")] == [["lib/x.yaml", "added"]] * 3


@pytest.mark.full
def test_a_submodule_that_was_removed_is_told(run, submodule):
    commit()
    git("checkout", "-q", "-b", "topic")
    git("rm", "-q", "-f", "lib")
    note = '"lib" is a submodule no more, and what it had is not here to be compared'
    for words in ((), ("lib",)):
        assert run("diff", "--since", "main", *words) == (0, NO_SPECIFICATION, f"convcalc: {note}\n")
    assert note in json.loads(run("diff", "--since", "main", "--format", "json").out)["notes"]
    for word in (".", "lib"):
        ran = run("check", "x.yaml", word, "--since", "main", "--max", "params=9k", "-q")
        assert (ran.code, ran.err) == (0, "convcalc: lib was deleted since main\n")


@pytest.mark.full
def test_a_submodule_without_its_earlier_commit_is_an_error(run, submodule):
    commit()
    old = git("-C", "lib", "rev-parse", "HEAD").strip()
    shutil.rmtree(".git/modules/lib/objects")
    Path(".git/modules/lib/objects").mkdir()
    Path("lib/x.yaml").write_text(WIDER)
    git("-C", "lib", "add", "x.yaml")
    ran = run("diff", "--since", "HEAD")
    what = f'the submodule "lib" lacks a commit to compare; try: git -C lib fetch origin {old}'
    assert ran == (2, "", f"error: {what}\n")


def test_what_could_not_be_read_is_in_a_comment(run, absent):
    Path("a`b|c.yaml").write_text("input: [3, 8, 8]\nlayers: [convv 3x3 8]\nname: '[a](b)'\n")
    Path("z.yaml").write_text("input: [3, 8, 8]\nlayers: '<b>'\n")
    ran = run("diff", "--since", "main", "--format", "markdown")
    assert ran.code == 2
    lines = [line for line in ran.out.splitlines() if line.startswith("✗")]
    assert lines == [
        f"✗ `lib` `{NOT_COMPARED}`",
        '✗ ``a`b|c.yaml:2:10`` `unknown operation "convv"; did you mean "conv"?`',
        '✗ `z.yaml:2:9` `unknown operation "<b>"; convcalc ops lists them`',
    ]
    assert "**x**: params" in ran.out
    found = json.loads(run("diff", "--since", "main", "--format", "json").out)
    assert [(one["file"], one["line"]) for one in found["errors"]] == [
        ("lib", 1),
        ("a`b|c.yaml", 2),
        ("z.yaml", 2),
    ]
    Path("x.yaml").write_text(SMALL)
    ran = run("diff", "--since", "main", "--format", "markdown")
    assert (ran.code, ran.out.splitlines()[-1]) == (2, "nothing could be compared")


# --- what words stand for


@pytest.fixture
def tree():
    """Networks in folders within each other, each wider since the last commit."""
    names = [
        "top.yaml",
        "configs/a.yaml",
        "configs/sub/b.yaml",
        "configs/.hidden.yaml",
        "configs/c.arch",
    ]
    for text in (SMALL, WIDER):
        for name in names:
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            Path(name).write_text(text)
        if text == SMALL:
            commit()


# The files that a word stands for in the tree.
WORDS = {
    "**/*.yaml": ["configs/a.yaml", "configs/sub/b.yaml", "top.yaml"],
    "**": ["configs/a.yaml", "configs/c.arch", "configs/sub/b.yaml", "top.yaml"],
    "configs/**/*.yaml": ["configs/a.yaml", "configs/sub/b.yaml"],
    "./configs/**/b.yaml": ["configs/sub/b.yaml"],
    "configs/*.yaml": ["configs/a.yaml"],
    "configs/*": ["configs/a.yaml", "configs/c.arch", "configs/sub/b.yaml"],
    "configs/*/": ["configs/sub/b.yaml"],
    "configs/.*.yaml": ["configs/.hidden.yaml"],
    "configs": ["configs/a.yaml", "configs/sub/b.yaml"],
    "c*s/s?b/[a-b].yaml": ["configs/sub/b.yaml"],
    "configs/.hidden.yaml": ["configs/.hidden.yaml"],
    ".": ["configs/a.yaml", "configs/sub/b.yaml", "top.yaml"],
}


@pytest.mark.full
def test_a_word_stands_for_the_same_files_in_check_and_diff(run, since, tree):
    Path("x.yaml").unlink()
    commit()
    for word, files in WORDS.items():
        edited = [row[0] for row in since("HEAD~1", word) if row[1] == "edited"]
        ran = run("check", word, "--max", "params=1", "--format", "csv")
        checked = [row["file"].removeprefix("./") for row in csv.DictReader(ran.out.splitlines())]
        assert (word, edited, sorted(checked)) == (word, files, files)


def test_a_pattern_is_looked_for_in_both_versions(run, since, tree):
    Path("configs/a.yaml").unlink()
    assert [row[:2] for row in since("HEAD", "configs/*.yaml")] == [["configs/a.yaml", "removed"]] * 3


def test_growth_under_a_pattern_fails(run, tree):
    words = ["diff", "--since", "HEAD", "configs/**/*.yaml", "--max-growth", "params=1%"]
    assert run(*words).code == 1


@pytest.mark.parametrize("word", ["conf/*.yaml", "[yz].yaml"])
def test_a_pattern_that_no_version_has_is_refused(complaint, word):
    assert complaint("--since", "main", word) == f'error: no file matches "{word}" here or in main\n'


def test_a_folder_that_cannot_be_read_is_an_error(run, complaint, tree, monkeypatch):
    real = os.listdir

    def listdir(folder="."):
        if os.path.basename(folder) == "sub":
            raise PermissionError(13, "Permission denied", folder)
        return real(folder)

    monkeypatch.setattr(os, "listdir", listdir)
    said = 'error: cannot read the folder "configs/sub": Permission denied\n'
    for word in ("configs", "configs/**/*.yaml", "configs/*/*.yaml"):
        assert complaint("--since", "HEAD", word) == said
        assert run("check", word) == (2, "", said)


# --- what a repository may say and hold


def test_no_program_that_the_repository_names_is_run(since):
    Path("../watch").write_text("#!/bin/sh\ntouch ../ran\n")
    Path("../watch").chmod(0o755)
    git("config", "core.fsmonitor", "../watch")
    Path("x.yaml").write_text(WIDER)
    git("status")
    assert Path("../ran").exists()  # git itself runs it
    Path("../ran").unlink()
    assert since("main") == [["x.yaml", *CHANGE]]
    assert not Path("../ran").exists()


@pytest.mark.full
def test_a_large_file_of_git_is_not_read(run, monkeypatch):
    Path("large.yaml").write_bytes(SMALL.encode().ljust(MAX_BYTES + 1, b"#"))
    Path("limit.yaml").write_bytes(SMALL.encode().ljust(MAX_BYTES, b"#"))
    commit()
    read = []
    original = git_reader._git
    monkeypatch.setattr(git_reader, "_git", lambda *a, **b: read.append(original(*a, **b)) or read[-1])
    said = "HEAD:large.yaml:1:1: error: the file is larger than 4 MiB, the most that is read"
    assert run("summary", "HEAD:large.yaml").err.startswith(said)
    for name in ("large", "limit"):
        Path(f"{name}.yaml").write_text(SMALL)
    ran = run("diff", "--since", "HEAD")
    assert f"large.yaml is shown as added, for its earlier version is invalid: {said}" in ran.err
    assert max(map(len, read)) < MAX_BYTES + 1000


@pytest.mark.parametrize("format_name", ["table", "markdown", "csv", "tsv", "json"])
def test_networks_of_one_name_are_told_apart(run, format_name):
    for text in (SMALL, WIDER):
        for name in ("a/model.yaml", "b/model.yaml", "other.yaml"):
            Path(name).parent.mkdir(exist_ok=True)
            Path(name).write_text(text)
        if text == SMALL:
            commit()
    words = ["diff", "--since", "HEAD", "--format", format_name, "--max-growth", "macs=0"]
    ran = run(*words)
    assert "convcalc: a/model.yaml grew by" in ran.err
    assert "convcalc: other grew by" in ran.err
    assert re.search(r"(^|\W)other(\W|$)", ran.out)
    assert ran.out.count("a/model.yaml") == ran.out.count("b/model.yaml") >= 1
    assert not re.search(r"(?<!/)\bmodel\b", ran.out.replace('"name": "model"', ""))


# --- versions that are invalid


def test_a_file_that_became_invalid(complaint):
    Path("x.yaml").write_text(SMALL.replace("relu", "rleu"))
    expected = 'x.yaml:2:22: error: unknown operation "rleu"; did you mean "relu"?\n'
    assert complaint("--since", "main").startswith(expected)
    assert complaint("x.yaml").startswith(expected)


def test_a_file_that_was_invalid_is_shown_as_added(run):
    Path("x.yaml").write_text(SMALL.replace("relu", "rleu"))
    commit()
    Path("x.yaml").write_text(SMALL)
    ran = run("diff", "--since", "HEAD", "--max-growth", "macs=0")
    assert ran.code == 0
    assert " + 3 layers  added" in ran.out
    assert ran.err == (
        "convcalc: x.yaml is shown as added, for its earlier version is invalid: "
        'HEAD:x.yaml:2:22: error: unknown operation "rleu"; did you mean "relu"?\n'
        "convcalc: without an earlier version, so not held to --max-growth: x\n"
    )


def test_another_name_does_not_hide_growth(run):
    """A renamed variant has no earlier version; a renamed file has."""
    Path("two.yaml").write_text(TWO)
    commit()
    Path("two.yaml").write_text(TWO.replace("small", "tiny").replace("3x3 8", "3x3 80"))
    Path("x.yaml").rename("y.yaml")
    Path("y.yaml").write_text(WIDER)
    words = ("diff", "--since", "HEAD", "--max-growth", "macs=0")
    ran = run(*words)
    note = "without an earlier version, so not held to --max-growth: two#tiny"
    assert ran.code == 1
    assert ran.err.splitlines()[0] == f"convcalc: {note}"
    assert ran.err.splitlines()[1].startswith("convcalc: y grew by 512 multiply-adds ")
    assert json.loads(run(*words, "--format", "json").out)["notes"] == [note]
    assert f"Note: `{note}`\n" in run(*words, "--format", "markdown").out
    assert run("diff", "--since", "HEAD").err == ""


def test_one_invalid_file_does_not_hide_the_others(run):
    Path("x.yaml").write_text(WIDER)
    Path("bad.yaml").write_text(SMALL.replace("relu", "rleu"))
    ran = run("diff", "--since", "main", "--max-growth", "macs=0")
    assert ran.code == 2
    assert "+512" in ran.out
    assert "grew by 512 multiply-adds" in ran.err
    assert "bad.yaml:2:22: error: " in ran.err


def test_an_invalid_file_that_is_deleted_is_nothing_to_compare(run):
    Path("x.yaml").write_text(SMALL.replace("relu", "rleu"))
    commit()
    Path("x.yaml").unlink()
    ran = run("diff", "--since", "HEAD")
    assert ran.code == 0
    assert ran.out == NO_SPECIFICATION
    assert ran.err == (
        "convcalc: x.yaml is not shown, for its earlier version is invalid: "
        'HEAD:x.yaml:2:22: error: unknown operation "rleu"; did you mean "relu"?\n'
    )


# --- what cannot be answered


def test_a_committed_change_is_found_by_the_command_that_is_named(run):
    Path("x.yaml").write_text(WIDER)
    commit()
    ran = run("diff", "x.yaml")
    command = "convcalc diff --since HEAD~1 x.yaml"
    said = f"convcalc: compared with the last commit; with the one before: {command}\n"
    assert ran == (0, nothing_changed("HEAD"), said)
    assert "edited" not in ran.out
    assert "1 of 1 network changed" in run(*command.split()[1:]).out


def test_an_earlier_version_alone(complaint):
    assert complaint("HEAD:x.yaml") == (
        'error: "HEAD:x.yaml" is an earlier version; what it is compared with is missing, '
        "as in: convcalc diff HEAD:x.yaml x.yaml\n"
    )


@pytest.mark.parametrize(
    ("words", "what", "when", "revision"),
    [
        (["main"], '"main" is a revision and no file', "main up to here", "main"),
        (["HEAD~1"], '"HEAD~1" is a revision and no file', "HEAD~1 up to here", "HEAD~1"),
        (
            ["main", "topic"],
            '"main" and "topic" are revisions and no files',
            "topic left main",
            "main..topic",
        ),
        *(
            ([span], f'"{span}" is a revision with another and no file', "topic left main", span)
            for span in ("main..topic", "main...topic")
        ),
        (["main.."], '"main.." is a revision with another and no file', "HEAD left main", "main.."),
        (["x.yaml", "topic"], '"topic" is a revision and no file', "topic up to here", "topic"),
    ],
)
def test_a_revision_in_the_place_of_a_file(complaint, run, words, what, when, revision):
    git("checkout", "-q", "-b", "topic")
    git("commit", "-q", "--allow-empty", "-m", "second")
    assert complaint(*words) == (
        f"error: {what}; what changed since {when}: convcalc diff --since {revision}\n"
    )
    assert run("diff", "--since", revision).code == 0


def test_a_file_that_is_called_as_a_revision(run):
    Path("main").write_text(SMALL)
    assert run("diff", "main", "x.yaml").code == 0


def test_a_variant_goes_with_no_since(complaint, run):
    Path("x.yaml").write_text("input: [3, 8, 8]\nvariants: {a: {layers: relu}, b: {layers: silu}}\n")
    commit()
    command = "convcalc diff main:x.yaml#a x.yaml#a"
    assert complaint("--since", "main", "x.yaml#a") == (
        'error: no file or folder "x.yaml#a" here or in main; --since takes whole files, without "#a"; '
        f"for that alone: {command}\n"
    )
    assert run(*command.split()[1:]).code == 0


def test_an_unknown_revision(complaint):
    assert complaint("--since", "mian") == 'error: no revision "mian"; did you mean "main"?\n'
    assert complaint("mian:x.yaml", "x.yaml") == 'error: no revision "mian"; did you mean "main"?\n'
    for word in ("HEAD~9", "--all", "-x", "", "main x", "HEAD:x.yaml", "^HEAD", "\n"):
        shown = word.replace("\n", "\\n")
        assert complaint(f"--since={word}") == f'error: no revision "{shown}"\n'


def test_a_file_that_a_revision_does_not_have(complaint):
    expected = 'error: no file "y.yaml" in main; did you mean "x.yaml"?\n'
    assert complaint("main:y.yaml", "x.yaml") == expected
    assert complaint(":y.yaml", "x.yaml") == (
        'error: no file "y.yaml" in the index; did you mean "x.yaml"?\n'
    )
    expected = 'error: no file "y.yaml" here or in the last commit; did you mean "x.yaml"?\n'
    assert complaint("y.yaml") == expected
    assert (
        complaint("--since", "main", "y.yaml") == 'error: no file or folder "y.yaml" here or in main\n'
    )


def test_a_path_outside_the_work_tree(complaint):
    for path in ("/", "..", "../y.yaml"):
        assert complaint("--since", "main", path) == f'error: "{path}" is not in this work tree\n'
    assert complaint("../y.yaml") == 'error: "../y.yaml" is not in this work tree\n'


def test_a_folder_alone(complaint):
    Path("a b").mkdir()
    assert complaint("a b") == (
        "error: \"a b\" is a folder; what changed in it: convcalc diff --since HEAD 'a b'\n"
    )


@pytest.mark.parametrize(
    "words", [[], ["-"], ["-#a"], ["a", "b", "c"], ["-e", "relu", "--input", "1x1x1"]]
)
def test_too_little_or_too_much(complaint, words):
    expected = "error: diff needs OLD and NEW, a file of a git work tree, or --since REVISION\n"
    assert complaint(*words) == expected


@in_a_rare_state
def test_no_common_history(complaint):
    git("checkout", "-q", "--orphan", "other")
    Path("x.yaml").write_text(WIDER)
    commit()
    assert complaint("--since", "main") == "error: main and HEAD have no common commit\n"


@in_a_rare_state
def test_a_repository_without_commits(run, complaint, monkeypatch, tmp_path):
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    git("init", "-q", "-b", "main")
    Path("x.yaml").write_text(SMALL)
    expected = "error: there is no commit yet, so no earlier version\n"
    for words in (["x.yaml"], ["--since", "HEAD"], ["HEAD:x.yaml", "x.yaml"]):
        assert complaint(*words) == expected
    assert complaint("--since", "main") == 'error: no revision "main"\n'
    git("add", "x.yaml")
    assert run("diff", ":x.yaml", "x.yaml") == (0, NOTHING_CHANGED, "")


@in_a_rare_state
def test_a_bare_repository(run, complaint, monkeypatch):
    git("clone", "-q", "--bare", ".", "../bare.git")
    monkeypatch.chdir("../bare.git")
    expected = "error: no work tree here; two revisions can be compared: HEAD~1:x.yaml HEAD:x.yaml\n"
    for words in (["x.yaml"], ["--since", "main"]):
        assert complaint(*words) == expected
    assert run("diff", "HEAD:x.yaml", "main:x.yaml") == (0, NOTHING_CHANGED, "")


def test_outside_of_a_repository(complaint, monkeypatch, tmp_path):
    (tmp_path / "plain").mkdir()
    monkeypatch.chdir(tmp_path / "plain")
    Path("x.yaml").write_text(SMALL)
    for words in (["x.yaml"], ["--since", "main"], ["HEAD:x.yaml", "x.yaml"]):
        assert complaint(*words) == "error: not in a git repository, so there are no revisions\n"


def test_without_git(complaint, run, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    for words in (["x.yaml"], ["--since", "main"], ["HEAD:x.yaml", "x.yaml"]):
        assert complaint(*words) == "error: revisions need git, which is not installed\n"
    assert run("diff", "x.yaml", "x.yaml") == (0, NOTHING_CHANGED, "")  # which needs no git


@in_a_rare_state
def test_a_repository_that_git_does_not_trust(complaint, monkeypatch):
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    for words in (["x.yaml"], ["--since", "main"], ["HEAD:x.yaml", "x.yaml"]):
        err = complaint(*words)
        assert err.startswith("error: git refuses to read this repository: detected dubious ownership")
        assert "git config --global --add safe.directory" in err
        assert err.count("\n") == 1


@in_a_rare_state
def test_a_damaged_repository(complaint):
    blob = git("rev-parse", "HEAD:x.yaml").strip()
    Path("x.yaml").write_text(WIDER)
    Path(f".git/objects/{blob[:2]}/{blob[2:]}").unlink()
    err = complaint("--since", "main")
    assert err == f"error: git lacks the object {blob} of this repository\n"


def test_a_file_that_is_named_is_compared_whatever_its_ending(run, repository_with_net):
    assert run("diff", "--since", "HEAD", "net.arch", "--max-growth", "macs=1%").code == 1
    assert run("diff", "--since", "HEAD", "--max-growth", "macs=1%").code == 0


def test_a_parameter_that_no_version_declares_is_refused(run, repository_with_net):
    refused = (2, "", 'error: no parameter "x"; none is declared\n')
    assert run("diff", "net.arch", "--set", "x=1") == refused
    assert run("diff", "--since", "HEAD", "net.arch", "--set", "x=1") == refused


@pytest.fixture
def repository_with_net(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, value in (("GLOBAL", os.devnull), ("SYSTEM", os.devnull)):
        monkeypatch.setenv(f"GIT_CONFIG_{name}", value)
    net = tmp_path / "net.arch"
    net.write_text("{input: [3, 8, 8], layers: conv 1x1 4}\n")
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    for command in (["init", "-q", "-b", "main"], ["add", "-A"], [*identity, "commit", "-q", "-m", "1"]):
        subprocess.run(["git", *command], check=True)
    net.write_text("{input: [3, 8, 8], layers: conv 1x1 5}\n")
