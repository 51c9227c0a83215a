"""The parts of a check: each sees what it says that it sees, and nothing malformed passes."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offcenter.claims import Check, Claim, ClaimError, at_least, at_most, claim, equal, yes


@pytest.mark.parametrize(
    ("part", "holds"),
    [
        (equal("x", theory=1.0, observed=1.05, tolerance=0.1, because="any"), True),
        (equal("x", theory=1.0, observed=0.85, tolerance=0.1, because="any"), False),
        (equal("x", theory=1.0, observed=1.05, error=0.02), True),
        (equal("x", theory=1.0, observed=1.05, error=0.02, errors=2), False),
        (at_most("x", bound=1.0, observed=0.0, matters=1), True),
        (at_most("x", bound=1.0, observed=1.2, matters=1), False),
        (at_least("x", bound=1.0, observed=2.0, matters=1), True),
        (at_least("x", bound=1.0, observed=0.8, matters=1), False),
        (yes("x", True), True),
        (yes("x", False), False),
    ],
)
def test_a_part_allows_its_tolerance_and_no_more(part, holds):
    assert part.holds is holds
    assert Check(part).holds is holds


@pytest.mark.parametrize("make", [equal, at_most, at_least])
def test_nan_never_holds(make):
    side = "theory" if make is equal else "bound"
    part = make("x", **{side: 1.0}, observed=math.nan, matters=1.0)
    assert not part.holds


def test_one_bad_part_makes_a_check_fail():
    good, bad = equal("a", theory=1, observed=1), equal("b", theory=1, observed=2)
    assert Check(good).holds
    assert not Check(good, bad).holds


@given(st.floats(0.01, 100), st.sampled_from([equal, at_most, at_least]))
def test_a_shift_goes_in_the_direction_that_does_harm(matters, make):
    side = "theory" if make is equal else "bound"
    part = make("x", **{side: 5.0}, observed=5.0, matters=matters)
    assert part.holds
    assert part.shifted
    assert not any(part.holds_at(theory) for theory in part.shifted)


def test_a_shift_that_a_tolerance_hides_is_seen():
    part = equal("x", theory=1.0, observed=1.0, tolerance=0.2, because="any", matters=0.1)
    assert part.holds
    assert all(part.holds_at(theory) for theory in part.shifted)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"theory": True, "observed": 1.0}, TypeError, "use yes"),
        ({"theory": 1.0, "observed": True}, TypeError, "use yes"),
        ({"theory": math.inf, "observed": 1.0}, ValueError, "must be finite"),
        ({"theory": 1.0, "observed": 1.0, "tolerance": 0.1}, ValueError, "because must say why"),
        (
            {"theory": 1.0, "observed": 1.0, "tolerance": 0.1, "because": "b", "error": 0.1},
            ValueError,
            "not both",
        ),
        ({"theory": 0.0, "observed": 0.0}, ValueError, "matters must say"),
        ({"theory": 1.0, "observed": 1.0, "matters": 0.0}, ValueError, "matters must be above 0"),
    ],
)
def test_a_malformed_part_is_refused(arguments, error, words):
    with pytest.raises(error, match=words):
        equal("x", **arguments)


def test_a_check_needs_parts_with_labels_that_differ():
    with pytest.raises(ValueError, match="different labels"):
        Check()
    with pytest.raises(ValueError, match="different labels"):
        Check(yes("a", True), yes("a", True))


def test_a_false_claim_names_itself_and_both_numbers():
    def compute():
        return Check(equal("the sum", theory=3, observed=2), yes("it is odd", True))

    false = Claim("a.b", "Two is three.", "derived here", "computed", (), "", compute)
    with pytest.raises(ClaimError, match=r"a\.b is false: the sum: theory says 3, observed 2"):
        false.check()


@pytest.mark.parametrize(
    ("id", "sentence", "words"),
    [
        ("Signs.One", "A.", "id must be chapter.slug"),
        ("nochapter", "A.", "id must be chapter.slug"),
        ("signs.same-sign", "A.", "is taken"),
        ("a.b", "No stop", "must end with a full stop"),
    ],
)
def test_a_malformed_claim_is_refused(id, sentence, words):
    with pytest.raises(ValueError, match=words):
        claim(id, sentence)


def test_a_kind_of_evidence_that_is_none_is_refused():
    with pytest.raises(ValueError, match="kind must be one of"):
        claim("a.b", "A.", kind="guessed")
    with pytest.raises(TypeError, match="assumes must be a tuple"):
        claim("a.b", "A.", assumes="x")
