"""What readers do with the keyboard alone, and what they have in hand when they paste."""

from __future__ import annotations

FOCUS = "document.activeElement.textContent || document.activeElement.name"

# What is pasted as text by whoever marked what the selector finds, all folds open.
PASTED = """selector => {
  document.querySelectorAll("main details").forEach(fold => { fold.open = true; });
  const node = document.querySelector(selector), range = document.createRange();
  range.selectNode(node);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
  const clipboardData = new DataTransfer();
  const event = new ClipboardEvent("copy", { clipboardData, bubbles: true, cancelable: true });
  node.dispatchEvent(event);
  return clipboardData.getData("text/plain");
}"""


def test_a_slash_opens_the_search_and_the_arrows_lead_through_what_it_finds(visit) -> None:
    with visit("book/zigzag.html") as page:
        page.keyboard.press("/")
        page.wait_for_url("**/search.html")
        page.keyboard.type("dead relu")
        page.locator("ul.search a").nth(1).wait_for()
        titles = page.locator("ul.search a").all_text_contents()
        page.keyboard.press("ArrowDown")
        assert page.evaluate(FOCUS) == titles[0]
        page.keyboard.press("ArrowDown")
        assert page.evaluate(FOCUS) == titles[1]
        for _ in range(2):
            page.keyboard.press("ArrowUp")
        assert page.evaluate(FOCUS) == "q"
        # In a field a slash is a slash.
        page.keyboard.type("/")
        assert page.locator("form.search input").input_value() == "dead relu/"
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url("**/book/answers/dead-relu.html")


def test_a_claim_is_pasted_with_each_fact_on_a_line(visit) -> None:
    with visit("book/zigzag.html") as page:
        pasted = page.evaluate(PASTED, "#claim-zigzag-overshoot")
        facts = page.locator("#claim-zigzag-overshoot .claim-facts > div").all_text_contents()
    lines = pasted.splitlines()
    assert len(facts) > 2
    assert all(fact in lines for fact in facts)
    assert "✓" not in pasted
    assert "#" not in pasted


def test_a_figure_is_pasted_as_its_words_and_its_caption(visit) -> None:
    with visit("book/fisher.html") as page:
        name = "#fig-fisher-two-paths"
        pasted = page.evaluate(PASTED, name)
        said = page.locator(f"{name} svg").first.get_attribute("aria-label")
    assert pasted.startswith(said)
    assert "Two methods on one logistic unit" in pasted
    assert "Play" not in pasted


def test_an_exercise_is_pasted_without_its_check(visit) -> None:
    with visit("book/zigzag.html") as page:
        pasted = page.evaluate(PASTED, ".practice:has(.check)")
    assert "Hint" in pasted
    assert "Check" not in pasted
