"""What the frame of a page holds: contents, place in the whole, reading time, addresses."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from docutils import nodes
from markupsafe import Markup
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from offcenter_site.theme.classes import without_idle_classes
from offcenter_site.theme.contents import contents, without_headings
from offcenter_site.theme.policy import HEAD_SCRIPT, policy
from offcenter_site.theme.reader_view import with_harmless_names
from offcenter_site.theme.styles import take_styles
from offcenter_site.theme.unbroken import with_breaks_in_names, with_whole_terms

WORDS_A_MINUTE = 200
# A formula takes time that its few symbols do not show.
SECONDS_A_FORMULA = {nodes.math: 2, nodes.math_block: 12}

ICON = Path(__file__).parent / "icon.svg"

# The builders that use the theme; the PDF is printed from the last.
BUILDERS = ("html", "singlehtml")


@dataclass(frozen=True)
class Place:
    """Where a chapter stands, `number` of `of`, and how long it takes."""

    number: int
    of: int
    minutes: int


def reading_minutes(doctree: nodes.document) -> int:
    """Return the reading time of a page in whole minutes: its words, then its formulas.

    Code and the text of figures are not counted.
    """
    words = sum(
        len(text.split())
        for text in doctree.findall(nodes.Text)
        if not isinstance(
            text.parent, (nodes.literal_block, nodes.math, nodes.math_block, nodes.raw)
        )
    )
    seconds = sum(
        cost * sum(1 for _ in doctree.findall(kind)) for kind, cost in SECONDS_A_FORMULA.items()
    )
    return max(1, math.ceil(words / WORDS_A_MINUTE + seconds / 60))


def _chapter_numbers(env: BuildEnvironment) -> dict[str, int]:
    tops = {name: numbers.get("") for name, numbers in env.toc_secnumbers.items()}
    return {name: number[0] for name, number in tops.items() if number and len(number) == 1}


def place_of(env: BuildEnvironment, docname: str, doctree: nodes.document) -> Place | None:
    """Return the place of a page in the whole, or nothing if it is no chapter."""
    numbers = _chapter_numbers(env)
    if docname not in numbers:
        return None
    return Place(numbers[docname], len(numbers), reading_minutes(doctree))


_CELL = re.compile(r"(<t[dh]\b[^>]*>)<p>((?:(?!</?p\b).)*)</p>(</t[dh]>)", re.DOTALL)
# A fact of a claim; within a paragraph it would be copied as one.
_FACT = re.compile(
    r"(<dt>(?:evidence|assumes|tried on|source)</dt>) <dd><p>((?:(?!</?(?:p|dd)\b).)*)</p>\n</dd>",
    re.DOTALL,
)
_TOOLTIP = re.compile(r'(<a class="reference internal"[^>]*?) title="[^"]*"')
_VALUE_OF_ONE_PIECE = re.compile(r'<span class="value">([^<\s]*)</span>')
_PLACE_OF_CITATION = re.compile(r'<span id="(id\d+)">((?:(?!</?span).)*)</span>', re.DOTALL)
_FONT_OF_DRAWING = re.compile(r'(<svg [^>]*?) font-family="[^"]*"')
# A new line that is no part of what it stands in, where lines count.
_LINE_END = re.compile(r"(<(pre|script|style|textarea)\b.*?</\2>)|\s*\n\s*", re.DOTALL)
_LINK_TO_PLACE = re.compile(r'(<a class="headerlink" href="[^"]*") title="([^"]*)">[^<]*</a>')


def _readable(body: str) -> str:
    """Return the text of a page with what Sphinx's writer leaves out for people.

    A permanent link has words for those who hear it, and a wide table a box to scroll in.
    """
    body = without_headings(body)
    # The name of a control is what one sees on it.
    body = body.replace('<summary aria-label="Toggle hidden content">', "<summary>")
    # Docutils gives each entry of a bibliography a role that ARIA has given up.
    body = body.replace('role="doc-biblioentry"', 'role="listitem"')
    # Names and code are no words of a language; a claim's facts are copied with a space between.
    body = re.sub(r"<(code|pre)(?=[ >])", r'<\1 translate="no"', body)
    body = body.replace("</dt><dd>", "</dt> <dd>")
    body = _FACT.sub(r"<div>\1 <dd>\2</dd></div>", body)
    # What a link leads to shows beside it; as a tooltip each work would be sent as often as cited.
    body = _TOOLTIP.sub(r"\1", body)
    body = _LINK_TO_PLACE.sub(r'\1 aria-label="\2">#</a>', body)
    # A cell of one paragraph is a cell of words.
    body = re.sub(r'<tr class="row-(?:odd|even)">', "<tr>", body)
    body = _CELL.sub(r"\1\2\3", body)
    body = re.sub(r"(</t[dhr]>|<tr>|</?thead>|</?tbody>)\n", r"\1", body)
    body = re.sub(
        r"<table\b.*?</table>", r'<div class="table-scroll">\g<0></div>', body, flags=re.S
    )
    # Only a number with spaces in it can break.
    body = _VALUE_OF_ONE_PIECE.sub(r"\1", body)
    # To where a work is cited nothing leads, unless the page says so.
    body = _PLACE_OF_CITATION.sub(lambda m: m[0] if f'#{m[1]}"' in body else m[2], body)
    body = with_harmless_names(with_whole_terms(body))
    # The style of the page says in which face drawings are written.
    body = _FONT_OF_DRAWING.sub(r"\1", body)
    # HTML knows what an SVG is.
    body = body.replace('<svg xmlns="http://www.w3.org/2000/svg"', "<svg")
    # One kind of space packs better than two: the list of examples by 600 bytes.
    body = _LINE_END.sub(lambda found: found[1] or " ", body)
    return with_breaks_in_names(without_idle_classes(body))


def _asset(app: Sphinx, context: dict) -> Callable[[str], str]:
    def address(name: str) -> str:
        # Hosts may keep files for a year, so a new content needs a new address.
        path = Path(app.outdir) / "_static" / name
        if app.builder.name == "singlehtml":
            # It copies its files after its page, which is for printing, not for a host.
            return context["pathto"](f"_static/{name}", 1)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
        return f"{context['pathto'](f'_static/{name}', 1)}?v={digest}"

    return address


def _frame(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None
) -> None:
    if app.builder.name not in BUILDERS:
        return
    body = _readable(context.get("body", ""))
    text = doctree if pagename != app.config.root_doc else None
    # The one long page is for printing.
    listed = contents(app, pagename, of_text=text is not None) if app.builder.name == "html" else ""
    body, style = take_styles(body, pagename, contents=listed, all_rules=doctree is None)
    context |= {
        "csp": policy([style]),
        "head_script": Markup(HEAD_SCRIPT),
        "body": body,
        "style": Markup(style),
        "icon": f"data:image/svg+xml,{quote(ICON.read_text(encoding='utf-8').strip())}",
        "contents": listed,
        "place": place_of(app.env, pagename, text) if text is not None else None,
        "asset": _asset(app, context),
        "indexed": pagename != "404",
    }
    # Docutils writes a second one.
    context["metatags"] = re.sub(
        r'<meta name="viewport"[^>]*>\s*', "", context.get("metatags") or ""
    )


def setup(app: Sphinx) -> dict[str, bool]:
    """Fill the frame of each page, after everything else has said what the page is."""
    app.connect("html-page-context", _frame, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
