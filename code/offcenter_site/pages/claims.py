"""Claims in pages: the box that argues one, links to it, its numbers, and the list of all.

A claim is also a label, `claim-chapter-slug`, so other books link to it through `objects.inv` as
they do to a chapter.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, cast, get_args

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

from offcenter.claims import CLAIMS, DERIVED_HERE, RETIRED, Check, Claim, Kind, Part
from offcenter_site.build.freshness import note_use
from offcenter_site.build.results import results_of
from offcenter_site.pages.numbers import format_number, format_observed, format_result

logger = logging.getLogger(__name__)

_IN_FORMULA = re.compile(r"\\value\s*\{(?P<words>[^{}]*)\}")
RELATIONS = {"equal": "", "at most": "at most ", "at least": "at least "}


# The mark of a page that holds the list.
_LIST = "offcenter-claims-list"


class ClaimValueError(SphinxError):
    """A page asks for a claim or a number that does not exist."""


class claim_box(nodes.General, nodes.Element):
    """The box of one claim."""


class claim_more(nodes.General, nodes.Element):
    """What decides a claim, folded behind its sentence."""


class claims_chapter(nodes.General, nodes.Element):
    """The claims of one chapter in the list of all, folded behind the chapter's title."""


class claims_list(nodes.General, nodes.Element):
    """The place of the list of all claims; filled when every page is read."""


_SIDES = ("theory", "observed", "tolerance", "error")


def _side(check: Check, key: str) -> float | None:
    """Return a side of a part, "observed" where there is one part, else "observed:label"."""
    side, _, label = key.partition(":")
    if side == "expected":  # its name in edition 1
        side = "theory"
    if side not in _SIDES:
        return None
    for part in check.parts:
        if part.label == label or (not label and len(check.parts) == 1):
            return getattr(part, side)
    return None


def _meant(key: str, known: Iterable[str]) -> str:
    """Return how a key is written that is a known one and, most likely, a format."""
    for name in sorted(known, key=len, reverse=True):
        form = key.removeprefix(name)
        if form != key and form[0] in " :":
            gap = ": " if ":" in name else " "
            return f"; the format stands so: {name}{gap}{form.lstrip(' :')}"
    return ""


def value_of(results: Mapping[str, Check], words: str, *, latex: bool = False) -> str:
    """Return the number that `words`, "id key [format]", name.

    The key is one of the claim's numbers, or a side of a part: "observed" where the claim has one
    part, else "observed:its label" (then the format follows a second colon, "observed:label: .2f").

    Raises
    ------
    ClaimValueError
        If there is no such claim or number, or the format does not fit.
    """
    id, _, rest = words.strip().partition(" ")
    if id not in results:
        raise ClaimValueError(f"there is no claim {id!r}")
    check, rest = results[id], rest.strip()
    if rest.partition(":")[0] in _SIDES and ":" in rest:
        side, label, *spec = (word.strip() for word in rest.split(":", 2))
        key, form = f"{side}:{label}", "".join(spec)
    else:
        key, _, form = rest.partition(" ")
    value = check.numbers.get(key, _side(check, key))
    if value is None:
        sides = [f"observed:{part.label}" for part in check.parts]
        known = [*sorted(check.numbers), *sides]
        said = f"claim {id} has no number {key!r}; it has {', '.join(known)}"
        raise ClaimValueError(said + _meant(key, known))
    try:
        return format_number(value, form.strip(), latex=latex)
    except ValueError as error:
        raise ClaimValueError(f"claim {id}, number {key}: {error}") from error


class ValueRole(SphinxRole):
    """A computed number in prose: ``{value}`id key .2f` ``."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the number, or a warning where there is none."""
        note_use(self.env, claims=[self.text.strip().partition(" ")[0]])
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
        for node in self.document.findall():
            if not isinstance(node, (nodes.math, nodes.math_block)):
                continue
            words = [match["words"].strip() for match in _IN_FORMULA.finditer(node.astext())]
            note_use(self.env, claims=[word.partition(" ")[0] for word in words])
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


_KINDS = {
    "proved": "Proved: a machine checks the proof.",
    "computed": "Computed, exactly or by quadrature.",
    "measured": "Measured; rare other draws can differ.",
}
_SHOWN = 3


def in_short(claim: Claim, check: Check) -> str:
    """Return the result of a claim in one line."""
    shown = [part for part in check.parts if part.relation != "yes"][:_SHOWN]
    if claim.kind == "proved" or not shown:
        return claim.kind
    words = [format_result(part, label=len(check.parts) > 1) for part in shown]
    more = len(check.parts) - len(shown)
    return "; ".join(words) + (f"; and {more} more" if more else "")


