"""--format html: one page that needs nothing else, sorts and filters, and takes names as text."""

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner
from github_page import github_page

from convcalc.commands.program import program

PAGES = {
    "compare": ["compare", "inception3a"],
    "summary": ["summary", "googlenet#paper"],
    "sweep": ["sweep", "mobilenet_v1", "alpha=0.5,1", "res=192,224"],
    "diff": ["diff", "inception3a#naive", "inception3a#reduced"],
}
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def page(*arguments):
    ran = CliRunner().invoke(program, [*arguments, "--format", "html"], standalone_mode=False)
    assert ran.exception is None, ran.exception
    return ran.stdout


class Elements(HTMLParser):
    """The tags of a page with their attributes, and the text outside of styles and scripts."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.texts, self.inside = [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self.inside = tag

    def handle_data(self, data):
        if self.inside not in ("style", "script"):
            self.texts.append(data)


def hash_of(text):
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_allows_its_own_script_and_styles_alone(name):
    text = page(*PAGES[name])
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1]
    assert policy.startswith("default-src 'none'; ")
    scripts, styles = (re.findall(f"<{tag}>(.*?)</{tag}>", text, re.S) for tag in ("script", "style"))
    assert len(scripts) == 1
    assert set(re.search("script-src ([^;]*)", policy)[1].split()) == {hash_of(scripts[0])}
    assert set(re.search("style-src ([^;]*)", policy)[1].split()) == set(map(hash_of, styles))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_for_nothing(name):
    for tag, attributes in Elements(page(*PAGES[name])).tags:
        assert tag not in ("link", "img", "iframe", "object", "embed", "a")
        assert not {one for one in attributes if one in ("src", "href", "style") or one.startswith("on")}


def test_a_page_has_the_table_s_figures_and_the_picture():
    text = page(*PAGES["compare"])
    rows = re.findall(r"<tr>(.*?)</tr>", text)
    cells = [re.sub(r"<[^>]*>", "|", row) for row in rows]
    # inception 3a, Figure 2: the 5×5 branch costs 5·5·192·32 weights, with the reduction 15,872.
    assert any("5x5" in row and "153,600" in row and "15,872" in row for row in cells)
    assert text.count("<svg") == 1
    assert "3×3 conv, 128" in text
    assert '<p class="answer">reduced has 0.42 of naive' in text


def test_a_network_that_is_too_large_for_a_picture_is_drawn_less_deep(tmp_path):
    file = tmp_path / "deep.yaml"
    blocks = ", ".join(f"g{n}: [conv 3x3 {n + 1}, conv 1x1 {n + 2}]" for n in range(300))
    file.write_text(f"input: [3, 8, 8]\nlayers: [{blocks}]")
    text = page("summary", str(file))
    assert text.count('class="closed"') == 300 + 1  # and one in the legend


@pytest.mark.parametrize("name", ["</script><script>alert(1)</script>", "<b onclick=x>", "a&b\"'<!--"])
def test_a_name_is_text_on_a_page(tmp_path, name):
    file = tmp_path / "net.yaml"
    word = re.sub(r"[\s/#]", ".", name)
    network = {"name": name, "source": name, "input": [3, 8, 8], "layers": [{word: "conv 1x1 4"}]}
    file.write_text(json.dumps(network))
    text = page("summary", str(file))
    elements = Elements(text)
    assert [tag for tag, _ in elements.tags].count("script") == 1
    assert "b" not in [tag for tag, _ in elements.tags]
    assert word in "".join(elements.texts)
    assert name in "".join(elements.texts)


def test_a_path_may_be_broken_behind_a_slash():
    assert "3x3/<wbr>conv1" in page("diff", "inception3a#naive", "inception3a#reduced")


def test_a_command_without_a_page_says_so():
    ran = CliRunner().invoke(program, ["ops", "--format", "html"], standalone_mode=False)
    assert '--format cannot be "html"' in str(ran.exception)


# ---- in a browser (make browser) --------------------------------------------------------------------

DRIVER = """
const violations = [];
document.addEventListener("securitypolicyviolation", (event) => violations.push(event.blockedURI));
const first = () => [...document.querySelector("tbody").rows].filter((row) => !row.hidden)
  .map((row) => row.cells[0].textContent);
const head = [...document.querySelectorAll("th[aria-sort]")].find((one) =>
  one.textContent === "multiply-adds");
