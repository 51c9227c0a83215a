"""The contents beside each page: the parts of the book, their pages, and of this page its sections.

Of pages that name a topic, the topics are listed, and the pages of the one that is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from docutils import nodes
from sphinx.addnodes import compact_paragraph
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.environment.adapters.toctree import document_toc, global_toctree_for_doc

from offcenter_site.pages.answers import topic_id
from offcenter_site.theme.classes import without_idle_classes

# What this page's own entry leads to.
HERE = "#main"


def without_headings(html: str) -> str:
    """Return HTML in which the name of a part is no heading: Sphinx does not say of which level."""
    return html.replace('<p class="caption" role="heading">', '<p class="part">')


def _sections(app: Sphinx, docname: str) -> list[nodes.Node]:
    """Return the list of links to the sections right below the title of a page."""
    toc = document_toc(app.env, docname, app.tags)
    title = toc.next_node(nodes.list_item)
    below = [] if title is None else title.children[1:]
    lists = [node for node in below if isinstance(node, nodes.bullet_list)]
    for section in (item for node in lists for item in node if isinstance(item, nodes.Element)):
        del section.children[1:]
    return [node for node in lists if node.children]


def _link(item: nodes.Element) -> nodes.reference:
    found = item.next_node(nodes.reference)
    assert found is not None, item.pformat()
    return found


def _topics(
    app: Sphinx, names: Mapping[str, str], page: nodes.Element
) -> dict[str, list[nodes.Element]]:
    """Return the entries below that of a page by the topic that each page names."""
    topics: dict[str, list[nodes.Element]] = {}
    for entry in page.findall(nodes.list_item):
        name = names.get(_link(entry)["refuri"])
        if entry is not page and name and (topic := app.env.metadata[name].get("topic")):
            topics.setdefault(topic, []).append(entry)
    return topics


def _by_topic(
    page: nodes.Element, topics: dict[str, list[nodes.Element]], here: str | None
) -> nodes.bullet_list:
    listed = nodes.bullet_list()
    for topic, entries in topics.items():
        address = f"{_link(page)['refuri']}#{topic_id(topic)}"
        link = nodes.reference("", topic, internal=True, refuri=address)
        item = nodes.list_item("", compact_paragraph("", "", link))
        if topic == here:
            item += nodes.bullet_list("", *entries)
        listed += item
    return listed


def contents(app: Sphinx, docname: str, *, of_text: bool) -> str:
    """Return the contents that stand beside a page, as HTML.

    Parameters
    ----------
    app
        Sphinx, with every page read.
    docname
        The page.
    of_text
        Whether it is a page of the book, which has sections.
    """
    # Only builders of HTML ask for the frame of a page.
    builder = cast(StandaloneHTMLBuilder, app.builder)
    tree = global_toctree_for_doc(
        app.env, docname, builder, collapse=True, maxdepth=2, includehidden=True, titles_only=True
    )
    if tree is None:
        return ""
    # What is rendered here belongs to this page alone.
    tree = tree.deepcopy()
    names = {builder.get_relative_uri(docname, name): name for name in app.env.found_docs}
    for page in list(tree.findall(nodes.list_item)):
        topics = _topics(app, names, page)
        is_here = of_text and not _link(page)["refuri"]
        if topics:
            # On the page of the topics they are its sections.
            listed = _by_topic(page, topics, app.env.metadata[docname].get("topic"))
            page[1:] = [] if is_here else [listed]
        if is_here:
            # By hand: with an external table of contents Sphinx's own list ends at the titles
            # of pages, whatever one asks for.
            page[1:1] = _sections(app, docname)
            _link(page)["refuri"] = HERE
    html = without_idle_classes(without_headings(builder.render_partial(tree)["fragment"]))
    # Docutils writes no attribute that it does not know.
    return html.replace(f'<a href="{HERE}"', f'<a href="{HERE}" aria-current="page"')
