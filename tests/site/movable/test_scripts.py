"""The scripts of movable figures, and how pages get them."""

from __future__ import annotations

import gzip
import io
import pickle
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import pytest
from docutils.parsers.rst import DirectiveError
from movable_pages import ROOT
from py_mini_racer import MiniRacer
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

from offcenter_site.build.scripts import short
from offcenter_site.movable import directive
from offcenter_site.movable.catalog import MOVABLES
from offcenter_site.movable.directive import bundle, style


def test_a_short_script_does_the_same():
    source = (
        "// x\nglobalThis.told = (function (first, { second = 3, ...rest }) {\n"
        "  const a = `x  // ${first ? `  /* y */\n\n  ${second}` : '// z'} `; /* n */\n"
        "  return [a, / \\/\\/ /.source, rest.third?.[1] ?? 'none', 0.1 + 0.2];\n"
        "})(1, { third: null });\n"
    )
    told = [MiniRacer().eval(f"{text};JSON.stringify(told)") for text in (source, short(source))]
    assert told[0] == told[1]
    assert len(short(source)) < 0.8 * len(source)
    # Others call these by name.
    assert "offCenter" in short("globalThis.offCenter = {};")


def test_scripts_pass_the_linter():
    # Each rule of these groups is an error; the files share one name, `offCenter`.
    groups = ["correctness", "suspicious", "perf"]
    flags = [flag for group in groups for flag in ("-D", group)]
    # All functions of a file stand in its one outer function.
    flags += ["-A", "unicorn/consistent-function-scoping"]
    result = subprocess.run(
        [
            Path(sys.executable).with_name("oxlint"),
            *flags,
            "--report-unused-disable-directives",
            "code/offcenter_site/movable",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout


def test_the_script_of_any_two_figures_costs_at_most_15_kilobytes():
    sizes = {
        (one, two): len(gzip.compress(bundle([one, two]).encode()))
        for one in MOVABLES
        for two in MOVABLES
        if one < two
    }
    assert all(size <= 15 * 1024 for size in sizes.values()), sizes
    assert len(gzip.compress(style().encode())) <= 2 * 1024


CONF = "extensions = ['myst_parser', 'offcenter_site.movable.directive']\nhtml_theme = 'basic'\n"
FIGURE = "```{figure} a.svg\n:name: fig-a\nWords.\n```\n"


def movable(name, target="fig-a"):
    return f"```{{movable}} {name}\n:figure: {target}\n```\n"


@pytest.fixture
def build(tmp_path):
    """Build a book of the given pages; give the folder of what was built, and the warnings."""
    (tmp_path / "conf.py").write_text(CONF)
    (tmp_path / "a.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>')

    def run(builder, **pages):
        for page, text in pages.items():
            (tmp_path / f"{page}.md").write_text(f"# Title\n\n{text}")
        warnings = io.StringIO()
        target = tmp_path / builder
        with docutils_namespace():
            trees = target / ".doctrees"
            app = Sphinx(tmp_path, tmp_path, target, trees, builder, status=None, warning=warnings)
            app.build()
        return target, warnings.getvalue()

    return run


def test_only_a_page_with_a_movable_figure_loads_a_script_and_only_its_own(build):
    toc = "```{toctree}\none\ntwo\n```\n"
    pages = {"index": toc, "one": FIGURE + movable("zigzag"), "two": "Nothing."}
    folder, warnings = build("html", **pages)
    assert not warnings
    assert "figures/" not in (folder / "two.html").read_text()
    page = (folder / "one.html").read_text()
    [script] = re.findall(r'<script defer src="_static/figures/([^"?]+)\?v=\w{8}"', page)
    assert (folder / "_static" / "figures" / script).read_text() == bundle(["zigzag"])
    assert page.index("movable-says") < page.index(script)


def test_page_is_read_again_when_its_script_or_style_changes(build):
    folder, _ = build("html", index=FIGURE + movable("zigzag"))
    env = pickle.loads((folder / ".doctrees" / "environment.pickle").read_bytes())
    files = {Path(file).name for file in env.dependencies["index"]}
    assert {"movable.css", "pen.js", "stage.js", "zigzag.js"} <= files


def test_two_figures_of_a_page_share_one_script(build):
    folder, _ = build("html", index=FIGURE + movable("zigzag") + "\n\n" + movable("signs"))
    page = (folder / "index.html").read_text()
    assert page.count("<script defer") == 1
    assert page.count("<style>") == 1
    assert (folder / "_static" / "figures" / "page-zigzag-signs.js").exists()


@pytest.mark.parametrize("builder", ["epub", "text", "singlehtml"])
def test_what_nobody_can_move_has_no_controls(build, builder):
    folder, _ = build(builder, index=FIGURE + movable("zigzag"))
    files = [*folder.glob("index.*")]
    assert files
    assert not any("movable" in file.read_text() for file in files)
    question = MOVABLES["zigzag"].question
    assert question.text[:40] in " ".join(files[0].read_text().split())
    assert question.answer[-40:] in " ".join(files[0].read_text().split())


def test_wrong_names_are_told(build):
    unknown = movable("zag") + movable("zigzag", "fig-b") + "```{movable} zigzag\n```\n"
    _, warnings = build("html", index=FIGURE + unknown)
    assert "movable must be one of" in warnings
    assert "got 'zag'" in warnings
    assert "there is no figure fig-b here" in warnings
    assert "movable must have the option figure" in warnings


@pytest.mark.parametrize(
    ("script", "says"),
    [
        (None, "needs a script: write code/offcenter_site/movable/scripts/toy.js"),
        ("const a = 1;\nlet b = [1;", "scripts/toy.js does not parse: SyntaxError: line 2: Unexp"),
        ('offCenter.figure("dice", {});', 'scripts/toy.js must call offCenter.figure("toy", {'),
    ],
)
def test_what_a_script_lacks_is_told_with_its_place(script, says, monkeypatch, tmp_path):
    folder = tmp_path / "code" / "offcenter_site" / "movable" / "scripts"
    folder.mkdir(parents=True)
    if script:
        (folder / "toy.js").write_text(script)
    monkeypatch.setattr(directive, "SOURCES", folder)
    toy = replace(MOVABLES["zigzag"], name="toy")
    monkeypatch.setattr(directive, "movables", lambda: {"toy": toy})
    given = (["toy"], {"figure": "fig-a"}, [], 1, 0, "", Mock(), Mock())
    block = directive.MovableDirective("movable", *given)
    with pytest.raises(DirectiveError) as told:
        block.run()
    assert says in told.value.msg
