"""A page out of the shape of an answer is told; one in shape is described, indexed and cited."""

import io
import json
import re
from pathlib import Path

import pytest
from docutils import nodes
from docutils.utils import new_document
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

from offcenter_site.pages import answers
from offcenter_site.pages.answers import (
    MOST_WORDS,
    answer_fold,
    faults_of,
    first_sentence,
    json_ld,
    text_of,
)
from offcenter_site.pages.examples import ExampleError, example_value

RELATED = ["book/answers/a", "book/answers/b"]


def _answer(title="Why?", first=True, words=10, folds=1, teachers=True):
    document = new_document("answer")
    section = nodes.section("", nodes.title("", title), ids=["why"])
    bold = nodes.strong("", "Because.") if first else nodes.emphasis("", "Because.")
    section += nodes.paragraph("", "", nodes.Text(""), bold)
    section += nodes.paragraph("", "word " * (words - 1))
    for _ in range(folds):
        fold = answer_fold("", nodes.paragraph("", "hidden " * 1000))
        if teachers:
            fold += nodes.container("", classes=["teachers"])
        section += fold
    document += section
    return document


def _faults(related=RELATED, students=False, **answer):
    return list(faults_of(_answer(**answer), related, students=students))


def test_answer_in_shape_has_no_fault():
    assert _faults(words=MOST_WORDS) == []
    assert _faults(teachers=False, students=True) == []


@pytest.mark.parametrize(
    ("fault", "answer"),
    [
        ("no question", {"title": "Because"}),
        ("not bold", {"first": False}),
        (f"{MOST_WORDS + 1} words", {"words": MOST_WORDS + 1}),
        ("0 folds", {"folds": 0}),
        ("no question to ask", {"teachers": False}),
        ("fewer than 2", {"related": ["book/answers/a", "book/answers/a"]}),
    ],
)
def test_each_fault_is_told(fault, answer):
    (told,) = _faults(**answer)
    assert fault in told


def test_answer_is_its_text_up_to_the_fold():
    assert text_of(_answer(words=3)) == "Because.\n\nword word "
    assert first_sentence(_answer()).astext() == "Because."


def test_row_of_a_table_is_one_line_of_the_text():
    document = _answer(words=1)
    cells = (nodes.entry("", nodes.paragraph("", word)) for word in ("raw", "", "9"))
    body = nodes.tbody("", nodes.row("", *cells), nodes.row("", nodes.entry()))
    document[0].insert(2, nodes.table("", nodes.tgroup("", body)))
    assert text_of(document).split("\n\n")[1] == "raw\t\t9"


def test_json_ld_is_a_question_with_an_accepted_answer():
    script = json_ld("Why?", "</script>", ["Ada"], "https://book.example/why.html")
    data = json.loads(re.fullmatch(r"<script [^>]*>(.*)</script>", script)[1])
    assert data["@type"] == "QAPage"
    assert data["mainEntity"]["name"] == "Why?"
    assert data["mainEntity"]["acceptedAnswer"]["text"] == "</script>"
    assert "url" not in json.loads(json_ld("Why?", "x", [], "")[35:-9])["mainEntity"]


def test_answers_say_no_tex_to_search_engines(site: Path):
    found = 0
    for page in sorted((site / "book" / "answers").glob("*.html")):
        text = page.read_text(encoding="utf-8")
        [script] = re.findall(r'<script type="application/ld\+json">(.*QAPage.*)</script>', text)
        question = json.loads(script)["mainEntity"]
        told = [question["name"], question["acceptedAnswer"]["text"]]
        told += re.findall(r'(?:name|property)="(?:og:)?description" content="([^"]*)"', text)
        assert [words for words in told if re.search(r"\\|[_^]\{|\$", words)] == []
        found += "w·x" in told[1]
    assert found > 3


def test_inline_formula_without_a_writing_in_a_line_is_told():
    document = _answer()
    document[0][1] += nodes.math("", r"\begin{cases}1\end{cases}")
    assert "cannot be read in a line" in next(faults_of(document, RELATED, students=False))


def test_formula_of_the_question_without_a_writing_in_a_line_is_told():
    document = _answer()
    document[0][0] += nodes.math("", r"\begin{cases}1\end{cases}")
    assert any("cannot be read" in fault for fault in faults_of(document, RELATED, students=False))


