"""Figures that the reader moves: the controls under a figure, and the script of their page.

    ```{movable} zigzag
    :figure: fig-zigzag-paths
    ```

The controls stand in the page itself, so that nothing moves when the script comes; without a
script, in print, in PDF and in EPUB there is only the figure that the library drew.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache, partial
from html import escape
from pathlib import Path
from typing import Any, TypeVar

from docutils import nodes
from docutils.parsers.rst import directives
from py_mini_racer import JSEvalException
from rcssmin import cssmin
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.osutil import relative_uri
from sphinx.writers.html5 import HTML5Translator

from offcenter._store import code_state, kept
from offcenter_site.build.freshness import modules_of
from offcenter_site.build.scripts import short
from offcenter_site.movable.controls import Movable, Question

logger = logging.getLogger(__name__)

R = TypeVar("R")

SOURCES = Path(__file__).parent / "scripts"
STYLE = SOURCES / "movable.css"
CATALOG = [Path(__file__).with_name(f"{name}.py") for name in ("catalog", "controls")]
# In this order: each uses what stands before it.
_SHARED = tuple(
    f"stage/{name}"
    for name in (
        "words",
        "fields",
        "pen",
        "handles",
        "player",
        "unplayed",
        "guess",
        "sketch",
        "stage",
    )
)
_GUESS = "stage/guess"  # for pages that ask first
_SKETCH = "stage/sketch"  # where the guess is drawn
_PLAYER, _UNPLAYED = "stage/player", "stage/unplayed"  # for pages with a run, and without
_MOVING = ("html", "dirhtml")
# Builders of what nobody can move.
_STILL = ("singlehtml", "latex", "text", "man", "texinfo", "notebooks", "slides")


def _kept(what: str, compute: Callable[[], R]) -> R:
    """Return what the catalog says, kept for the state of its code and of all that it imports.

    It imports all that draws, which takes a third of a small build.
    """
    sources = [path.read_text(encoding="utf-8") for path in CATALOG]
    state = code_state(*sorted(modules_of(sources[0])))
    return kept(f"movable {what}", "offcenter._store", (state, *sources), compute)


def _numbers(name: str) -> object:
    """Return the data of a figure; some take long, and most pages have no such figure."""

    def compute() -> object:
        from offcenter_site.movable.catalog import MOVABLES

        data = MOVABLES[name].data
        return data and json.dumps(data(), allow_nan=False)

    return json.loads(str(_kept(f"numbers {name}", compute)))


def _compute_catalog() -> tuple[dict[str, Movable], dict[str, object]]:
    from offcenter_site.movable.catalog import MOVABLES, library

    figures = {
        name: figure if figure.data is None else replace(figure, data=partial(_numbers, name))
        for name, figure in MOVABLES.items()
    }
    return figures, dict(library())


@cache
def _catalog() -> tuple[Mapping[str, Movable], Mapping[str, object]]:
    """Return the figures by name, and the library's constants."""
    return _kept("figures", _compute_catalog)


def movables() -> Mapping[str, Movable]:
    """Return the figures that can be moved, by name."""
    return _catalog()[0]


class movable(nodes.General, nodes.Element):
    """The controls of one figure."""


def _scripts(names: Iterable[str]) -> list[Path]:
    figures = [movables()[name] for name in names]
    questions = [figure.question for figure in figures]
    plays = any(figure.plays for figure in figures)
    used = {
        _GUESS: any(questions),
        _SKETCH: any(question and not question.choices for question in questions),
        _PLAYER: plays,
        _UNPLAYED: not plays,
    }
    shared = [name for name in _SHARED if used.get(name, True)]
    parts = dict.fromkeys(f"parts/{part}" for figure in figures for part in figure.parts)
    own = [figure.name for figure in figures]
    return [SOURCES / f"{name}.js" for name in (*shared, *parts, *own)]


