"""The theme on a small book of its own: colors, the math font, and what the script adds."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping
from io import BytesIO, StringIO
from pathlib import Path
from types import MappingProxyType

import pytest
import sphinx
from fontTools.ttLib import TTFont
from PIL import Image
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

from offcenter.figures import PALETTE
from offcenter_site.pages.mathml import to_mathml
from offcenter_site.theme.classes import asked_for, without_idle_classes
from offcenter_site.theme.fonts import (
    FONT,
    MissingCharacter,
    characters,
    cut,
    font_face,
    italic,
)
from offcenter_site.theme.heights import heights_in
from offcenter_site.theme.policy import headers, policy
from offcenter_site.theme.publishing import base_path, redirect_page, sitemap
from offcenter_site.theme.styles import STYLE as STYLE_FILE
from offcenter_site.theme.styles import needed, styles_in
from offcenter_site.theme.whole_font import UNITS

STYLE = STYLE_FILE.read_text(encoding="utf-8")

CONF = """
extensions = [
    "myst_parser", "offcenter_site.pages.mathml", "offcenter_site.pages.exercises",
    "offcenter_site.theme", "offcenter_site.search",
]
project, version, language = "Small", "1.0", "en"
html_theme, html_math_renderer = "offcenter", "mathml"
myst_enable_extensions = ["amsmath", "dollarmath"]
numfig = True
html_copy_source = html_show_sourcelink = html_domain_indices = False
"""
PAGES = {
    "index.md": """
# Small

Words for the front.

```{toctree}
:caption: The argument
:numbered:
book/one
book/two
```
""",
    "book/one.md": r"""
(one)=
# One