def test_formula_in_the_title_of_a_table_is_no_tex():
    document = _answer()
    title = nodes.title("", "", nodes.Text("Steps for "), nodes.math("", r"\lambda_{\max}"))
    document[0].insert(2, nodes.table("", title))
    assert "Steps for λ_max" in text_of(document).splitlines()


def test_number_of_an_example_or_a_word_on_what_is_wrong():
    assert example_value("signs-unit below.1 .1f") == "−1.0"
    for words, told in (("none key", "no example"), ("signs-unit none", "signs-unit")):
        with pytest.raises(ExampleError, match=told):
            example_value(words)


def test_index_quotes_every_answer(site: Path):
    index = (site / "book" / "answers.html").read_text(encoding="utf-8")
    pages = sorted((site / "book" / "answers").glob("*.html"))
    assert pages
    for page in pages:
        assert f'href="answers/{page.name}"' in index
        text = page.read_text(encoding="utf-8")
        assert '"@type": "QAPage"' in text
        assert "citation_title" in text
        assert 'class="related"' in text


def test_each_topic_of_the_index_is_a_heading_and_stands_in_the_contents(visit):
    with visit("book/answers.html") as page:
        found = page.evaluate("""() => [...document.querySelectorAll('main h2')].map(heading => {
          const { id } = heading.closest('section');
          const link = `#contents [aria-current=page] ~ ul a[href="#${id}"]`;
          const listed = document.querySelector(link)?.textContent === heading.firstChild.data;
          return [id, listed, heading.closest('section').querySelectorAll('.answers-entry').length];
        })""")
    assert len(found) > 5
    assert "topic-normalization" in [name for name, _, _ in found]
    assert all(listed and entries for _, listed, entries in found)


OF_THE_ANSWERS = """() => {
  const answers = document.querySelector('#contents a[href$="answers.html"]').closest('li');
  return [...answers.querySelectorAll(':scope > ul > li')].map(item =>
    [...item.querySelectorAll('a')].map(link => link.getAttribute('href')));
}"""
IN_THE_INDEX = """() => [...document.querySelectorAll('main section')]
  .filter(topic => topic.id.startsWith('topic-'))
  .map(topic => [topic.id, [...topic.querySelectorAll('.answers-entry a')]
    .map(link => link.getAttribute('href').replace('answers/', ''))])"""


def test_contents_of_an_answer_list_the_topics_and_the_questions_of_its_own(visit):
    with visit("book/answers/why-zigzag.html") as page:
        listed = page.evaluate(OF_THE_ANSWERS)
        here = page.locator("#contents [aria-current=page]").inner_text()
        assert here == page.locator("h1").evaluate("title => title.firstChild.data")
    with visit("book/answers.html") as page:
        index = dict(page.evaluate(IN_THE_INDEX))
    assert [address for address, *_ in listed] == [f"../answers.html#{name}" for name in index]
    questions = {address.partition("#")[2]: links for address, *links in listed if links}
    ((topic, links),) = questions.items()
    assert topic == "topic-zig-zag"
    links[links.index("#main")] = "why-zigzag.html"
    assert sorted(links) == sorted(set(index[topic]))


def test_answers_are_drawn_and_counted_without_a_kernel(site: Path):
    pages = {page.stem: page.read_text("utf-8") for page in (site / "book/answers").glob("*.html")}
    assert not [name for name, text in pages.items() if 'class="cell' in text]
    assert re.search(r'<figure[^>]*>\s*<svg[^>]*aria-label="\w', pages["one-sign"])
    assert "<details" in pages["one-sign"]
    assert example_value("paths-two-examples steps_of_cycles ,d") in pages["why-zigzag"]


GOOD = """---
topic: Signs
related: [b, c]
---
# {title}?

**Because {name}.** More, {{example}}`signs-unit below.1`.

```{{example-table}} paths-bowl rows
:formats: .2f .3f .2f .3f - d
a | b | c | d | e | f
```

```{{answer-fold}}
Checked.

:::{{teachers}}
Ask.
:::
```
"""


