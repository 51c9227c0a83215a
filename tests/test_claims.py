"""Every claim holds, says so in one sentence, and sees the smallest shift that matters."""

import math
import os

import pytest

from offcenter.claims import CLAIMS, RETIRED

MEASURED = [id for id, claim in CLAIMS.items() if claim.kind == "measured"]


@pytest.mark.parametrize("id", CLAIMS)
def test_claim_holds(id):
    result = CLAIMS[id].check()
    for part in result.parts:
        assert math.isfinite(part.observed), part.label
        assert part.label
        assert part.because
    for key, value in result.numbers.items():
        assert type(value) in {int, float, str}, key


@pytest.mark.parametrize("id", CLAIMS)
def test_each_part_fails_at_the_smallest_shift_that_matters(id):
    for part in CLAIMS[id].result().parts:
        seen = [not part.holds_at(theory) for theory in part.shifted]
        assert all(seen), f"{part.label}: a shift by {part.matters:g} is not seen"


# `make seeds` tries twenty.
SEEDS = range(1, 1 + int(os.environ.get("OFFCENTER_SEEDS", "2")))


@pytest.mark.seeds
@pytest.mark.parametrize("id", MEASURED)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_measured_claim_holds_for_other_seeds(id, seed):
    CLAIMS[id].check(seed)


@pytest.mark.parametrize("id", CLAIMS)
def test_sentence_is_one_plain_sentence(id):
    sentence = CLAIMS[id].sentence
    assert sentence[0].isupper() or not sentence[0].isalpha() or sentence[0] in "κρδημφσλ"
    assert "$" not in sentence
    assert "\\" not in sentence
    assert "\n" not in sentence
    assert len(sentence) <= 240


def test_what_took_the_place_of_a_retired_claim_is_there():
    for old, new in RETIRED.items():
        assert old not in CLAIMS
        assert new in CLAIMS