const button = head.querySelector("button"), seen = [first()];
button.focus();
const focused = document.activeElement === button;
const order = [];
for (let i = 0; i < 3; i++) { button.click(); seen.push(first()); order.push(head.ariaSort); }
const input = document.querySelector("input");
input.value = "INCEPTION 256";
input.dispatchEvent(new Event("input"));
seen.push(first());
document.title = JSON.stringify({ seen, order, focused, violations });
"""


def browse(text, *options):
    """The page's document and the console's lines, after its scripts have run in a browser."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not os.environ.get("BROWSER_TESTS") or program is None:
        pytest.skip("a browser is tried by `make browser`, where there is Chromium")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "page.html")
        file.write_text(text, encoding="utf-8")
        command = f"""{program} --headless --no-sandbox --disable-gpu --no-first-run --disable-sync
            --disable-background-networking --disable-component-update --enable-logging=stderr
            --user-data-dir={folder}/profile --dump-dom""".split()
        ran = subprocess.run(
            [*command, *options, file.as_uri()], capture_output=True, text=True, timeout=300, check=True
        )
    return ran.stdout, [line for line in ran.stderr.splitlines() if "CONSOLE" in line]


def driven(text):
    """The page with a second script, which its policy allows too."""
    text = text.replace("script-src ", f"script-src {hash_of(DRIVER)} ", 1)
    return text.replace("</html>", f"<script>{DRIVER}</script></html>")


def test_a_browser_sorts_and_filters():
    document, console = browse(driven(page(*PAGES["summary"])))
    assert console == []
    found = json.loads(re.search("<title>(.*?)</title>", document)[1].replace("&amp;", "&"))
    written, down, up, again, filtered = found["seen"]
    # The most multiply-adds of Table 1's rows: conv2, 3b, 4e; those of pools are none.
    assert down[:3] == ["conv2", "3b", "4e"]
    assert up[-3:] == ["4e", "3b", "conv2"]
    assert again == written == [*written]
    assert written[0] == "conv1"
    assert filtered == ["4e", "5a"]
    assert found["order"] == ["descending", "ascending", "none"]
    assert found["focused"]
    assert found["violations"] == []


@pytest.mark.parametrize("name", PAGES)
def test_a_browser_has_nothing_to_complain_of(name):
    document, console = browse(page(*PAGES[name]))
    assert console == []
    assert "<table" in document


# Six variants with a parameter that costs more in each, long names and budgets that break.
WIDE = """\
name: detector_backbone
parameters: {{w: {}, r: 256}}
input: [3, $r, $r]
define:
  cbr(k, c): [conv $k $c, batchnorm, relu]
layers:
  - stem: cbr 3x3/2 $w
  - stage2: [cbr 3x3/2 $(2*w), cbr 3x3 $(2*w)]
  - stage3_with_a_name: {{branches: {{left: cbr 3x3/2 $(4*w), right: cbr 1x1/2 $(4*w)}}}}
budget: {{params: 100k, macs: 200M, peak_activations: 3M, weight_bytes: {{max: 256Ki, dtype: int8}}}}
variants:
  base: {{}}
  lowres: {{parameters: {{r: 128}}}}
  highres_for_the_server_products: {{parameters: {{r: 512}}}}
  highres_of_the_year_before: {{parameters: {{r: 448}}}}
"""

CUT_OFF = """
const tables = [...document.querySelectorAll("table")];
document.title = tables.map((one) => one.scrollWidth - one.clientWidth).join();
"""


def test_a_browser_cuts_no_column_of_a_comment_off(tmp_path):
    for name, width in (("old", 32), ("new", 40)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "nets.yaml").write_text(WIDE.format(width), "utf-8")
    words = ["diff", str(tmp_path / "old" / "nets.yaml"), str(tmp_path / "new" / "nets.yaml")]
    ran = CliRunner().invoke(program, [*words, "--format", "markdown"], standalone_mode=False)
    text = github_page(ran.stdout).replace("</html>", f"<script>{CUT_OFF}</script></html>")
    document, _ = browse(text, "--window-size=960,800")
    beyond = re.search("<title>(.*?)</title>", document)[1].split(",")
    assert beyond == ["0"] * 5  # the networks, and the layers of each


WIDTHS = "document.title = JSON.stringify([document.documentElement.scrollWidth, innerWidth]);"


@pytest.mark.parametrize("width", [500, 1400])  # a browser's window has at least 500
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_no_wider_than_the_window(name, width):
    text = page(*PAGES[name]).replace("script-src ", f"script-src {hash_of(WIDTHS)} ", 1)
    text = text.replace("</html>", f"<script>{WIDTHS}</script></html>")
    document, _ = browse(text, f"--window-size={width},900")
    wanted, there = json.loads(re.search("<title>(.*?)</title>", document)[1])
    assert wanted <= there == width