def _book(folder: Path, pages: dict[str, str], topics: str = "Signs") -> tuple[Sphinx, str]:
    """Read a small book of answers, and return what was warned of."""
    (folder / "book" / "answers").mkdir(parents=True)
    for name, text in pages.items():
        (folder / "book" / "answers" / f"{name}.md").write_text(text, encoding="utf-8")
    contents = "\n".join(f"book/answers/{name}" for name in pages)
    index = f"# All\n\n```{{answers}}\n{topics}\n```\n\n```{{toctree}}\n{contents}\n```\n"
    (folder / "index.md").write_text(index, encoding="utf-8")
    warnings = io.StringIO()
    extensions = ["myst_parser", "offcenter_site.pages.exercises", "offcenter_site.pages.answers"]
    settings = {"extensions": extensions, "myst_enable_extensions": ["colon_fence", "dollarmath"]}
    out = folder / "out"
    with docutils_namespace():
        app = Sphinx(folder, None, out, out, "dummy", settings, status=None, warning=warnings)
        app.build()
    return app, re.sub(r"\x1b\[[0-9;]*m", "", warnings.getvalue())


def test_index_has_each_question_with_its_bold_sentence_by_topic(tmp_path: Path):
    pages = {name: GOOD.format(title=name.upper(), name=name) for name in "abc"}
    app, warned = _book(tmp_path, pages)
    assert "answer:" not in warned
    text = app.env.get_and_resolve_doctree("index", app.builder).astext()
    assert re.sub(r"\s+", " ", text).startswith(
        "All Signs A? Because a. B? Because b. C? Because c."
    )
    page = app.env.get_and_resolve_doctree("book/answers/a", app.builder)
    assert "More, −1." in page.astext()
    assert len(list(page.findall(nodes.row))) == 3
    assert page.astext().rstrip().endswith("C?")


def test_index_folds_what_is_not_core_and_warns_if_ten_minutes_do_not_do(tmp_path, monkeypatch):
    pages = {name: GOOD.format(title=name.upper(), name=name) for name in "abc"}
    pages["b"] = pages["b"].replace("topic: Signs", "topic: Signs\ncore: true")
    app, warned = _book(tmp_path / "one", pages)
    assert "stand open" not in warned
    tree = app.env.get_and_resolve_doctree("index", app.builder)
    [fold] = tree.findall(answer_fold)
    assert fold["summary"] == "2 more: Signs"
    assert [word in fold.astext() for word in ("A?", "B?", "C?")] == [True, False, True]
    monkeypatch.setattr(answers, "MOST_OPEN_WORDS", 3)
    _, warned = _book(tmp_path / "two", pages)
    assert "4 words stand open in the index, more than 3" in warned


def test_topic_is_a_section_that_one_can_link_to(tmp_path: Path):
    pages = {name: GOOD.format(title=name.upper(), name=name) for name in "abc"}
    app, _ = _book(tmp_path, pages)
    tree = app.env.get_and_resolve_doctree("index", app.builder)
    _, section = tree.findall(nodes.section)
    assert section["ids"] == ["topic-signs"]
    assert section[0].astext() == "Signs"
    assert "C?" in section.astext()
    contents = app.env.tocs["index"].findall(nodes.reference)
    assert [link["anchorname"] for link in contents] == ["", "#topic-signs"]


def test_topic_without_a_place_or_without_an_answer_is_told(tmp_path: Path):
    pages = {name: GOOD.format(title=name.upper(), name=name) for name in "abc"}
    _, warned = _book(tmp_path, pages, topics="Sums\n\nZig-zag")
    for words in ("none is on Sums", "none is on Zig-zag", "Signs has no place"):
        assert words in warned


def test_faults_are_warnings_and_so_stop_the_build(tmp_path: Path):
    good = {name: GOOD.format(title=name.upper(), name=name) for name in "bc"}
    bad = GOOD.format(title="A", name="a").replace("**Because a.**", "Because a.")
    bad = (
        bad.replace("topic: Signs\n", "").replace("below.1", "nothing").replace("[b, c]", "[b, z]")
    )
    _, warned = _book(tmp_path, {"a": bad, **good})
    for words in ("first sentence is not bold", "no topic", "signs-unit", "no related"):
        assert words in warned
