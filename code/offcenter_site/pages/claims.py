"""Claims in pages: the box that argues one, links to it, its numbers, and the list of all.

A claim is also a label, `claim-chapter-slug`, so other books link to it through `objects.inv` as
they do to a chapter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.domains.std import StandardDomain
from sphinx.environment import BuildEnvironment
from sphinx.errors import SphinxError
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole
from sphinx.util.nodes import make_refnode
from sphinx.writers.html5 import HTML5Translator

from offcenter.claims import CLAIMS, DERIVED_HERE, Check
from offcenter_site.build.results import results_of
from offcenter_site.pages.numbers import format_number, format_side

logger = logging.getLogger(__name__)

_IN_FORMULA = re.compile(r"\\value\s*\{(?P<words>[^{}]*)\}")
RELATIONS = {"equal": "", "at most": "at most ", "at least": "at least "}


# The mark of a page that holds the list.
_LIST = "offcenter-claims-list"


class ClaimValueError(SphinxError):
    """A page asks for a claim or a number that does not exist."""


class claim_box(nodes.General, nodes.Element):
    """The box of one claim."""


class claims_list(nodes.General, nodes.Element):
    """The place of the list of all claims; filled when every page is read."""


def value_of(results: dict[str, Check], words: str, *, latex: bool = False) -> str:
    """Return the number that `words`, "id key [format]", name.

    Raises
    ------
    ClaimValueError
        If there is no such claim or number, or the format does not fit.
    """
    id, _, rest = words.strip().partition(" ")
    key, _, spec = rest.strip().partition(" ")
    if id not in results:
        raise ClaimValueError(f"there is no claim {id!r}")
    check = results[id]
    sides = {"expected": check.expected, "observed": check.observed, "tolerance": check.tolerance}
    numbers = {**sides, **check.numbers}
    if key not in numbers or isinstance(numbers[key], list):
        scalars = sorted(key for key, value in numbers.items() if not isinstance(value, list))
        raise ClaimValueError(f"claim {id} has no number {key!r}; it has {', '.join(scalars)}")
    try:
        return format_number(numbers[key], spec.strip(), latex=latex)
    except ValueError as error:
        raise ClaimValueError(f"claim {id}, number {key}: {error}") from error


class ValueRole(SphinxRole):
    """A computed number in prose: ``{value}`id key .2f` ``."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the number, or a warning where there is none."""
        try:
            text = value_of(results_of(self.env.app), self.text)
        except ClaimValueError as error:
            logger.warning("%s", error, location=self.get_location(), type="claim")
            text = "?"
        return [nodes.inline(self.rawtext, text, classes=["value"])], []


class ValuesInFormulas(SphinxTransform):
    """A computed number in a formula: ``\\value{id key .2f}``."""

    default_priority = 500

    def apply(self, **_: object) -> None:
        """Put the numbers into the formulas of the page."""
        results = results_of(self.app)
        for node in self.document.findall(lambda n: isinstance(n, (nodes.math, nodes.math_block))):
            try:
                text = _IN_FORMULA.sub(
                    lambda match: value_of(results, match["words"], latex=True), node.astext()
                )
            except ClaimValueError as error:
                logger.warning("%s", error, location=node, type="claim")
                continue
            if text != node.astext():
                # Not `children = …`: a text without a parent stops the later transforms.
                node[:] = [nodes.Text(text)]


def _source_text(source: str) -> str:
    return source if source == DERIVED_HERE else f"{{cite:t}}`{source}`"


class ClaimDirective(SphinxDirective):
    """The box of one claim, and the target of every link to it."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the box: the sentence, what theory says, what was observed, and the source."""
        id = self.arguments[0]
        if id not in CLAIMS:
            logger.warning("there is no claim %r", id, location=self.get_location(), type="claim")
            return []
        claim, check = CLAIMS[id], results_of(self.env.app)[id]
        node_id = nodes.make_id(f"claim-{id}")
        box = claim_box(claim_id=id, ids=[node_id])
        self.state.document.note_explicit_target(box)
        standard: StandardDomain = self.env.get_domain("std")  # type: ignore[assignment]
        standard.note_object("claim", id, node_id, location=box)
        # A label as well: another book knows no role for claims, but every Sphinx knows labels.
        standard.anonlabels[node_id] = self.env.docname, node_id
        standard.labels[node_id] = self.env.docname, node_id, id
        box += nodes.paragraph("", claim.sentence, classes=["claim-sentence"])
        facts = [
            ("theory says", RELATIONS[check.relation] + format_side(check.expected)),
            ("observed", format_side(check.observed)),
            ("tolerance", f"{format_number(check.tolerance)}: {check.reason}"),
            ("source", _source_text(claim.source)),
        ]
        text = "\n".join(f"{term}\n: {fact}\n" for term, fact in facts).splitlines()
        self.state.nested_parse(
            StringList(text, self.get_source_info()[0]), self.content_offset, box
        )
        box.next_node(nodes.definition_list)["classes"].append("claim-facts")
        return [box]


