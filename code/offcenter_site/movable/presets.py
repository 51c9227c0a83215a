"""Links that open a movable figure at one of its presets: ``{preset}`zigzag: diverges` ``."""

from __future__ import annotations

from urllib.parse import urlencode

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole

from offcenter_site.movable.controls import text_of
from offcenter_site.movable.directive import movable, movables, pages_of

logger = logging.getLogger(__name__)


class preset_link(nodes.Inline, nodes.TextElement):
    """A link to a preset, resolved when every page is read."""


class PresetRole(SphinxRole):
    """``name: label`` of a movable figure and of one of its buttons."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Leave a place for the link."""
        name, _, label = (part.strip() for part in self.text.partition(":"))
        node = preset_link(self.rawtext, label, figure=name, label=label)
        self.set_source_info(node)
        return [node], []


def _query(node: preset_link) -> str:
    """Return the state of the preset as an address holds it.

    Raises
    ------
    KeyError
        If there is no such figure or preset.
    """
    figure = movables()[node["figure"]]
    state = {button.label: button.state for button in figure.buttons}[node["label"]]
    return urlencode({f"{figure.name}.{key}": text_of(value) for key, value in state.items()})


def _resolve(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    pages = {name: page for page, names in pages_of(app.env).items() for name in names}
    for node in list(doctree.findall(preset_link)):
        try:
            query, page = _query(node), pages[node["figure"]]
        except KeyError as error:
            logger.warning("there is no movable figure or preset %s", error, location=node)
            node.replace_self(nodes.Text(node["label"]))
            continue
        target = next(
            found["figure"]
            for found in app.env.get_doctree(page).findall(movable)
            if found["name"] == node["figure"]
        )
        # Only the site has figures that move; an EPUB must not even have such an address.
        state = f"?{query}" if app.builder.name == "html" else ""
        address = app.builder.get_relative_uri(docname, page) + state
        words = nodes.inline("", f"the figure of {app.env.titles[page].astext()}: {node['label']}")
        link = nodes.reference("", "", words, internal=True, refuri=f"{address}#{target}")
        node.replace_self(link)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the role."""
    app.add_role("preset", PresetRole())
    app.connect("doctree-resolved", _resolve)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
