"""Every claim holds, says so in one sentence, and leaves little room: its tolerance is small."""

import math

import numpy as np
import pytest

from offcenter.claims import CLAIMS, Check, Claim, ClaimError, claim


@pytest.mark.parametrize("id", CLAIMS)
def test_claim_holds(id):
    result = CLAIMS[id].check()
    assert np.isfinite(np.asarray(result.expected, dtype=float)).all()
    assert np.isfinite(np.asarray(result.observed, dtype=float)).all()
    assert math.isfinite(result.tolerance)
    assert result.tolerance >= 0
    assert result.reason
    for key, value in result.numbers.items():
        assert type(value) in {int, float, str}, key


@pytest.mark.parametrize("id", CLAIMS)
def test_tolerance_is_a_small_part_of_what_is_claimed(id):
    result = CLAIMS[id].compute()
    size = np.abs(np.asarray(result.expected, dtype=float)).max() or 1.0
    assert result.tolerance <= 0.15 * size


@pytest.mark.parametrize("id", CLAIMS)
def test_sentence_is_one_plain_sentence(id):
    sentence = CLAIMS[id].sentence
    assert sentence[0].isupper() or not sentence[0].isalpha() or sentence[0] in "κρδημφσλ"
    assert "$" not in sentence
    assert "\\" not in sentence
    assert "\n" not in sentence
    assert len(sentence) <= 240


@pytest.mark.parametrize("relation", ["equal", "at most", "at least"])
def test_nan_never_holds(relation):
    assert not Check(1.0, math.nan, 1.0, "any", relation).holds


@pytest.mark.parametrize(
    ("relation", "observed", "holds"),
    [
        ("equal", 1.05, True),
        ("equal", 0.85, False),
        ("at most", 0.0, True),
        ("at most", 1.2, False),
        ("at least", 2.0, True),
        ("at least", 0.8, False),
    ],
)
def test_relations_allow_the_tolerance_and_no_more(relation, observed, holds):
    assert Check(1.0, observed, 0.1, "any", relation).holds is holds


def test_one_bad_entry_makes_an_array_fail():
    assert Check([1.0, 2.0], [1.0, 2.0], 0.0, "exact").holds
    assert not Check([1.0, 2.0], [1.0, 2.1], 0.0, "exact").holds


def test_shapes_must_agree():
    with pytest.raises(ValueError, match="must have one shape"):
        Check([1.0, 2.0], 1.0, 0.0, "exact").holds  # noqa: B018


def test_a_false_claim_names_itself_and_both_numbers():
    false = Claim("a.b", "Two is three.", "derived here", lambda: Check(3, 2, 0, "exact"))
    with pytest.raises(ClaimError, match=r"a\.b is false: theory says 3, observed 2"):
        false.check()


@pytest.mark.parametrize(
    ("id", "sentence", "words"),
    [
        ("Signs.One", "A.", "id must be chapter.slug"),
        ("nochapter", "A.", "id must be chapter.slug"),
        (next(iter(CLAIMS), "a.b"), "A.", "is taken"),
        ("a.b", "No stop", "must end with a full stop"),
    ],
)
def test_a_malformed_claim_is_refused(id, sentence, words):
    with pytest.raises(ValueError, match=words):
        claim(id, sentence)
