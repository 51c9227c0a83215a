"""Computed numbers are set as people write them."""

import pytest

from offcenter_site.pages.numbers import format_number, format_side


@pytest.mark.parametrize(
    ("value", "spec", "text"),
    [
        (3, "", "3"),
        (3.0, "", "3"),
        (-2.5, "", "−2.5"),
        (0.603123456, "", "0.603123"),
        (0.603123456, ".2f", "0.60"),
        (0.412, ".0%", "41%"),
        (15633.6, ",.0f", "15,634"),
        (8.5e-14, ".1e", "8.5 × 10⁻¹⁴"),
        ("north-west", "", "north-west"),
    ],
)
def test_number_in_prose(value, spec, text):
    assert format_number(value, spec) == text


@pytest.mark.parametrize(
    ("value", "spec", "text"),
    [
        (8.5e-14, ".1e", r"8.5 \times 10^{-14}"),
        (15633.6, ",.0f", "15{,}634"),
        (0.41, ".0%", r"41\%"),
        (-2.5, "", "-2.5"),
    ],
)
def test_number_in_a_formula(value, spec, text):
    assert format_number(value, spec, latex=True) == text


def test_format_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="format"):
        format_number(1.5, "d")


def test_a_side_of_a_claim_fits_in_a_line():
    assert format_side([True, False]) == "yes, no"
    assert format_side(list(range(9))) == "0, 1, 2, 3, 4, 5, 6, 7, … (9 in all)"
