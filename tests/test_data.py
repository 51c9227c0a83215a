"""The digits are the ones that everybody has, and cannot be changed by accident."""

from importlib.resources import files

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer as cancer_oracle
from sklearn.datasets import load_digits as oracle
from sklearn.datasets import load_wine as wine_oracle

from offcenter.data import load_breast_cancer, load_digits, load_wine


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


@pytest.mark.parametrize(
    ("ours", "theirs"), [(load_breast_cancer, cancer_oracle), (load_wine, wine_oracle)]
)
def test_tables_are_scikit_learns(ours, theirs):
    table, oracle = ours(), theirs()
    np.testing.assert_array_equal(table.features, oracle.data)
    np.testing.assert_array_equal(table.labels, oracle.target)
    assert table.features.min() >= 0
    with pytest.raises(ValueError, match="read-only"):
        table.features[0] = 0


@pytest.mark.parametrize(
    ("name", "words"), [("breast_cancer", ("Wolberg", "C5DW2B")), ("wine", ("Forina", "C5PC7J"))]
)
def test_files_of_tables_are_small_and_say_where_they_are_from(name, words):
    folder = files("offcenter.data")
    assert len(folder.joinpath(f"{name}.npz").read_bytes()) < 100_000
    text = folder.joinpath(f"{name}.txt").read_text(encoding="utf-8")
    for word in (*words, "CC BY 4.0", "scikit-learn"):
        assert word in text
