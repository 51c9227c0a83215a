"""The Content-Security-Policy of the site, as a meta tag and as a header."""

from __future__ import annotations

import base64
import hashlib

# The only inline script: it must run before the first paint, and a request for it would delay that.
THEME_SCRIPT = (
    "try{document.documentElement.dataset.theme=localStorage.getItem('offcenter-theme')||''}catch{}"
)


def _source(script: str) -> str:
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


# In the order of the standard; `frame-ancestors` counts only in a header.
META_POLICY = "; ".join(
    [
        "default-src 'self'",
        f"script-src 'self' {_source(THEME_SCRIPT)}",
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
