"""Every page of the site: what it costs, who can read it, and that nothing in it is broken.

Counts and bytes only: times differ from machine to machine.
"""

from __future__ import annotations

import gzip
import re
from base64 import b64encode
from collections import Counter
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from offcenter_site.movable.catalog import MOVABLES
from offcenter_site.movable.directive import STYLE as MOVABLE_STYLE
from offcenter_site.theme.fonts import FONT
from offcenter_site.theme.styles import STYLE

KILOBYTE = 1024
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
# Elements without a closing tag.
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
RAW_SOURCE = re.compile(
    r"\\(?:frac|sum|int|alpha|beta|theta|lambda|sigma|mathbf|mathbb|mathrm|text|left|right|begin|end"
    r"|partial|nabla|cdot|sqrt|hat|value|eqref|label|top)\b|\$\$|\\\[|\\\("
    r"|\{(?:cite|claim|eq|ref|term|value)\b"
)


class Markup(HTMLParser):
    """What the tests ask of a page's source."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.files: list[str] = []
        self.forbidden: list[str] = []
        self.unnamed: list[str] = []
        self.prose: list[str] = []
        self.counts: Counter[str] = Counter()
        self.meta: dict[str, str] = {}
        self._path: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name: value or "" for name, value in attrs}
        self.counts[tag] += 1
        self.ids += [names["id"]] if "id" in names else []
        if tag == "a" and "href" in names:
            self.links.append(names["href"])
        if tag in ("link", "script", "img", "source"):
            self.files += [names[key] for key in ("src", "href") if key in names]
        if tag == "meta" and "name" in names:
            self.meta[names["name"]] = names.get("content", "")
        self.forbidden += [f"{tag} {key}" for key in names if key == "style" or key[:2] == "on"]
        # Styles stand in the head, where the policy names each.
        self.forbidden += ["style"] if tag == "style" and "body" in self._path else []
        in_svg = "svg" in self._path
        if tag == "svg" and not in_svg and names.get("aria-hidden") != "true":
            self.unnamed += [] if names.get("aria-label", "").strip() else ["svg"]
        if tag == "img" and not re.search(r"\w+ \w+", names.get("alt", "")):
            self.unnamed.append(names.get("src", "img"))
        if tag not in VOID and not (in_svg and self.get_starttag_text().endswith("/>")):
            self._path.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if self._path and self._path[-1] == tag and tag not in VOID:
            self._path.pop()

    def handle_endtag(self, tag: str) -> None:
        while tag in self._path and self._path.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not {"script", "code", "pre", "math", "svg", "style"} & set(self._path):
            self.prose.append(data)


@cache
def markup_of(path: Path) -> Markup:
    """Return what stands in the source of a page."""
    parser = Markup()
    parser.feed(path.read_text(encoding="utf-8"))
    return parser


def file_of(site: Path, url: str) -> Path:
    """Return the file that a host gives for `url`."""
    path = site / unquote(urlsplit(url).path).lstrip("/")
    return path / "index.html" if path.is_dir() else path


def weight(path: Path) -> int:
    """Return the bytes that a host sends for a file."""
    content = path.read_bytes()
    return len(content if path.suffix in (".png", ".woff2") else gzip.compress(content, 9))


# Kilobytes that a page and what it asks for may cost: the three longest more, the lists of all
# claims and of all examples, and the search, which brings what can be found: a page is found by
# its words.
BUDGET = 50
ALLOWED = {
    "book/networks.html": 56,
    "book/zigzag.html": 56,
    "book/centering.html": 55,
    "book/claims.html": 54,
    "book/library/examples.html": 54,
    "search.html": 78,
}


def test_page_costs_few_requests_and_little_and_asks_no_other_host(
    page_name: str, site: Path, opened, address: str
) -> None:
    requests = [url for url in opened.requests if not url.startswith("data:")]
    assert [url for url in requests if not url.startswith(address)] == []
    files = [file_of(site, url) for url in requests]
    scripts = sum(weight(file) for file in files if file.suffix == ".js")
    movable = 'class="movable"' in (site / page_name).read_text(encoding="utf-8")
    # The page and its script; a movable figure brings one of its own, the search one and an index.
    assert len(files) <= (4 if page_name == "search.html" else 3 if movable else 2), files
    assert sum(map(weight, files)) <= ALLOWED.get(page_name, BUDGET) * KILOBYTE
    assert scripts <= (70 if page_name == "search.html" else 20 if movable else 5) * KILOBYTE


# The rules of the whole style for something that stands on a page, or comes to it in a preview of
# one of its links, which the style of the page does not have.
LOST_RULES = """async whole => {
  const rules = (list, around = "") => [...list].flatMap(rule => rule.selectorText
    ? [[rule.selectorText, `${around} ${rule.cssText}`.replace(/\\s/g, "")]]
    : rule.cssRules ? rules(rule.cssRules, `${around} ${rule.conditionText}`) : []);
  const all = new CSSStyleSheet();
  all.replaceSync(whole);
  const here = new Set([...document.styleSheets].flatMap(s => rules(s.cssRules)).map(r => r[1]));
  const lost = rules(all.cssRules).filter(([, text]) => !here.has(text));

  const pages = new Map();
  const page = url => {
    if (!pages.has(url)) pages.set(url, fetch(url).then(answer => answer.text()).then(text =>
      new DOMParser().parseFromString(text.replace(/<style>.*?<\\/style>/gs, ""), "text/html")));
    return pages.get(url);
  };
  const come = document.createElement("main");
  const boxes = ".math-block, figure, .claim, div.citation, .exercise, .table-scroll,"
    + " details.solution";
  for (const link of document.querySelectorAll("main a[href*='#']:not(.headerlink)")) {
    const url = new URL(link.href);
    const elsewhere = url.pathname !== location.pathname && url.host === location.host;
    if (!elsewhere || link.closest(".movable, .letters, .entries")) continue;
    const source = await page(url.origin + url.pathname);
    const target = source.getElementById(decodeURIComponent(url.hash.slice(1)));
    if (!target) continue;
    const term = target.closest("dt"), section = target.closest("section");
    const parts = target.closest(boxes) ? [target.closest(boxes)]
      : term ? [term, term.nextElementSibling]
      : section ? [section.querySelector("h1, h2, h3, h4"),
                   section.querySelector(":scope > p:not(.place)")] : [target];
    for (const part of parts) if (part) come.append(part.cloneNode(true));
  }
  // What the script takes out of a preview.
  come.querySelectorAll(".headerlink, script, .copy, .movable").forEach(part => part.remove());
  const state = /::[\\w-]+|:(hover|focus|focus-visible|active|target|popover-open|empty)/g;
  const anywhere = selector => selector.replace(state, "");
  const stands = selector => [document, come].some(root => root.querySelector(selector));
  return lost.filter(([selector]) => stands(anywhere(selector))).map(r => r[1]);
}"""


def test_the_style_of_a_page_has_every_rule_for_what_is_on_it_or_comes_to_it(
    page_name: str, site: Path, opened
) -> None:
    whole = STYLE.read_text(encoding="utf-8")
    if 'class="movable"' in (site / page_name).read_text(encoding="utf-8"):
        whole += MOVABLE_STYLE.read_text(encoding="utf-8")
    assert opened.evaluate(LOST_RULES, whole) == []


# Draws settings of a figure by a fixed seed, and keeps a sentence of each shape: digits are alike.
SENTENCES = """name => {
  const { fields, figure, data } = offCenter.stages.find(stage => stage.name === name);
  let seed = 7;
  const below = count => (seed = (seed * 16807) % 2147483647) % count;
  const draw = ({ kind, options, list, min, max, step }) => {
    const among = options ?? list ?? (kind === 'number' ? null : [false, true]);
    if (among) return among[below(among.length)];
    return Number((min + step * below(Math.round((max - min) / step) + 1)).toFixed(6));
  };
  const found = new Map();
  for (let i = 0; i < 4000; i++) {
    const drawn = Object.entries(fields).map(([key, field]) => [key, draw(field)]);
    const state = Object.fromEntries(drawn);
    if (figure.valid && !figure.valid(state)) continue;
    const words = figure.says(state, figure.compute(state, data));
    found.set(words.replace(/\\d/g, '0'), words);
  }
  return [...found.values()];
}"""
NARROW_AND_WIDE = [(320, 640), (360, 740), (385, 740), (641, 900), (740, 360), (1280, 800)]
# The sentences that are higher than the place kept for them.
TOO_LONG = """([name, sentences]) => {
  const says = document.querySelector(`[data-movable=${name}] .movable-says`);
  const height = () => says.getBoundingClientRect().height;
  const kept = height();
  const found = sentences.filter(words => {
    says.textContent = words;
    return height() > kept + 0.5;
  });
  says.textContent = '';
  return found;
}"""


@pytest.mark.parametrize("name", MOVABLES)
def test_no_sentence_of_any_setting_pushes_the_page(site: Path, visit, name: str) -> None:
    # With the letters of the site, and as narrow as its pages make it.
    holder = next(
        path
        for path in (site / "index.html", *(site / "book").glob("*.html"))
        if f'data-movable="{name}"' in path.read_text(encoding="utf-8")
    )
    with visit(str(holder.relative_to(site)), width=320) as page:
        page.evaluate("document.fonts.ready.then(() => 0)")
        sentences = page.evaluate(SENTENCES, name)
        assert len(sentences) > 8
        assert not [words for words in sentences if re.search(r"NaN|undefined|Infinity", words)]
        for width, height in NARROW_AND_WIDE:
            page.set_viewport_size({"width": width, "height": height})
            pushing = page.evaluate(TOO_LONG, [name, sentences])
            assert not pushing, (width, pushing[:3])


def test_page_runs_under_its_policy_without_a_complaint(opened) -> None:
    assert opened.complaints == []


FRAMES = (
    "() => new Promise(done =>"
    " requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"
)


# The contrast of every text with what it is written on, as WCAG defines both; the folds and what is
# hidden included.  An axe run for it would take twenty times as long, and leave those out.
FAINT = """() => {
  const colors = new Map();
  const parts = color => {
    if (!colors.has(color)) {
      const [r, g, b, alpha = 1] = color.match(/[\\d.]+/g).map(Number);
      const [x, y, z] = [r, g, b].map(c => c / 255)
        .map(c => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
      colors.set(color, { alpha, luminance: 0.2126 * x + 0.7152 * y + 0.0722 * z });
    }
    return colors.get(color);
  };
  const grounds = new Map([[null, 'rgb(255, 255, 255)']]);
  const ground = node => {
    if (!grounds.has(node)) {
      const own = getComputedStyle(node).backgroundColor;
      grounds.set(node, parts(own).alpha ? own : ground(node.parentElement));
    }
    return grounds.get(node);
  };
  const wordless = 'script, style, template, annotation, defs';
  const found = new Map();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || node.closest(wordless)) continue;
    const style = getComputedStyle(node);
    const color = node.closest('svg') ? style.fill : style.color;
    const size = parseFloat(style.fontSize);
    const least = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5;
    const [front, back] = [color, ground(node)].map(parts);
    const [low, high] = [front.luminance, back.luminance].sort((a, b) => a - b);
    const ratio = (high + 0.05) / (low + 0.05);
    if (ratio < least || front.alpha * back.alpha < 1)
      found.set(`${color} on ${ground(node)}`, node.outerHTML.slice(0, 200));
  }
  return [...found];
}"""
WIDTHS = (1280, 360)
BOXES = """() => [...document.querySelectorAll('body *')].map(node => {
  const { x, y, width, height } = node.getBoundingClientRect();
  return [x, y, width, height].join(' ');
}).join()"""

# What axe finds.  To see the contrast of a text it asks what lies under it, which takes ten times
# as long as all other rules.  What it finds follows from the looks of the text and of all that it
# stands in.  So it is asked about one of the texts that look alike and stand on grounds alike, all
# the way up, and that is shown; and about each that does not stand where its ground is.
AXE = """async runOnly => {
  const text = ['color', 'fill', 'fontSize', 'fontWeight', 'textShadow'];
  const ground = {
    backgroundColor: 'rgba(0, 0, 0, 0)', backgroundImage: 'none', opacity: '1', filter: 'none',
    mixBlendMode: 'normal', clipPath: 'none', overflow: 'visible', position: 'static',
    zIndex: 'auto',
  };
  const grounds = new Map([[null, '']]);
  const groundOf = node => {
    if (!grounds.has(node)) {
      const style = getComputedStyle(node);
      const own = Object.keys(ground).filter(name => style[name] !== ground[name])
        .map(name => `${name}: ${style[name]};`);
      grounds.set(node, groundOf(node.parentElement) + (own.length ? `{${own.join('')}}` : ''));
    }
    return grounds.get(node);
  };
  // What is put somewhere else may stand on anything.
  let away = 0;
  const look = node => {
    const style = getComputedStyle(node);
    const own = text.map(name => style[name]);
    const under = groundOf(node), elsewhere = /position: (absolute|fixed)/.test(under);
    return [node.localName, node.type, ...own, under, elsewhere ? ++away : 0].join('|');
  };
  const kinds = new Map();
  const add = node => {
    const shown =
      node.checkVisibility({ visibilityProperty: true }) && node.getClientRects().length;
    const kind = look(node);
    if (shown && !kinds.has(kind)) kinds.set(kind, node);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { data, parentElement } = walker.currentNode;
    if (data.trim()) add(parentElement);
  }
  document.querySelectorAll('input, textarea, select, button').forEach(add);

  // In one run: before its rules, axe finds out where everything is painted, and that takes long.
  axe.configure({ rules: [{ id: 'color-contrast', selector: '[data-look]' }] });
  kinds.forEach(node => { node.dataset.look = ''; });
  const { violations } = await axe.run(document, { resultTypes: ['violations'], runOnly });
  kinds.forEach(node => { delete node.dataset.look; });
  return violations.map(rule => [rule.id, rule.nodes.slice(0, 3).map(node => node.target)]);
}"""


def test_page_has_no_accessibility_violation(opened) -> None:
    page, violations = opened, []
    page.evaluate(Axe().axe_script)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        boxes = []
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            # The page's script looks at its boxes in the frame after a change.
            page.evaluate(FRAMES)
            boxes.append(page.evaluate(BOXES))
            violations += [(scheme, width, *faint) for faint in page.evaluate(FAINT)]
            found = page.evaluate(AXE, {"type": "tag", "values": WCAG})
            violations += [(scheme, width, *broken) for broken in found]
        assert boxes[0] == boxes[1], f"a theme moves something at {width}"
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
    assert violations == []


@pytest.mark.parametrize(("color", "faint"), [("#767676", False), ("#787878", True)])
def test_text_that_is_too_faint_is_found(desk, color: str, faint: bool) -> None:
    with desk.lend(viewport={"width": 360, "height": 800}) as page:
        for body in (
            f'<p style="color: {color}">words</p>',
            f'<details><p style="color: {color}">words</p></details>',
            f'<svg><text fill="{color}">words</text></svg>',
            f'<p style="background: {color}"><b style="color: #fff">words</b></p>',
        ):
            page.set_content(body)
            assert bool(page.evaluate(FAINT)) is faint, body


GOOD = "<p>words</p>" * 3


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (GOOD, []),
        ('<p style="opacity: 0.4">words</p>', ["color-contrast"]),
        ('<div style="opacity: 0.4"><p>words</p></div>', ["color-contrast"]),
        ('<div style="background: #555"><p>words</p></div>', ["color-contrast"]),
        # Over what it does not stand in.
        (
            '<div style="position: relative"><div style="background: #222; height: 200px"></div>'
            '<p style="position: absolute; top: 400px">words</p>'
            '<p style="position: absolute; top: 9px">words</p></div>',
            ["color-contrast"],
        ),
        # The first of its kind is folded away.
        (
            "<details><summary>more</summary><p class=a>words</p></details><p class=a>words</p>"
            "<style>.a { color: #888 }</style>",
            ["color-contrast"],
        ),
        ('<label>words <input style="color: #999" value="words"></label>', ["color-contrast"]),
        ('<img src="data:,">', ["image-alt"]),
    ],
)
def test_what_axe_finds_is_found(desk, body: str, found: list[str]) -> None:
    with desk.lend(viewport={"width": 360, "height": 800}) as page:
        page.set_content(f'<html lang="en"><title>A page</title><main>{GOOD}{body}{GOOD}</main>')
        page.evaluate(Axe().axe_script)
        told = page.evaluate(AXE, {"type": "tag", "values": WCAG})
        assert [name for name, _ in told] == found


UNFOLD = "document.querySelectorAll('details').forEach(fold => { fold.open = true; })"


@pytest.fixture(scope="module")
def phone(page_name: str, site: Path, reader, address: str):
    """Give a function that gives a page on a phone so wide, from a folder, with all folds open."""
    # Only a host shows the page for what is not there, at any address.
    hosted = page_name == "404.html"
    url = f"{address}/{page_name}" if hosted else (site / page_name).as_uri()
    with reader.open(url, width=320, is_mobile=True, has_touch=True) as page:
        page.evaluate(UNFOLD)
        page.evaluate(FRAMES)

        def turned(width: int):
            if page.viewport_size["width"] != width:
                page.set_viewport_size({"width": width, "height": 800})
                page.evaluate(FRAMES)
            return page

        yield turned


def test_page_fits_a_phone(page_name: str, phone) -> None:
    # 320 CSS pixels are a desk's window enlarged four times, too.
    page = phone(320)
    wide = page.evaluate("document.documentElement.scrollWidth")
    sticking_out = page.evaluate(
        """[...document.querySelectorAll('main *')].filter(e => {
             if (e.getBoundingClientRect().right <= 321) return false;
             for (let p = e.parentElement; p; p = p.parentElement)
               if (/auto|scroll|hidden|clip/.test(getComputedStyle(p).overflowX)) return false;
             return true;
           }).slice(0, 5).map(e => e.outerHTML.slice(0, 100))"""
    )
    assert wide <= 320, sticking_out


@pytest.mark.parametrize("width", [320, 390], scope="module")
def test_answer_shows_its_tables_and_formulas_whole_on_a_phone(
    page_name: str, phone, width: int
) -> None:
    # Whoever looks an answer up sees them whole; only code scrolls.
    scrolls = page_name.startswith("book/answers/") and phone(width).evaluate(
        """[...document.querySelectorAll('.table-scroll, .math-scroll')]
           .filter(box => box.scrollWidth > box.clientWidth)
           .map(box => `${box.scrollWidth - box.clientWidth} px: ${box.textContent}`)"""
    )
    assert not scrolls


# What stands in a row of a table too close behind a number: another, or words and vectors.
TOUCHING = """() => {
  const edges = cell => {
    const range = new Range();
    range.selectNodeContents(cell);
    const boxes = [...range.getClientRects()].filter(box => box.width > 0);
    return [Math.min(...boxes.map(box => box.left)), Math.max(...boxes.map(box => box.right))];
  };
  return [...document.querySelectorAll('main td.text-right + td')].filter(cell => {
    const least = cell.classList.contains('text-right') ? 8 : 10;
    return edges(cell)[0] - edges(cell.previousElementSibling)[1] < least;
  }).map(cell => `${cell.previousElementSibling.textContent} ${cell.textContent}`);
}"""


@pytest.mark.parametrize("width", [320, 360, 390], scope="module")
def test_no_two_cells_of_a_table_read_as_one_on_a_phone(phone, width: int) -> None:
    # "−1 (2, 2)" is a product and "3 −3" a difference, where two columns are meant.
    assert phone(width).evaluate(TOUCHING) == []


BROKEN = r"""() => {
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const aside = "code, pre, svg, math, select, textarea, script";
    if (node.parentElement.closest(aside)) continue;
    // In a table on a phone a pair may break behind its comma, so that the table need not scroll.
    const whole = node.parentElement.closest(".table-scroll")
      ? /[(\[][−\d.½¼]+,(?= [−\d.½¼]+[)\]])|(?<=[(\[][−\d.½¼]+, )[−\d.½¼]+[)\]]/g
      : /[(\[][−\d.½¼]+, [−\d.½¼]+[)\]]/g;
    for (const match of node.data.matchAll(whole)) {
      const range = new Range();
      range.setStart(node, match.index);
      range.setEnd(node, match.index + match[0].length);
      const lines = new Set([...range.getClientRects()].map((box) => Math.round(box.top)));
      if (lines.size > 1) found.push(match[0]);
    }
  }
  return found;
}"""


@pytest.mark.parametrize("width", [320, 360], scope="module")
def test_no_pair_of_numbers_breaks_on_a_phone(phone, width: int) -> None:
    assert phone(width).evaluate(BROKEN) == []


TORN = r"""() => {
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  const found = [], range = new Range();
  while (walker.nextNode()) {
    const node = walker.currentNode, within = node.parentElement;
    if (!within.closest("h1, h2, h3, h4") || within.closest("math")) continue;
    for (const word of node.data.matchAll(/[\p{L}\d_]+/gu)) {
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      if (new Set([...range.getClientRects()].map((box) => box.top)).size > 1) found.push(word[0]);
    }
  }
  return found;
}"""


@pytest.mark.parametrize("width", [320, 360], scope="module")
def test_no_word_of_a_heading_breaks_on_a_phone(phone, width: int) -> None:
    assert phone(width).evaluate(TORN) == []


# Blocks of code whose button, always there on a phone, lies over the end of a line that is scrolled
# to, or leaves its block.
COVERED = """() => [...document.querySelectorAll('main div.highlight')].filter(block => {
  const pre = block.querySelector('pre'), range = new Range();
  const { left, bottom } = block.querySelector('.copy').getBoundingClientRect();
  pre.scrollLeft = pre.scrollWidth;
  range.selectNodeContents(pre);
  const over = [...range.getClientRects()].some(box => box.top < bottom && box.right > left);
  pre.scrollLeft = 0;
  return over || bottom > block.getBoundingClientRect().bottom;
}).map(block => block.textContent)"""


def test_button_to_copy_covers_no_code_on_a_phone(phone) -> None:
    page = phone(360)
    assert page.evaluate("matchMedia('(hover: none)').matches")
    assert page.evaluate(COVERED) == []


# What Mozilla's Readability, which makes the reader view of Firefox, keeps of each page.
READABILITY = (Path(__file__).parent / "vendor" / "Readability.js").read_text(encoding="utf-8")
KEPT = """() => {
  const squash = (text) => text.replace(/\\s+/g, ' ').trim();
  const article = new Readability(document.cloneNode(true)).parse();
  const view = new DOMParser().parseFromString(article?.content ?? '', 'text/html');
  const text = squash(view.body.textContent);
  const must = '.claim-sentence, h2, h3, figcaption, dt, .admonition-title, table caption';
  const words = [...document.querySelectorAll('main')].flatMap(
    (main) => [...main.querySelectorAll(must)].map((part) => squash(part.textContent)));
  const drawings = (root) => root.querySelectorAll('figure svg').length;
  return {
    lost: words.filter((part) => part && !text.includes(part)),
    drawings: drawings(document.querySelector('main')) - drawings(view),
  };
}"""
# Lists of links, which a reader view leaves out as a whole.
LISTS = {"404.html", "search.html", "genindex.html"}


def test_reader_view_keeps_claims_headings_figures_and_terms(page_name: str, opened) -> None:
    if page_name in LISTS or page_name.startswith("figure/"):
        return
    opened.evaluate(READABILITY + ";globalThis.Readability = Readability; 0")
    assert opened.evaluate(KEPT) == {"lost": [], "drawings": 0}


def test_page_links_to_what_exists(page_name: str, site: Path) -> None:
    broken = []
    here = "/" + page_name
    markup = markup_of(site / page_name)
    for link in [*markup.links, *markup.files]:
        target = urlsplit(urljoin("http://site" + here, link))
        if target.netloc != "site":
            continue
        file = file_of(site, target.path)
        if not file.is_file():
            broken.append(link)
        elif target.fragment and file.suffix == ".html":
            # A movable figure keeps its state behind a question mark.
            name = unquote(target.fragment).partition("?")[0]
            broken += [] if name in markup_of(file).ids else [link]
    assert broken == []


def test_page_source_is_sound(page_name: str, site: Path) -> None:
    markup = markup_of(site / page_name)
    assert markup.forbidden == []
    assert markup.unnamed == []
    assert markup.counts["h1"] == 1
    assert [name for name, count in Counter(markup.ids).items() if count > 1] == []
    assert RAW_SOURCE.findall(" ".join(markup.prose)) == []


def test_page_says_what_it_is_to_search_engines(page_name: str, site: Path) -> None:
    markup = markup_of(site / page_name)
    if "noindex" not in markup.meta.get("robots", ""):
        assert 40 <= len(markup.meta.get("description", "")) <= 160


# The sizes of every part of every formula, with the font of the page and with the whole one.  Of a
# root it is the sign in front: it says which of its sizes is taken, and the rest may have a gap.
# Browsers widen the extents of letters, by up to a fifth at the size of text, with a look at the
# whole font (the cut one comes nearer to the outlines).  So formulas are measured at a large size,
# and heights may differ by what is no missing part: a sign of the wrong size differs by more.
FORMULAS = """async base64 => {
  const size = node => {
    const { x, width, height } = node.getBoundingClientRect();
    if (node.localName === 'msqrt')
      return [node.firstElementChild.getBoundingClientRect().x - x, 0];
    // What holds a root may be wider by its gap, and cells are as wide as their neighbors.
    if (node.querySelector('msqrt') || /^mt[rd]/.test(node.localName)) return [0, 0];
    // So is a sign that grows: it is set as wide as the widest of its sizes, and high ones are cut.
    const grows = 'mo[stretchy=true], mo[minsize]';
    return [node.matches(grows) || node.querySelector(grows) ? 0 : width, height];
  };
  const sizes = () => [...document.querySelectorAll('math, math *')].map(node =>
    [node.closest('math').textContent.trim().slice(0, 40), node.localName, ...size(node)]);
  // What is folded away need not be laid out.
  const folds = [...document.querySelectorAll('details:not([open])')];
  folds.forEach(fold => { fold.open = true; });
  await document.fonts.ready;
  const dress = style => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`math { font-size: 150px !important; ${style} }`);
    document.adoptedStyleSheets = [sheet];
  };
  dress('');
  const cut = sizes();
  const bytes = Uint8Array.from(atob(base64), letter => letter.charCodeAt(0));
  document.fonts.add(await new FontFace('Whole', bytes).load());
  dress('font-family: Whole !important');
  const whole = sizes();
  document.adoptedStyleSheets = [];
  folds.forEach(fold => { fold.open = false; });
  return cut.filter(([, , width, height], i) =>
    Math.abs(width - whole[i][2]) > 1 ||
    Math.abs(height - whole[i][3]) > 2 + 0.15 * whole[i][3]);
}"""


def test_formulas_lack_nothing_of_the_whole_font(opened) -> None:
    assert opened.evaluate(FORMULAS, b64encode(FONT.read_bytes()).decode()) == []


READABLE = """({
  words: document.querySelector('main').innerText.split(/\\s+/).length,
  formulas: document.querySelectorAll('main math').length,
  figures: document.querySelectorAll('main figure svg:not(.movable-live)').length,
  links: document.querySelectorAll('#contents a, .movable-home a').length,
})"""


# What the script makes or wakes, and the check of an exercise, which is its own.
OF_THE_SCRIPT = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('.copy, .movable, .check { display: none !important }');
  document.adoptedStyleSheets = [sheet];
}"""


def test_page_reads_from_a_folder_without_a_script(
    page_name: str, site: Path, reader, phone
) -> None:
    if page_name == "404.html":
        return
    url = (site / page_name).as_uri()
    with reader.open(url, java_script_enabled=False, dark=True) as page:
        page.evaluate(UNFOLD)
        without = page.evaluate(READABLE)
        background = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert page.complaints == []
    page = phone(1280)
    assert page.complaints == []
    page.evaluate(OF_THE_SCRIPT)
    plain = page.evaluate(READABLE)
    page.evaluate("() => { document.adoptedStyleSheets = []; }")
    assert background != page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert without["formulas"] == plain["formulas"]
    assert without["figures"] == plain["figures"]
    assert without["links"] == plain["links"] > 0
    assert without["words"] >= plain["words"]
