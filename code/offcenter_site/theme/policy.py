"""The Content-Security-Policy of the site, as a meta tag and as a header."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable

# The only inline script.  It runs before the first paint, which a request for it would delay:
# the theme that the reader chose, and the math font, which the browser would else decode only when
# it has laid out the first formula, in another font.
HEAD_SCRIPT = (
    "try{document.documentElement.dataset.theme=localStorage.getItem('offcenter-theme')||''}catch{}"
    "document.fonts.load('1em \"Offcenter Math\"')"
)


_ELSE = [
    # The math font and the icon stand in the page.
    "font-src 'self' data:",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
]

# The format that common static hosts read: a path, then its headers.
_HEADERS = """\
/*
  Content-Security-Policy: {policy}
  X-Content-Type-Options: nosniff
  Referrer-Policy: strict-origin-when-cross-origin
  Cross-Origin-Opener-Policy: same-origin
/_static/*
  Cache-Control: public, max-age=31536000
"""


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def policy(styles: Iterable[str]) -> str:
    """Return the policy of a page with these styles in it: its own files, and what it holds."""
    hashes = " ".join(sorted(map(_hash, styles)))
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src 'self' {_hash(HEAD_SCRIPT)}",
            f"style-src 'self' {hashes}".strip(),
            *_ELSE,
        ]
    )


def headers(styles: Iterable[str], alone: Iterable[str] = ()) -> str:
    """Return the headers of a site whose pages have these styles in them.

    No other site may frame what lies at the paths `alone`.  These are named one by one, because
    hosts differ in what they make of two rules for one header: some send both, some the last.
    """
    unframed = "".join(f"{path}\n  X-Frame-Options: DENY\n" for path in alone)
    return _HEADERS.format(policy=policy(styles)) + unframed
