"""Names that a browser's reader view takes for those of comments and of buttons that share.

Mozilla's Readability drops what has a name such as "comments" or "share", so sections, boxes and
terms with such a name give it to an empty element within: links still lead there.
"""

from __future__ import annotations

import re

_NAMED = re.compile(r'<(section|div|dt)\b([^>]*?) id="([^"]+)"([^>]*)>')
_DROPPED = re.compile(
    r"(?:\b|_)share(?:\b|_)|-ad-|banner|breadcrumbs|comment|community|extra|footer|header|legends"
    r"|menu|related|remark|replies|rss|sidebar|social|sponsor|supplemental|pagination|pager|popup",
    re.IGNORECASE,
)


def _renamed(match: re.Match[str]) -> str:
    tag, before, name, after = match.groups()
    if not _DROPPED.search(name):
        return match[0]
    return f'<{tag}{before}{after}><span id="{name}"></span>'


def with_harmless_names(html: str) -> str:
    """Return the text of a page whose sections, boxes and terms a reader view keeps."""
    return _NAMED.sub(_renamed, html)
