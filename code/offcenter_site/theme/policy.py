"""The Content-Security-Policy of the site, as a meta tag and as a header."""

from __future__ import annotations

import base64
import hashlib

# The only inline script.  It runs before the first paint, which a request for it would delay:
# the theme that the reader chose, and the math font, which the browser would else decode only when
# it has laid out the first formula, in another font.
HEAD_SCRIPT = (
    "try{document.documentElement.dataset.theme=localStorage.getItem('offcenter-theme')||''}catch{}"
    "document.fonts.load('1em \"Offcenter Math\"')"
)


def _source(script: str) -> str:
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


# In the order of the standard; `frame-ancestors` counts only in a header.
META_POLICY = "; ".join(
    [
        "default-src 'self'",
        f"script-src 'self' {_source(HEAD_SCRIPT)}",
        # The math font is in the style sheet, the icon in the page.
        "font-src 'self' data:",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    ]
)
HEADER_POLICY = f"{META_POLICY}; frame-ancestors 'none'"

# The format that common static hosts read: a path, then its headers.
HEADERS = f"""\
/*
  Content-Security-Policy: {HEADER_POLICY}
  X-Content-Type-Options: nosniff
  Referrer-Policy: strict-origin-when-cross-origin
  Cross-Origin-Opener-Policy: same-origin
/_static/*
  Cache-Control: public, max-age=31536000
"""
