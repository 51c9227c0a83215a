"""What the search knows of a page: its sections, claims, terms and symbols, and its words.

All of it is read off the page's tree once, when the page is read, and kept with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from docutils import nodes
from sphinx.addnodes import desc, desc_name, desc_signature

from offcenter_site.pages.claims import claim_box
from offcenter_site.pages.plain import cut, plain_formula

# An answer's first sentence mostly fits; a hundred excerpts more must still leave the page light.
_LONGEST = 115
# "Not exactly." says nothing alone: up to here a page quotes more, if only a part of a sentence.
_SHORTEST = 60
_SENTENCE = re.compile(r"(?<=[.?!])\s")


@dataclass(frozen=True)
class Entry:
    """One thing that can be found: its kind, its place in the page, its title, and more words."""

    kind: str
    anchor: str
    title: str
    excerpt: str
    keys: str
    text: str


def words_of(node: nodes.Node) -> str:
    """Return the text of a node with its formulas as one would write them in a line."""
    if isinstance(node, (nodes.math, nodes.math_block)):
        return f" {plain_formula(node.astext()) or ''} "
    if isinstance(node, (nodes.raw, nodes.literal_block, nodes.comment, nodes.image)):
        return " "
    if isinstance(node, nodes.Text):
        return str(node)
    joint = "" if isinstance(node, nodes.TextElement) else " "
    return joint.join(map(words_of, node.children))


def clean(text: str) -> str:
    """Return text in one line."""
    return re.sub(r"\s+([,.;:?!)])", r"\1", re.sub(r"\s+", " ", text)).strip()


def shortened(text: str, least: int = 0) -> str:
    """Return the first sentences of a text, as many as fit, and a part of one up to `least`."""
    kept = ""
    for sentence in _SENTENCE.split(clean(text)):
        whole = f"{kept} {sentence}".strip()
        if kept and len(kept) >= least and len(whole) > _LONGEST:
            break
        kept = whole
    return cut(kept, _LONGEST)


def _opening(section: nodes.Element) -> str:
    """Return the first paragraph of a section, and while this is short, what follows."""
    words = ""
    for child in section.children:
        if isinstance(child, nodes.paragraph) and len(words) < _SHORTEST:
            words = clean(f"{words} {words_of(child)}")
    return words


def _words(section: nodes.Element) -> str:
    return clean(" ".join(map(words_of, section.children)))


def entries_of(doctree: nodes.document, kind: str, keys: str) -> Iterator[Entry]:
    """Give what can be found on a page of the given kind, the page itself first."""
    top = doctree.next_node(nodes.section)
    if top is None:
        return
    for section in doctree.findall(nodes.section):
        heading = section.next_node(nodes.title)
        if heading is None:
            continue
        title = clean(words_of(heading))
        first = section is top
        if first:
            # A page has its words as a whole: by section they would weigh twice as much.
            words = "" if kind == "library" else _words(top)
            excerpt = shortened(_opening(top), _SHORTEST)
            yield Entry(kind, "", title, excerpt, keys, words)
        else:
            inner = "library" if kind == "library" else "section"
            yield Entry(inner, section["ids"][0], title, "", "", "")
    for box in doctree.findall(claim_box):
        sentence = next(box.findall(nodes.paragraph)).astext()
        yield Entry("claim", box["ids"][0], sentence, "", "", "")
    for term in doctree.findall(nodes.term):
        meaning = term.parent.next_node(nodes.definition)
        if not term["ids"] or meaning is None:
            continue
        yield Entry(
            "term", term["ids"][0], clean(words_of(term)), shortened(words_of(meaning)), "", ""
        )
    if kind == "notation":
        for row in doctree.findall(nodes.row):
            if isinstance(row.parent, nodes.tbody) and len(row.children) > 1:
                symbol, meaning = (clean(words_of(cell)) for cell in row.children[:2])
                yield Entry("symbol", "", symbol, shortened(meaning), "", "")
    for entry in doctree.findall(desc):
        name, signature = entry.next_node(desc_name), entry.next_node(desc_signature)
        if name is not None and signature is not None and signature.get("ids"):
            yield Entry("library", signature["ids"][0], name.astext(), "", "", "")