def _facts(claim: Claim) -> list[tuple[str, str]]:
    facts = [("assumes", "; ".join(claim.assumes))] if claim.assumes else []
    if claim.over:
        facts.append(("tried on", claim.over))
    return [*facts, ("evidence", _KINDS[claim.kind]), ("source", _source_text(claim.source))]


def _row(cells: Iterable[str], *, tag: type[nodes.Element] = nodes.entry) -> nodes.row:
    return nodes.row("", *(tag("", nodes.paragraph("", text)) for text in cells))


def _table(parts: Iterable[Part]) -> nodes.table:
    """Return the parts of a check, a row each."""
    table = nodes.table(classes=["claim-parts"])
    group = nodes.tgroup(cols=4)
    group += [nodes.colspec(colwidth=width) for width in (40, 20, 20, 20)]
    group += nodes.thead("", _row(("", "theory", "observed", "tolerance")))
    body = nodes.tbody()
    for part in parts:
        if part.relation == "yes":
            body += _row((part.label, "yes", "yes" if part.observed else "no", "exact"))
            continue
        unit = f" {part.unit}" if part.unit else ""
        error = f" ± {format_number(part.error, '.2g')}" if part.error else ""
        exact = (
            part.because
            if not part.tolerance
            else (f"{format_number(part.tolerance, '.2g')}: {part.because}")
        )
        body += _row(
            (
                part.label,
                f"{RELATIONS[part.relation]}{format_number(part.theory)}{unit}",
                f"{format_observed(part)}{error}{unit}",
                exact,
            )
        )
    group += body
    table += group
    return table


class ClaimDirective(SphinxDirective):
    """The box of one claim, and the target of every link to it."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the box: the sentence with its result, and folded all that decides it."""
        id = self.arguments[0]
        if id not in CLAIMS:
            logger.warning("there is no claim %r", id, location=self.get_location(), type="claim")
            return []
        claim, check = CLAIMS[id], results_of(self.env.app)[id]
        names = [id, *(old for old, new in RETIRED.items() if new == id)]
        box = claim_box(claim_id=id, ids=[nodes.make_id(f"claim-{name}") for name in names])
        self.state.document.note_explicit_target(box)
        standard = cast(StandardDomain, self.env.get_domain("std"))
        for name, node_id in zip(names, box["ids"], strict=True):
            standard.note_object("claim", name, node_id, location=box)
            # A label as well: another book knows no role for claims, but every Sphinx knows labels.
            standard.anonlabels[node_id] = self.env.docname, node_id
            standard.labels[node_id] = self.env.docname, node_id, name
        box += nodes.paragraph("", claim.sentence, classes=["claim-sentence"])
        # The fold says "proved"; numbers beside a proof would only seem to be its evidence.
        if (result := in_short(claim, check)) != claim.kind:
            box += nodes.paragraph("", result, classes=["claim-result"])
        more = claim_more(claim_id=id)
        more += _table(check.parts)
        text = "\n".join(f"{term}\n: {fact}\n" for term, fact in _facts(claim)).splitlines()
        self.state.nested_parse(
            StringList(text, self.get_source_info()[0]), self.content_offset, more
        )
        next(more.findall(nodes.definition_list))["classes"].append("claim-facts")
        box += more
        note_use(self.env, claims=[id])
        return [box]


class ClaimsListDirective(SphinxDirective):
    """The list of all claims: result, source, and the page that argues each."""

    def run(self) -> list[nodes.Node]:
        """Parse the citations now; the pages are known when all is read."""
        self.env.metadata[self.env.docname][_LIST] = True
        note_use(self.env, claims=CLAIMS, every_claim=True)
        holder = claims_list()
        for claim in CLAIMS.values():
            cell = nodes.container(claim_id=claim.id)
            self.state.nested_parse(StringList([_source_text(claim.source)], ""), 0, cell)
            holder += cell
        return [holder]


def _home_of(env: BuildEnvironment, id: str) -> tuple[str, str] | None:
    return cast(StandardDomain, env.get_domain("std")).objects.get(("claim", id))


def _in_reading_order(env: BuildEnvironment, cells: Iterable[nodes.Element]) -> list[nodes.Element]:
    pages = {page: place for place, page in enumerate(env.collect_relations())}

    def place(cell: nodes.Element) -> int:
        home = _home_of(env, cell["claim_id"])
        return pages.get(home[0], len(pages)) if home else len(pages)

    return sorted(cells, key=place)


