"""`make same-numbers` names the words in which two texts differ, with what stands before them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

import same_numbers


def test_words_that_differ_are_named_with_those_before():
    words = "a network of five layers learned the digits in 143 steps of descent"
    assert same_numbers.differences(words, words) == []
    [found] = same_numbers.differences(words, words.replace("143", "136"))
    assert found == "network of five layers learned the digits in [143 | 136]"