def bundle(names: Iterable[str]) -> str:
    """Return the script of a page: the library's constants, what figures share, then its own."""
    scripts = "\n".join(short(path.read_text(encoding="utf-8")) for path in _scripts(names))
    asked = {
        name: values for name, values in _catalog()[1].items() if f".library.{name}" in scripts
    }
    constants = json.dumps(asked, separators=(",", ":"))
    return f"globalThis.offCenter={{library:{constants}}};{scripts}\n"


def _fault(name: str) -> str:
    """Return what the script of a figure lacks, in words; nothing if it can be sent."""
    path = SOURCES / f"{name}.js"
    where = f"code/{path.relative_to(SOURCES.parents[2]).as_posix()}"
    if not path.is_file():
        return f"the movable figure {name} needs a script: write {where}"
    text = path.read_text(encoding="utf-8")
    try:
        short(text)
    except JSEvalException as error:
        return f"{where} does not parse: {str(error).splitlines()[0].partition(': ')[2]}"
    if f'offCenter.figure("{name}", {{' not in text:
        return f'{where} must call offCenter.figure("{name}", {{ compute, draw, says }})'
    return ""


def style() -> str:
    """Return the style of a page with such a figure."""
    return str(cssmin(STYLE.read_text(encoding="utf-8")))


def _bundle_name(names: Iterable[str]) -> str:
    return f"page-{'-'.join(names)}.js"


# Where the bare pages stand, which other sites frame, and the pixels that hold any of them.
EMBEDDED, EMBEDDED_HEIGHT = "figure", 840


def script(names: Iterable[str], root: str, site: Path) -> str:
    """Return what loads the script of these figures, which is written into the folder `site`.

    It is written with its page, so that a build that writes no such page makes no script.
    `root` leads from the page to the site.
    """
    names = list(names)
    file, text = f"_static/figures/{_bundle_name(names)}", bundle(names)
    _write(site / file, text)
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return f'<script defer src="{root}{file}?v={digest}"></script>\n'


def markup(figure: Movable, target: str, root: str = "../") -> str:
    """Return the controls of `figure`, for the printed figure whose id is `target`, as HTML.

    `root` leads from their page to that of the site.
    """
    data = ""
    if figure.data is not None:
        numbers = json.dumps(
            figure.data(), separators=(",", ":"), allow_nan=False, ensure_ascii=False
        )
        # A whole number is as long without its zero.
        numbers = re.sub(r"(?<=\d)\.0(?=[],])", "", numbers)
        # JSON has many double quotes.
        data = f" data-data='{escape(numbers, quote=False).replace(chr(39), '&#39;')}'"
    fields = "".join(field.markup(f"movable-{figure.name}") for field in figure.fields)
    # A figure with little to set has its buttons beside Play, and its slider comes first.
    lone = figure.plays and not figure.scrubs
    presets = "" if lone else figure.presets
    controls = f'<div class="movable-fields">{fields}</div>'
    # Else above the fields, so that it is in view with the figure whichever of them is moved.
    says = (
        f'<p class="movable-says{" movable-long" * figure.long}" role="status"'
        f' data-invite="{escape(figure.invitation)}"></p>'
    )
    grab = '<button type="button" data-grab>Drag by hand</button>' if figure.grabs else ""
    return (
        f'<div class="movable" data-movable="{figure.name}" data-figure="{escape(target)}"{data} '
        f'role="group" aria-label="Move this figure: {escape(figure.label)}" hidden>'
        f"{(controls + figure.player + says) if lone else (figure.player + says + controls)}"
        f'<div class="movable-row">{presets}</div>'
        f'<div class="movable-row movable-last">{grab}'
        '<button type="button" data-reset>Reset</button>'
        f'<a data-link href="#{escape(target)}">Link to this setting</a>'
        '<details class="movable-embed"><summary>Embed</summary>'
        f'<textarea readonly rows="4" data-embed="{root}{EMBEDDED}/{figure.name}.html"'
        f' data-height="{EMBEDDED_HEIGHT}" autocomplete="off"'
        ' aria-label="The line that puts this figure on a page of yours"></textarea></details>'
        "</div></div>\n"
    )


class guess(nodes.General, nodes.Element):
    """The question above a figure."""


