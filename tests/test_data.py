"""The digits are the ones that everybody has, and cannot be changed by accident."""

from importlib.resources import files

import numpy as np
import pytest
from sklearn.datasets import load_digits as oracle

from offcenter.data import load_digits


def test_digits_are_scikit_learns_over_sixteen():
    digits, theirs = load_digits(), oracle()
    np.testing.assert_array_equal(digits.inputs * 16, theirs.data)
    np.testing.assert_array_equal(digits.labels, theirs.target)


def test_pixels_go_from_zero_to_one_and_labels_from_zero_to_nine():
    digits = load_digits()
    assert digits.inputs.shape == (1797, 64)
    assert (digits.inputs.min(), digits.inputs.max()) == (0.0, 1.0)
    assert digits.labels.shape == (1797,)
    assert set(digits.labels.tolist()) == set(range(10))


@pytest.mark.parametrize("field", ["inputs", "labels"])
def test_arrays_are_read_only(field):
    with pytest.raises(ValueError, match="read-only"):
        getattr(load_digits(), field)[0] = 0


def test_file_is_small_and_says_where_it_is_from():
    folder = files("offcenter.data")
    assert len(folder.joinpath("digits.npz").read_bytes()) < 100_000
    text = folder.joinpath("digits.txt").read_text(encoding="utf-8")
    for word in ("Alpaydin", "Kaynak", "CC BY 4.0", "scikit-learn"):
        assert word in text


def test_archive_holds_plain_arrays_only():
    with np.load(files("offcenter.data").joinpath("digits.npz"), allow_pickle=False) as archive:
        assert {name: archive[name].dtype for name in archive} == {
            "pixels": np.uint8,
            "labels": np.uint8,
        }
