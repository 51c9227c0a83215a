"""What the pages of the book say, for tests that hold a sentence against its counterexample."""

from pathlib import Path

BOOK = Path(__file__).resolve().parents[2]
ANSWERS = BOOK / "book" / "answers"


def whole(name: str) -> str:
    """Return the source of an answer, its white space as single blanks."""
    return " ".join((ANSWERS / f"{name}.md").read_text(encoding="utf-8").split())


def before_fold(name: str) -> str:
    """Return what an answer says before its fold."""
    return whole(name).partition("```{answer-fold}")[0]