class ClaimsListDirective(SphinxDirective):
    """The list of all claims: result, source, and the page that argues each."""

    def run(self) -> list[nodes.Node]:
        """Parse the citations now; the pages are known when all is read."""
        self.env.metadata[self.env.docname][_LIST] = True
        holder = claims_list()
        for claim in CLAIMS.values():
            cell = nodes.container(claim_id=claim.id)
            self.state.nested_parse(StringList([_source_text(claim.source)], ""), 0, cell)
            holder += cell
        return [holder]


def _home_of(env: BuildEnvironment, id: str) -> tuple[str, str] | None:
    return env.get_domain("std").objects.get(("claim", id))  # type: ignore[attr-defined]


def _in_reading_order(env: BuildEnvironment, cells: Iterable[nodes.Element]) -> list[nodes.Element]:
    pages = {page: place for place, page in enumerate(env.collect_relations())}

    def place(cell: nodes.Element) -> int:
        home = _home_of(env, cell["claim_id"])
        return pages.get(home[0], len(pages)) if home else len(pages)

    return sorted(cells, key=place)


def _fill_list(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    for holder in list(doctree.findall(claims_list)):
        section: list[nodes.Node] = []
        chapter = ""
        for cell in _in_reading_order(app.env, holder.children):
            id = cell["claim_id"]
            claim, check = CLAIMS[id], results_of(app)[id]
            home = _home_of(app.env, id)
            if home is None:
                logger.warning("no page argues claim %s", id, location=docname, type="claim")
                continue
            if home[0] != chapter:
                chapter = home[0]
                title = nodes.rubric("", "", classes=["claims-chapter"])
                name = nodes.inline("", app.env.titles[chapter].astext())
                title += make_refnode(app.builder, docname, chapter, "", name)
                section += [title]
            entry = nodes.container(classes=["claims-entry"])
            link = make_refnode(app.builder, docname, *home, nodes.literal("", id))
            entry += nodes.paragraph("", "", link, nodes.Text(" " + claim.sentence))
            facts = nodes.paragraph("", "", classes=["claims-facts"])
            facts += nodes.Text(
                f"theory: {RELATIONS[check.relation]}{format_side(check.expected)}; "
                f"observed: {format_side(check.observed)}; "
                f"tolerance: {format_number(check.tolerance)}; source: "
            )
            for paragraph in cell.children:
                facts.extend(paragraph.children)
            facts += nodes.Text(".")
            entry += facts
            section.append(entry)
        holder.replace_self(section)


def _note_reading(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    app.offcenter_has_read = bool(docnames)  # type: ignore[attr-defined]


def _list_follows_pages(app: Sphinx, env: BuildEnvironment) -> Iterable[str]:
    # The list says where each claim is argued, so it is written anew when any page was read.
    if not app.offcenter_has_read:  # type: ignore[attr-defined]
        return []
    return [name for name, known in env.metadata.items() if _LIST in known]


def _visit_box(self: HTML5Translator, node: claim_box) -> None:
    self.body.append(self.starttag(node, "aside", CLASS="claim", **{"aria-label": "Claim"}))
    self.body.append(f'<p class="claim-head"><code>{node["claim_id"]}</code>')
    self.add_permalink_ref(node, "Link to this claim")
    self.body.append("</p>")


def _depart_box(self: HTML5Translator, node: claim_box) -> None:
    self.body.append("</aside>\n")


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the claim object type, its directives and roles."""
    # sphinx-exercise registers its nodes for "singlehtml" by name, so that builder no longer falls
    # back on "html": every node needs both.
    box = (_visit_box, _depart_box)
    app.add_node(claim_box, html=box, singlehtml=box)
    app.add_object_type("claim", "claim", ref_nodeclass=nodes.literal)
    app.add_directive_to_domain("std", "claim", ClaimDirective, override=True)
    app.add_directive("claims", ClaimsListDirective)
    app.add_role("value", ValueRole())
    app.add_transform(ValuesInFormulas)
    app.connect("env-before-read-docs", _note_reading)
    app.connect("env-updated", _list_follows_pages)
    app.connect("doctree-resolved", _fill_list)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
