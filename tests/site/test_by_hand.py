"""What readers do with the keyboard alone, what they hear, and what they paste."""

from __future__ import annotations

import pytest

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
        page.wait_for_url("**/search.html?q=dead+relu")
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


def test_the_search_says_how_many_it_found_and_how_many_of_them_it_lists(visit) -> None:
    with visit("search.html?q=mean") as page:
        listed = page.locator("ul.search a").count()
        said = page.locator("#search-status").text_content()
        page.goto(page.url.replace("q=mean", "q=kaczmarz"))
        fewer = page.locator("ul.search a").count()
        briefly = page.locator("#search-status").text_content()
    found = int(said.partition(" ")[0])
    assert found > listed
    assert said == f"{found} found, the first {listed} are here."
    assert 0 < fewer < listed
    assert "the first" not in briefly


# Types a word and presses the arrow in one turn, before any delayed search can have run.
FAST = """() => {
  const field = document.querySelector("form.search input");
  field.value = "dead relu";
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  field.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true }));
}"""


def test_the_arrows_lead_fast_fingers_into_the_list_that_stays(visit) -> None:
    with visit("search.html") as page:
        page.locator("form.search input").wait_for()
        page.evaluate(FAST)
        page.wait_for_url("**/search.html?q=dead+relu")
        page.wait_for_timeout(300)
        first = page.locator("ul.search a").first.text_content()
        assert page.evaluate(FOCUS) == first


def test_a_claim_is_pasted_with_each_fact_on_a_line(visit) -> None:
    with visit("book/zigzag.html") as page:
        pasted = page.evaluate(PASTED, "#claim-zigzag-overshoot")
        facts = page.locator("#claim-zigzag-overshoot .claim-facts > div").all_text_contents()
    lines = pasted.splitlines()
    assert len(facts) > 2
    assert all(fact in lines for fact in facts)
    assert "✓" not in pasted
    assert "#" not in pasted


@pytest.mark.parametrize(
    ("page_of", "name", "question", "caption"),
    [
        ("signs", "signs-neuron", "", "Three examples of one unit"),
        ("fisher", "fisher-two-paths", "Guess first.", "Two methods on one logistic unit"),
    ],
)
def test_a_figure_is_pasted_as_its_words_and_its_caption(
    visit, page_of, name, question, caption
) -> None:
    with visit(f"book/{page_of}.html") as page:
        pasted = page.evaluate(PASTED, f"#fig-{name}")
        said = page.locator(f"#fig-{name} svg").first.get_attribute("aria-label")
    # What is asked first stands first, with its two answers.
    assert pasted.startswith(question or said)
    assert said in pasted.splitlines()
    assert caption in pasted.partition(said)[2]
    assert "Play" not in pasted


def test_an_exercise_is_pasted_without_its_check(visit) -> None:
    with visit("book/zigzag.html") as page:
        pasted = page.evaluate(PASTED, ".practice:has(.check)")
    assert "Hint" in pasted
    assert "Check" not in pasted


def test_headings_are_called_by_their_words_alone(visit) -> None:
    with visit("book/zigzag.html") as page:
        headings = page.get_by_role("heading")
        assert headings.count() > 10
        assert page.get_by_role("heading", name="2.1. The answer", exact=True).count() == 1
        assert page.get_by_role("heading", name="Link to this").count() == 0


def test_what_leads_to_a_formula_is_printed_above_it(visit) -> None:
    with visit("book/zigzag.html") as page:
        page.emulate_media(media="print")
        leads = page.evaluate(
            """[...document.querySelectorAll("main p")]
               .filter(p => p.nextElementSibling?.matches(".math-block"))
               .map(p => getComputedStyle(p).breakAfter)"""
        )
    assert set(leads) == {"avoid"}


WATCHED = """() => {
  globalThis.measured = [];
  const own = Object.getOwnPropertyDescriptor(Element.prototype, "scrollWidth"), { get } = own;
  globalThis.unwatch = () => Object.defineProperty(Element.prototype, "scrollWidth", own);
  Object.defineProperty(Element.prototype, "scrollWidth", { configurable: true, get() {
    if (this.closest("details:not([open])")) measured.push(this.className);
    return get.call(this);
  } });
}"""
FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


def test_nothing_folded_is_measured_and_what_opens_wide_can_be_reached(visit) -> None:
    # To measure what is folded, a browser lays it out: phones were blocked for a third of a second.
    with visit("book/networks.html", width=340) as page:
        page.evaluate(WATCHED)
        page.set_viewport_size({"width": 320, "height": 800})
        page.evaluate(FRAMES)
        assert page.evaluate("measured") == []
        page.evaluate("document.querySelectorAll('main details').forEach(d => { d.open = true; })")
        page.evaluate(FRAMES)
        boxes = page.evaluate(
            """[...document.querySelectorAll("main :is(.table-scroll, .math-scroll, pre)")]
               .map(box => [box.scrollWidth > box.clientWidth, box.tabIndex === 0])"""
        )
        page.evaluate("unwatch()")
    assert any(wide for wide, _ in boxes)
    assert all(wide == reached for wide, reached in boxes)