class MovableDirective(SphinxDirective):
    """``{movable} name`` with the id of the printed figure above it."""

    required_arguments = 1
    option_spec = {"figure": directives.unchanged_required}  # noqa: RUF012

    def run(self) -> list[nodes.Node]:
        """Return the controls, and note that the page needs the figure's script."""
        name, target = self.arguments[0], self.options.get("figure")
        if name not in movables():
            known = ", ".join(sorted(movables()))
            raise self.error(f"movable must be one of {known}; got {name!r}")
        if not target:
            raise self.error("movable must have the option figure: the id of the printed figure")
        if fault := _fault(name):
            # Looked at again by the next build, when it may be mended.
            self.env.note_dependency(str(SOURCES / f"{name}.js"))
            raise self.error(fault)
        names = pages_of(self.env).setdefault(self.env.docname, [])
        names.append(name)
        # The page holds the style, and the address of the script names its content.
        for file in (STYLE, *_scripts([name])):
            self.env.note_dependency(str(file))
        node = movable(name=name, figure=target)
        self.set_source_info(node)
        return [node]


def pages_of(env: BuildEnvironment) -> dict[str, list[str]]:
    """Return the names of the movable figures of each page, in their order."""
    return vars(env).setdefault("offcenter_movables", {})


def _purge(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    pages_of(env).pop(docname, None)


def _merge(app: Sphinx, env: BuildEnvironment, docnames: set[str], other: BuildEnvironment) -> None:
    pages_of(env).update({name: p for name, p in pages_of(other).items() if name in docnames})


def _printed(question: Question) -> list[nodes.Node]:
    """Return a question and its answer as text, for readers who cannot press anything."""
    asked = nodes.paragraph(
        "", "", nodes.strong("", "Guess first."), nodes.Text(f" {question.text}")
    )
    return [asked, nodes.paragraph("", question.answer)]


def _join(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the controls into their figure, between the drawing and its caption."""
    figures = {id: node for node in doctree.findall(nodes.figure) for id in node["ids"]}
    for node in list(doctree.findall(movable)):
        figure = figures.get(node["figure"])
        if figure is None:
            logger.warning("movable: there is no figure %s here", node["figure"], location=node)
            continue
        node.parent.remove(node)
        question = movables()[node["name"]].question
        if app.builder.name not in _MOVING:
            if question is not None and app.builder.name != "slides":
                figure.parent.insert(figure.parent.index(figure), _printed(question))
            continue
        if question is not None:
            figure.insert(0, guess(name=node["name"]))
        caption = figure.first_child_matching_class(nodes.caption)
        figure.insert(len(figure) if caption is None else caption, node)
        figure["classes"].append("movable-figure")


def _visit(self: HTML5Translator, node: movable) -> None:
    builder = self.builder
    docname = builder.current_docname
    names = pages_of(builder.env)[docname]
    position = [*self.document.findall(movable)].index(node)
    if position == 0:
        self.body.append(f"<style>{style()}</style>\n")
    root = relative_uri(builder.get_target_uri(docname), "").removeprefix("./")
    self.body.append(markup(movables()[node["name"]], node["figure"], root))
    if position == len(names) - 1:
        self.body.append(script(names, root, Path(builder.outdir)))
    raise nodes.SkipNode


def _visit_guess(self: HTML5Translator, node: guess) -> None:
    question = movables()[node["name"]].question
    self.body.append("" if question is None else question.markup)
    raise nodes.SkipNode


def _skip(self: nodes.NodeVisitor, node: movable) -> None:
    raise nodes.SkipNode


def _write(path: Path, script: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(script, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive, what it becomes in each format, and the scripts."""
    # Any: to a checker, a format in keywords could be the parameter `override`.
    skipped: dict[str, Any] = {name: (_skip, None) for name in _STILL}
    app.add_node(movable, html=(_visit, None), **skipped)
    app.add_node(guess, html=(_visit_guess, None), **skipped)
    app.add_directive("movable", MovableDirective)
    app.connect("env-purge-doc", _purge)
    app.connect("env-merge-info", _merge)
    app.connect("doctree-resolved", _join)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
