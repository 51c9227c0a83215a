"""The record of the spectrum of a language model: the matrices it stands for, and its words."""

import numpy as np
import pytest

from offcenter.figures import draw
from offcenter.figures.today_spectrum import spectrum_data
from offcenter.today import PLACES, places

FOUND = {place.name: place.activations for place in places()}
# Half of what the last digit of a percentage shows.
SHOWN = 0.0005


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("mean", [0.0, 0.1, 0.3, 0.5, 0.75, 1.0])
def test_the_bars_are_the_eigenvalues_of_what_is_left(place, mean):
    x = FOUND[place]
    left = x - (1 - mean) * x.mean(axis=0)
    M, whole = left.T @ left, np.sum(x**2)
    values, vectors = (part[..., ::-1][..., :12] for part in np.linalg.eigh(M / whole))
    record = spectrum_data(place=place, mean=mean)
    np.testing.assert_allclose(record.values, values, atol=SHOWN / 2)
    mu = mean * x.mean(axis=0)
    added = (vectors.T @ mu) ** 2 * len(x) / whole
    # What two eigenvalues share that are nearly equal is theirs together.
    np.testing.assert_allclose(np.cumsum(record.parts), np.cumsum(added), atol=2 * SHOWN)


@pytest.mark.parametrize("place", PLACES)
def test_the_three_numbers_are_the_whole_trace(place):
    x = FOUND[place]
    mu, whole = x.mean(axis=0), np.sum(x**2)
    record = spectrum_data(place=place)
    assert record.share == pytest.approx(len(x) * mu @ mu / whole, abs=SHOWN / 2)
    assert 1 - record.share == pytest.approx(np.sum((x - mu) ** 2) / whole, abs=SHOWN / 2)
    left = x - (1 - record.mean) * mu
    taken = 1 - np.sum(left**2) / whole
    assert (1 - record.mean**2) * record.share == pytest.approx(taken, abs=SHOWN / 2)


@pytest.mark.parametrize("place", PLACES)
def test_each_eigenvalue_without_the_mean_lies_between_two_neighbors_of_the_old(place):
    record = spectrum_data(place=place)
    assert (record.centered <= record.raw + SHOWN).all()
    assert (record.centered[:-1] >= record.raw[1:] - SHOWN).all()


def test_the_words_say_all_three_heights_of_the_first_bar():
    record = spectrum_data()
    alt = draw("today-spectrum").alt
    for value in (record.values[0], record.raw[0], record.centered[0]):
        assert f"{100 * value:.1f}\N{NO-BREAK SPACE}%" in alt


def test_the_first_bar_is_the_means_and_half_of_it_adds_a_quarter():
    record = spectrum_data(mean=1.0)
    assert record.parts[0] > 0.97 * record.values[0]
    assert record.raw[0] > 20 * record.raw[1]
    half = spectrum_data(mean=0.5)
    assert half.parts[0] == pytest.approx(record.parts[0] / 4, rel=0.02)