def _fill_list(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    for holder in list(doctree.findall(claims_list)):
        chapters: dict[str, claims_chapter] = {}
        cells = [cell for cell in holder.children if isinstance(cell, nodes.Element)]
        for cell in _in_reading_order(app.env, cells):
            id = cell["claim_id"]
            claim, check = CLAIMS[id], results_of(app)[id]
            home = _home_of(app.env, id)
            if home is None:
                logger.warning("no page argues claim %s", id, location=docname, type="claim")
                continue
            title = app.env.titles[home[0]].astext()
            chapter = chapters.setdefault(home[0], claims_chapter(title=title, claim_ids=[]))
            chapter["claim_ids"].append(id)
            entry = nodes.container(classes=["claims-entry"])
            link = make_refnode(app.builder, docname, *home, nodes.literal("", id))
            entry += nodes.paragraph("", "", link, nodes.Text(" " + claim.sentence))
            entry += nodes.paragraph("", in_short(claim, check), classes=["claim-result"])
            entry += _table(check.parts)
            facts = nodes.paragraph("", "", classes=["claims-facts"])
            for term, fact in _facts(claim)[:-1]:
                facts += nodes.Text(f"{term}: {fact.rstrip('.')}; ")
            facts += nodes.Text("source: ")
            for paragraph in cell.children:
                facts.extend(paragraph.children)
            facts += nodes.Text(".")
            entry += facts
            chapter += entry
        holder.replace_self(list(chapters.values()))


def _note_reading(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    vars(app)["offcenter_has_read"] = bool(docnames)


def _list_follows_pages(app: Sphinx, env: BuildEnvironment) -> Iterable[str]:
    # The list says where each claim is argued, so it is written anew when any page was read.
    if not vars(app)["offcenter_has_read"]:
        return []
    return [name for name, known in env.metadata.items() if _LIST in known]


def _visit_box(self: HTML5Translator, node: claim_box) -> None:
    # Any: to a checker, an attribute in keywords could be the parameter `empty`.
    label: dict[str, Any] = {"aria-label": "Claim", "role": "group"}
    self.body.append(self.starttag(node, "div", CLASS="claim", **label))
    self.body.append('<span class="claim-mark" aria-hidden="true">✓</span>')


def _depart_box(self: HTML5Translator, node: claim_box) -> None:
    self.body.append("</div>\n")


def _visit_more(self: HTML5Translator, node: claim_more) -> None:
    kind = CLAIMS[node["claim_id"]].kind
    self.body.append(f'<details class="claim-more"><summary>{kind}')
    self.body.append(f" <code>{node['claim_id']}</code></summary>")


def _depart_more(self: HTML5Translator, node: claim_more) -> None:
    self.add_permalink_ref(node.parent, "Link to this claim")
    self.body.append("</details>\n")


def _visit_chapter(self: HTML5Translator, node: claims_chapter) -> None:
    kinds = Counter(CLAIMS[id].kind for id in node["claim_ids"])
    counts = ", ".join(f"{kinds[kind]}&#160;{kind}" for kind in get_args(Kind) if kinds[kind])
    self.body.append(f'<details class="claims-chapter"><summary>{self.encode(node["title"])}')
    self.body.append(f' <span class="claims-count">{counts}</span></summary>\n')


def _depart_chapter(self: HTML5Translator, node: claims_chapter) -> None:
    self.body.append("</details>\n")


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the claim object type, its directives and roles."""
    # sphinx-exercise registers its nodes for "singlehtml" by name, so that builder no longer falls
    # back on "html": every node needs both.
    box = (_visit_box, _depart_box)
    more = (_visit_more, _depart_more)
    app.add_node(claim_box, html=box, singlehtml=box)
    chapter = (_visit_chapter, _depart_chapter)
    app.add_node(claim_more, html=more, singlehtml=more)
    app.add_node(claims_chapter, html=chapter, singlehtml=chapter)
    app.add_object_type("claim", "claim", ref_nodeclass=nodes.literal)
    app.add_directive_to_domain("std", "claim", ClaimDirective, override=True)
    app.add_directive("claims", ClaimsListDirective)
    app.add_role("value", ValueRole())
    app.add_transform(ValuesInFormulas)
    app.connect("env-before-read-docs", _note_reading)
    app.connect("env-updated", _list_follows_pages)
    app.connect("doctree-resolved", _fill_list)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