The gradient $\delta x$ stands before {eq}`eq-energy`, and {ref}`ex-one` after it.
There is [a passage](#far) too, and a link to [the next page](two.md).

```{math}
:label: eq-energy
\frac{a}{b} = x^2 + \sqrt{y}
```

```python
def double(x):
    return 2 * x
```

| a very wide table | with columns | that do not fit | a narrow screen | at all | not even close |
|---|---|---|---|---|---|
| incomprehensibilities | 2.25 | three | 4 | five | sixty-sixth |

(far)=
## Far

What a reader finds far below.

```{exercise}
:label: ex-one
Double it.
```
```{solution} ex-one
:label: sol-one
:class: dropdown
Twice.
```
""",
    "book/two.md": """
# Two

From here one sees {eq}`eq-energy` of the other page.
""",
}


def build(
    folder: Path, extra: str = "", pages: Mapping[str, str | None] = MappingProxyType({})
) -> tuple[Path, str]:
    """Build the small book with more settings and other pages; return its site and the warnings.

    A page whose text is None is left out.
    """
    source, site = folder / "source", folder / "site"
    files = {"conf.py": CONF + extra, **PAGES, **pages}
    for name, text in files.items():
        if text is None:
            continue
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(text, encoding="utf-8")
    warnings = StringIO()
    with docutils_namespace():
        app = Sphinx(source, source, site, folder / "trees", "html", status=None, warning=warnings)
        app.build()
    return site, warnings.getvalue()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    site, warnings = build(tmp_path_factory.mktemp("small"))
    assert warnings == ""
    return site


@pytest.fixture(scope="module")
def small_address(small: Path, hosted) -> Iterator[str]:
    with hosted(small) as url:
        yield url


# What the theme takes the place of, or reaches into, in Sphinx's basic theme.
REPLACED = {
    "genindex.html": "91e8ce0924a7c519",
    "layout.html": "677b8a118e600c5d",
}


@pytest.mark.parametrize("name", sorted(REPLACED))
def test_replaced_file_of_the_basic_theme_is_the_one_that_was_read(name: str) -> None:
    content = (Path(sphinx.__file__).parent / "themes" / "basic" / name).read_bytes()
    assert hashlib.sha256(content).hexdigest()[:16] == REPLACED[name], (
        "read what changed in it, carry that over to the theme, then put the new digest here"
    )


# Colors.


def themes() -> dict[str, dict[str, str]]:
    """Return the colors of each theme, by name."""
    blocks = re.findall(r"color-scheme: (light|dark);(.*?)\n *}", STYLE, re.DOTALL)
    assert [name for name, _ in blocks] == ["light", "dark", "dark"]
    return {
        f"{name}-{place}": dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6});", block))
        for place, (name, block) in enumerate(blocks)
    }


def luminance(color: str) -> float:
    """Return the relative luminance of a color, as WCAG defines it."""
    channels = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colors."""
    low, high = sorted(map(luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", sorted(PALETTE))
@pytest.mark.parametrize("attribute", ["fill", "stroke"])
def test_each_color_of_the_figures_follows_the_theme(name: str, attribute: str) -> None:
    color = PALETTE[name]
    rule = f'figure svg [{attribute}="{color}"] {{ {attribute}: var(--{name}); }}'
    assert rule in STYLE
    assert themes()["light-0"][name] == color


def test_both_ways_to_the_dark_theme_have_the_same_colors() -> None:
    assert themes()["dark-1"] == themes()["dark-2"]
    assert themes()["dark-1"].keys() == themes()["light-0"].keys()


@pytest.mark.parametrize("theme", ["light-0", "dark-1"])
@pytest.mark.parametrize("name", sorted(set(PALETTE) - {"light", "paper"}))
def test_text_in_each_color_has_enough_contrast(name: str, theme: str) -> None:
    colors = themes()[theme]
    assert contrast(colors[name], colors["paper"]) >= 4.5
    assert contrast(colors[name], colors["wash"]) >= 4.5


# The math font.


def font_of(page: str) -> TTFont | None:
    """Return the math font that stands in a page."""
    data = re.search(r"url\(\"data:font/woff2;base64,([^\"]*)\"\)", page)
    return TTFont(BytesIO(base64.b64decode(data[1]))) if data else None


def test_page_brings_the_math_font_with_its_own_characters(page_name: str, site: Path) -> None:
    page = (site / page_name).read_text(encoding="utf-8")
    drawn, font = characters(page), font_of(page)
    if not drawn:
        assert font is None
        return
    assert "MATH" in font
    # The cutter adds the mirror images of some signs.
    assert drawn <= set(map(chr, font.getBestCmap()))
    assert len(font.getBestCmap()) <= len(drawn) + 5


def test_font_of_a_page_is_small_and_the_same_each_time() -> None:
    part = cut(FONT, frozenset("𝑥+1"))
    assert len(part) < 4_000
    assert cut(FONT, frozenset("𝑥+1")) == part
    assert font_face("<p>no formula</p>") == ""


@pytest.mark.parametrize(
    ("radicand", "tall"),
    [
        ("<mi>x</mi>", False),
        ("<msup><mi>x</mi><mn>2</mn></msup>", False),
        ("<mfrac><mi>x</mi><mn>2</mn></mfrac>", True),
        ("<msqrt><mi>x</mi></msqrt>", True),
    ],
)
def test_root_has_the_signs_that_it_needs_and_no_wider_one(radicand: str, tall: bool) -> None:
    found = heights_in(f"<math><msqrt>{radicand}</msqrt></math>")
    font = TTFont(BytesIO(cut(FONT, frozenset("√𝑥2"), heights=found, flavor=None)))
    names = [name for name in font.getGlyphOrder() if font["hmtx"][name][0] > UNITS]
    assert bool(names) is tall


@pytest.mark.parametrize("drawn", ["x+1", "𝑥+1"])
def test_font_of_a_page_says_which_characters_it_has(drawn: str) -> None:
    # A font of plain digits and signs alone needs no table of the far characters.
    part = TTFont(BytesIO(cut(FONT, frozenset(drawn), heights={}, flavor=None)))
    assert set(drawn) <= set(map(chr, part.getBestCmap() or ()))


def test_a_brace_has_all_its_widths() -> None:
    html = to_mathml(r"\underbrace{x + y}_{z}", display=True)
    whole, part = (
        TTFont(BytesIO(cut(FONT, frozenset("⏟"), heights=heights, flavor=None)))
        for heights in (None, heights_in(html))
    )
    sizes = [
        [
            len(sign.MathGlyphVariantRecord)
            for sign in font["MATH"].table.MathVariants.HorizGlyphConstruction
        ]
        for font in (whole, part)
    ]
    assert sizes[0] == sizes[1] != []


def sizes_of(html: str) -> tuple[int, bool]:
    """Return how many sizes of its parenthesis a page's font has, and whether pieces for more."""
    whole = cut(FONT, frozenset("()"), heights=heights_in(html), flavor=None)
    [left, _] = TTFont(BytesIO(whole))["MATH"].table.MathVariants.VertGlyphConstruction
    return len(left.MathGlyphVariantRecord), left.GlyphAssembly is not None


def test_a_parenthesis_is_as_large_as_what_it_holds() -> None:
    fixed = to_mathml("(x)", display=True)
    fraction = to_mathml(r"\left(\frac xy\right)", display=True)
    two, five = (
        to_mathml(rf"\begin{{pmatrix}}{rows}\end{{pmatrix}}", display=True)
        for rows in (r"x\\y", r"x\\y\\z\\u\\v")
    )
    assert heights_in(fixed).get("(") is None
    assert 2 < max(heights_in(fraction)["("]) < max(heights_in(five)["("])
    assert sizes_of(fixed) == (1, False)
    assert sizes_of(fraction)[0] > 1
    assert sizes_of(five) == (1, True)
    # Of the sizes between nothing asks for any.
    assert sizes_of(two)[0] < 7
    assert max(sizes_of(fraction), sizes_of(two)) < sizes_of(fraction + two) < (13, False)


def test_a_page_has_the_styles_of_what_is_in_it_and_of_what_may_come() -> None:
    plain = needed(STYLE, "<main><p>Words.</p></main>")
    assert "#search-status" not in plain
    assert ".claim-mark" not in plain
    assert ".preview" in plain
    assert ".ticks .here" in plain  # in the frame
    assert "h1," in plain.replace(" ", "")
    assert "#search-status" in needed(STYLE, '<p id="search-status"></p>')
    # In a preview.
    assert ".claim-facts" in needed(STYLE, '<a href="signs.html#claim-signs-flip">flip</a>')
    assert 'fill="#00704f"' in needed(STYLE, '<a href="signs.html?x=1#fig-signs">figure</a>')
    assert needed("a.sig, .sig-name{x:y}b{}", "") == "b{}"
    assert needed("a.sig, i{x:y}@media print{.sig{x:y}}", "") == "a.sig, i{x:y}"
    assert needed("p:not(.moved) > a{x:y}", "") == "p:not(.moved) > a{x:y}"


def test_character_that_the_math_font_lacks_is_told(tmp_path: Path) -> None:
    with pytest.raises(MissingCharacter, match=r"math\.ttf has no ☃: add it in whole_font\.py"):
        cut(FONT, frozenset("☃"))
    _, warnings = build(tmp_path, pages={"book/two.md": "# Two\n\nA snowman: $☃$.\n"})
    assert "has no ☃" in warnings
    assert "two" in warnings


def test_letter_of_a_formula_is_looked_up_as_browsers_draw_it() -> None:
    import unicodedata

    for letter in "aZαΩ∂ϕ":
        drawn = unicodedata.name(italic(letter))
        assert "MATHEMATICAL ITALIC" in drawn
        assert unicodedata.normalize("NFKC", italic(letter)) in (
            letter,
            unicodedata.normalize("NFKC", letter),
        )
    assert italic("h") == "ℎ"
    assert characters("<p>no</p><math><mi>x</mi><mi>max</mi><mo>&lt;</mo></math>") == set("𝑥max<")
    assert characters('<math><mi mathvariant="normal">x</mi></math>') == {"x"}
    assert characters("<math><msqrt><mn>2</mn></msqrt></math>") == {"2", "√"}


# What the script adds.


def test_choice_of_a_theme_stays_and_gives_way_to_the_system_again(reader, small_address) -> None:
    paper = "getComputedStyle(document.body).backgroundColor"
    with reader.open(f"{small_address}/book/one.html") as page:
        button = page.locator(".theme-button")
        assert button.get_attribute("aria-label") == "Dark theme"
        light = page.evaluate(paper)
        other = page.context.new_page()
        other.goto(f"{small_address}/book/two.html")
        button.click()
        assert page.evaluate(paper) != light
        assert button.get_attribute("aria-label") == "Light theme"
        # Another tab follows.
        other.wait_for_function("document.documentElement.dataset.theme === 'dark'")
        assert other.locator(".theme-button").text_content() == "Light"
        other.close()
        page.goto(f"{small_address}/book/two.html")
        assert page.evaluate(paper) != light
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"
        button.click()
        assert page.evaluate(paper) == light
        assert page.evaluate("localStorage.length") == 0


# What a reader pastes after having marked what the selector finds.
PASTED = """selector => {
  const node = document.querySelector(selector);
  getSelection().selectAllChildren(node);
  const event = new ClipboardEvent("copy", {
    clipboardData: new DataTransfer(), bubbles: true, cancelable: true,
  });
  const taken = !node.dispatchEvent(event);
  return taken ? event.clipboardData.getData("text/plain") : null;
}"""


def test_copied_formulas_are_tex(reader, small_address) -> None:
    with reader.open(f"{small_address}/book/one.html") as page:
        block = page.evaluate(PASTED, ".math-block")
        tex = page.locator(".math-block math").first.get_attribute("alttext")
        assert tex
        assert f"$${tex}$$" in block
        assert page.evaluate(PASTED, "h1 + p") is None or "$" in page.evaluate(PASTED, "h1 + p")
        assert page.complaints == []


def test_contents_mark_the_section_in_view(reader, small_address) -> None:
    with reader.open(f"{small_address}/book/one.html") as page:
        links = page.locator("#contents [aria-current=page] ~ ul a")
        # Room enough for the section to come to the top.
        page.evaluate("document.querySelector('main').style.paddingBottom = '100vh'")
        page.evaluate("scrollTo(0, 0)")
        page.evaluate(
            "id => document.querySelector(id).scrollIntoView()", links.first.evaluate("a => a.hash")
        )
        page.locator("#contents ul a[aria-current=location]").wait_for()
        assert page.locator("#contents [aria-current=location]").count() == 1


def test_print_is_dark_on_white_whatever_the_theme(reader, small_address) -> None:
    with reader.open(f"{small_address}/book/one.html", dark=True) as page:
        page.emulate_media(media="print", color_scheme="dark")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == (
            "rgb(255, 255, 255)"
        )
        assert page.locator("nav:visible, header.top:visible").count() == 0


def test_pointing_at_a_reference_shows_what_it_names(reader, small_address) -> None:
    with reader.open(f"{small_address}/book/one.html") as page:
        preview = page.locator("#preview")
        for link, shown in {
            "(1.1)": "math",
            "Exercise 1.1": ".exercise",
            "a passage": "h2",
        }.items():
            page.locator("main").get_by_role("link", name=link, exact=True).first.hover()
            preview.locator(shown).wait_for(state="visible")
            page.mouse.move(5, 500)
            preview.wait_for(state="hidden")
        assert page.complaints == []


def test_preview_can_be_pointed_at_and_escaped(reader, small_address) -> None:
    with reader.open(f"{small_address}/book/one.html") as page:
        preview = page.locator("#preview")
        page.locator("main").get_by_role("link", name="(1.1)").hover()
        preview.wait_for(state="visible")
        preview.hover()
        page.wait_for_timeout(400)
        assert preview.is_visible()
        page.keyboard.press("Escape")
        preview.wait_for(state="hidden")


def tab_to(page, link) -> None:
    for _ in range(30):
        page.keyboard.press("Tab")
        if link.evaluate("link => link === document.activeElement"):
            return
    pytest.fail("Tab never comes to the link")


def test_keyboard_alone_shows_a_preview_from_another_page(reader, small_address) -> None:
    with reader.open(f"{small_address}/book/two.html") as page:
        link = page.locator("main").get_by_role("link", name="(1.1)")
        tab_to(page, link)
        page.locator("#preview math").wait_for(state="visible")
        assert link.get_attribute("aria-describedby") == "preview"
        page.keyboard.press("Tab")
        page.locator("#preview").wait_for(state="hidden")


def test_preview_of_another_pages_formula_has_its_letters(reader, small_address) -> None:
    with reader.open(f"{small_address}/book/two.html") as page:
        faces = "[...document.fonts].map(face => face.family.replaceAll('\"', ''))"
        assert page.evaluate(faces) == []
        page.locator("main").get_by_role("link", name="(1.1)").hover()
        page.locator("#preview math").wait_for(state="visible")
        assert page.evaluate(faces) == ["Offcenter Preview"]
        assert page.complaints == []


def test_key_after_a_tap_follows_the_link_at_once(reader, small_address) -> None:
    with reader.open(
        f"{small_address}/book/two.html", width=360, has_touch=True, is_mobile=True
    ) as page:
        page.locator("h1").tap()
        page.locator("main").get_by_role("link", name="(1.1)").press("Enter")
        page.wait_for_url("**/one.html#equation-eq-energy")


def test_first_tap_on_a_reference_goes_there(reader, small_address) -> None:
    with reader.open(
        f"{small_address}/book/two.html", width=360, has_touch=True, is_mobile=True
    ) as page:
        page.locator("main").get_by_role("link", name="(1.1)").tap()
        page.wait_for_url("**/one.html#equation-eq-energy")


def test_keyboard_shows_a_preview_after_a_tap_elsewhere(reader, small_address) -> None:
    with reader.open(f"{small_address}/book/two.html", has_touch=True) as page:
        page.locator("h1").tap()
        link = page.locator("main").get_by_role("link", name="(1.1)")
        tab_to(page, link)
        page.locator("#preview math").wait_for(state="visible")


def test_click_that_no_finger_made_goes_after_a_tap_elsewhere(reader, small_address) -> None:
    """As a screen reader or speech does it: no pointer, no key."""
    with reader.open(f"{small_address}/book/two.html", has_touch=True) as page:
        page.locator("h1").tap()
        page.locator("main").get_by_role("link", name="(1.1)").evaluate("link => link.click()")
        page.wait_for_url("**/one.html#equation-eq-energy")


def test_mouse_over_a_link_never_goes_even_after_a_tap(reader, small_address) -> None:
    with reader.open(f"{small_address}/book/two.html", has_touch=True) as page:
        page.locator("h1").tap()
        link = page.locator("main").get_by_role("link", name="(1.1)")
        # What stands nowhere has no preview; a tap on such a link goes there.
        link.evaluate("link => { link.href = '#nowhere'; }")
        page.clock.install(time=0)
        page.clock.pause_at(1)
        link.hover()
        page.clock.run_for(1000)
        assert page.evaluate("location.hash") == ""
        link.tap()
        page.clock.run_for(1000)
        page.wait_for_url("**/two.html#nowhere")


def test_contents_open_on_a_phone_without_a_script(reader, small_address) -> None:
    for script in (True, False):
        with reader.open(
            f"{small_address}/book/one.html", width=360, java_script_enabled=script
        ) as page:
            contents = page.get_by_role("navigation", name="Book")
            assert not contents.is_visible()
            page.get_by_role("button", name="Contents").click()
            assert contents.is_visible()
            assert contents.locator("[aria-current=page]").inner_text() == "1. One"
            contents.get_by_role("link", name="Two").click()
            page.wait_for_url("**/two.html")


def test_wide_box_can_be_reached_by_keyboard_and_a_narrow_one_is_no_stop(
    reader, small_address
) -> None:
    with reader.open(f"{small_address}/book/one.html", width=360) as page:
        table, formula = page.locator(".table-scroll"), page.locator(".math-scroll")
        page.locator(".table-scroll[tabindex='0']").wait_for()
        assert table.get_attribute("role") == "region"
        assert table.get_attribute("aria-label")
        assert formula.get_attribute("tabindex") is None
        page.set_viewport_size({"width": 1280, "height": 800})
        page.locator(".table-scroll:not([role])").wait_for()


# The color of most pixels in each of the last columns of a box.
def edge_of(box) -> list[tuple[int, ...]]:
    image = Image.open(BytesIO(box.screenshot())).convert("RGB")
    columns = (image.crop((x, 0, x + 1, image.height)) for x in range(image.width - 6, image.width))
    return [max(column.getcolors())[1] for column in columns]


@pytest.mark.parametrize("dark", [False, True])
def test_table_that_is_cut_by_little_shows_that_it_goes_on(reader, small_address, dark) -> None:
    with reader.open(f"{small_address}/book/one.html", dark=dark) as page:
        box = page.locator(".table-scroll")
        (paper,) = set(edge_of(box))
        box.evaluate("box => { box.style.width = '9px'; }")
        box.evaluate("box => { box.style.width = `${box.scrollWidth - 3}px`; }")
        # As dark as a rule of the table, and darker.
        assert max(sum(map(abs, map(int.__sub__, paper, c))) for c in edge_of(box)) > 75
        box.evaluate("box => { box.scrollLeft = box.scrollWidth; }")
        assert set(edge_of(box)) == {paper}


def test_fractions_on_successive_lines_do_not_touch(reader, small_address) -> None:
    half = to_mathml(r"g=\frac12", display=False)
    with reader.open(f"{small_address}/book/one.html", width=360) as page:
        between = page.locator("main > section > p").first.evaluate(
            """(p, half) => {
                 p.innerHTML = `${half}<br>${half}`;
                 const [, two, one] = [...p.querySelectorAll('mn')].map(mn =>
                   mn.getBoundingClientRect());
                 return one.top - two.bottom;
               }""",
            half,
        )
        assert between > 2


def test_code_is_copied_as_written(reader, small_address) -> None:
    with reader.open(
        f"{small_address}/book/one.html", permissions=["clipboard-read", "clipboard-write"]
    ) as page:
        page.locator("div.highlight").hover()
        page.get_by_role("button", name="Copy").click()
        page.get_by_role("button", name="Copied").wait_for()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied == "def double(x):\n    return 2 * x\n"


def test_search_finds_a_page_of_formulas_and_quotes_it_cleanly(reader, small_address) -> None:
    with reader.open(f"{small_address}/search.html?q=gradient") as page:
        results = page.locator("#search-results li")
        results.first.wait_for()
        links = [link.get_attribute("href") for link in results.locator("a").all()]
        assert "book/one.html" in links
        assert page.locator("input[name=q]").evaluate("field => field === document.activeElement")
        assert not re.search(r"\\\\|[{}$]", page.locator("#search-results").inner_text())
        page.locator("input[name=q]").fill("xyzzyq")
        page.get_by_text("Nothing found").wait_for()
        assert page.complaints == []


def test_search_from_a_folder_finds_pages_without_a_complaint(reader, small) -> None:
    with reader.open(f"{(small / 'search.html').as_uri()}?q=gradient") as page:
        page.locator("#search-results a").first.wait_for()
        assert page.complaints == []


def test_page_says_where_it_is_and_what_comes_next(reader, small_address) -> None:
    with reader.open(f"{small_address}/book/one.html") as page:
        assert page.locator(".place").inner_text() == "Chapter 1 of 2 · 1 min read"
        steps = page.get_by_role("navigation", name="Previous and next")
        assert steps.locator("[rel=prev]").get_attribute("href") == "../index.html"
        assert steps.locator("[rel=next]").get_attribute("href") == "two.html"


def test_missing_page_at_any_depth_leads_back(reader, small_address) -> None:
    with reader.open(f"{small_address}/no/such/page.html") as page:
        assert page.get_by_role("heading", level=1).inner_text() == "There is no such page"
        page.locator("main").get_by_role("link", name="Two").click()
        assert page.url == f"{small_address}/book/two.html"


def test_policy_allows_the_pages_own_script_and_no_other(reader, small_address) -> None:
    with reader.open(f"{small_address}/book/one.html") as page:
        page.evaluate(
            "document.body.append(Object.assign(document.createElement('script'),"
            "{textContent: 'window.broken = 1'}))"
        )
        assert page.evaluate("window.broken") is None
        assert any("Content Security Policy" in words for words in page.complaints)
        page.evaluate(
            "document.head.append(Object.assign(document.createElement('style'),"
            "{textContent: 'body { display: none }'}))"
        )
        assert page.locator("main").is_visible()
    allowed = dict(part.split(" ", 1) for part in policy(["a"]).split("; "))
    assert not [part for part in allowed.values() if "unsafe" in part or "http" in part]
    assert {name for name, part in allowed.items() if "data:" in part} == {"font-src", "img-src"}
    assert headers(["a"], ["/book/*"]).endswith("/book/*\n  X-Frame-Options: DENY\n")


def test_policy_allows_the_styles_of_all_pages_and_each_page_its_own(small: Path) -> None:
    sent = (small / "_headers").read_text(encoding="utf-8")
    every = set()
    for name in ("book/one.html", "book/two.html", "index.html", "404.html"):
        page = (small / name).read_text(encoding="utf-8")
        styles = styles_in(page)
        assert f'content="{policy(styles)}"' in page
        assert all(policy([style]).split("; ")[2].split()[-1] in sent for style in styles)
        every |= set(styles)
    # Each has the rules for what is in it, the page for what is not there all of them.
    assert len(every) == 4
    assert sent.startswith(headers(every))
    alone = re.findall(r"^(\S+)\n  X-Frame-Options: DENY$", sent, re.MULTILINE)
    assert {"/", "/index.html", "/404.html", "/book/*"} <= set(alone)


# What needs an address.


def card_of(page: str) -> str:
    """Return the address of the social card that a page names."""
    return re.search(r'<meta property="og:image" content="([^"]*)">', page)[1]


def test_book_without_an_address_names_none(small: Path) -> None:
    assert not (small / "sitemap.xml").exists()
    page = (small / "book" / "one.html").read_text(encoding="utf-8")
    assert "canonical" not in page
    assert "og:url" not in page
    assert (small / "book" / card_of(page)).is_file()


def test_book_with_an_address_has_sitemap_canonical_links_and_a_card(tmp_path: Path) -> None:
    extra = 'html_baseurl = "https://example.org/book/"\n'
    site, warnings = build(tmp_path, extra)
    assert warnings == ""
    page = (site / "book" / "one.html").read_text(encoding="utf-8")
    address = "https://example.org/book/book/one.html"
    assert f'<link rel="canonical" href="{address}">' in page
    assert f'<meta property="og:url" content="{address}">' in page
    card = site / card_of(page).removeprefix("https://example.org/book/")
    assert card.read_bytes()[16:24] == (1200).to_bytes(4, "big") + (630).to_bytes(4, "big")
    assert card.stat().st_size < 120_000
    listed = re.findall("<loc>(.*?)</loc>", (site / "sitemap.xml").read_text(encoding="utf-8"))
    assert sorted(listed) == [
        f"https://example.org/book/{name}"
        for name in ("book/one.html", "book/two.html", "index.html")
    ]
    assert 'href="/book/book/two.html"' in (site / "404.html").read_text(encoding="utf-8")


def test_moved_page_leads_to_its_new_place(tmp_path: Path, reader, hosted) -> None:
    site, warnings = build(tmp_path, 'offcenter_redirects = {"old/one.html": "book/one.html"}\n')
    assert warnings == ""
    assert (site / "_redirects").read_text() == "/old/one.html /book/one.html 301\n"
    with hosted(site) as url:
        with reader.open(f"{url}/old/one.html#far") as page:
            page.wait_for_url("**/book/one.html#far")
        with reader.open(f"{url}/old/one.html", java_script_enabled=False) as page:
            page.wait_for_url("**/book/one.html")


def test_page_that_left_the_book_leaves_its_site(tmp_path: Path) -> None:
    site, _ = build(tmp_path)
    (tmp_path / "source" / "book" / "two.md").rename(tmp_path / "source" / "book" / "three.md")
    front = PAGES["index.md"].replace("book/two", "book/three")
    one = PAGES["book/one.md"].replace("two.md", "three.md")
    pages = {"index.md": front, "book/one.md": one, "book/two.md": None}
    _, warnings = build(tmp_path, pages=pages)
    assert warnings == ""
    assert (site / "book" / "three.html").exists()
    assert not (site / "book" / "two.html").exists()
    # It may leave a redirect, now and at the next build, as long as it is asked for.
    move = 'offcenter_redirects = {"book/two.html": "book/three.html"}\n'
    for _ in range(2):
        _, warnings = build(tmp_path, move, pages)
        assert warnings == ""
        assert "three.html" in (site / "book" / "two.html").read_text(encoding="utf-8")
    build(tmp_path, pages=pages)
    assert not (site / "book" / "two.html").exists()
    assert not (site / "_redirects").exists()


@pytest.mark.parametrize("move", [("old.html", "none.html"), ("index.html", "book/one.html")])
def test_redirect_that_leads_nowhere_or_hides_a_page_warns(
    tmp_path: Path, move: tuple[str, str]
) -> None:
    _, warnings = build(tmp_path, f"offcenter_redirects = {{{move[0]!r}: {move[1]!r}}}\n")
    assert f"redirect from {move[0]} to {move[1]}" in warnings


def test_addresses_are_escaped_and_rooted() -> None:
    assert base_path("") == "/"
    assert base_path("https://example.org") == "/"
    assert base_path("https://example.org/a/b/") == "/a/b/"
    assert "<loc>https://x/a&amp;b.html</loc>" in sitemap("https://x/", ["a&b.html"])
    assert "url=a&amp;b.html" in redirect_page("a&b.html", "")


def test_a_page_keeps_the_classes_that_something_asks_for() -> None:
    written = (
        '<p class="claim docutils"><code class="xref literal"><span class="pre">a</span></code>'
        ' <span class="std-ref"><span class="n">b</span></span> <math class="x">c</math></p>'
    )
    kept = '<p class="claim"><code>a</code> b <math class="x">c</math></p>'
    assert without_idle_classes(written) == kept
    assert without_idle_classes('<dl class="py class"></dl>') == '<dl class="py"></dl>'
    assert {"preview", "copy", "movable-live", "tml-flat"} <= asked_for()
