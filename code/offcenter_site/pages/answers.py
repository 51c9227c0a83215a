"""Answers: one short page a question, held to one shape, and the index of their first sentences.

The front matter of a page in `book/answers/` names its `topic` and, as `related`, the answers that
are close to it; with `core: true` it stands open in the index.  The `{answer-fold}` at its end
holds how the answer was checked, where the full argument stands, and what to ask a class.  A page
out of shape is a warning, so no book is built.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import make_refnode
from sphinx.writers.html5 import HTML5Translator

from offcenter_site.pages.plain import cut, plain_formula, plain_text

logger = logging.getLogger(__name__)

FOLDER = "book/answers/"
MOST_WORDS = 450
FEWEST_RELATED = 2
# What stands open in the index is read in ten minutes, at 240 words a minute.
MOST_OPEN_WORDS = 2400
# What search engines show of a description.
DESCRIPTION = 155
_INDEX = "offcenter-answers-index"


class answer_fold(nodes.container):
    """What stands behind an answer, or behind the core answers of a topic, closed at first."""


class related_answers(nodes.General, nodes.Element):
    """The place of the links to related answers; filled when every page is read."""


class answers_index(nodes.General, nodes.Element):
    """The place of a topic's answers in the index; filled when every page is read."""


def is_answer(docname: str) -> bool:
    """Return whether a page is an answer."""
    return docname.startswith(FOLDER)


def topic_id(topic: str) -> str:
    """Return the id of a topic's section in the index of the answers."""
    return f"topic-{nodes.make_id(topic)}"


def title_of(doctree: nodes.document) -> str:
    """Return the question, or nothing if the page has no title."""
    title = doctree.next_node(nodes.title)
    return plain_text(title) if title is not None else ""


def _before_fold(doctree: nodes.document) -> Iterator[nodes.Node]:
    """Give what a reader sees of an answer at first, without its title."""
    section = doctree.next_node(nodes.section)
    for child in section.children if section is not None else ():
        if isinstance(child, answer_fold):
            return
        if not isinstance(child, (nodes.title, nodes.target)):
            yield child


def _words(node: nodes.Node, said: Callable[[nodes.Node], str]) -> str:
    if isinstance(node, nodes.raw):
        return ""
    if isinstance(node, (nodes.literal_block, nodes.Text)):
        return node.astext()
    if isinstance(node, nodes.TextElement):
        return said(node)
    parts = [_words(child, said) for child in node.children]
    # A row of a table is one line, and an empty cell of it a place.
    return "\t".join(parts) if isinstance(node, nodes.row) else "\n".join(filter(None, parts))


def text_of(doctree: nodes.document) -> str:
    """Return the answer as plain text, up to its fold, without formulas that no line can hold."""
    parts = (_words(part, plain_text) for part in _before_fold(doctree))
    return "\n\n".join(filter(None, parts))


def _length(doctree: nodes.document) -> int:
    """Return the words of an answer up to its fold, a formula counted as it is typed."""
    parts = (_words(part, lambda node: node.astext()) for part in _before_fold(doctree))
    return sum(len(part.split()) for part in parts)


def first_sentence(doctree: nodes.document) -> nodes.strong | None:
    """Return the bold sentence that an answer begins with."""
    first = next(_before_fold(doctree), None)
    if not isinstance(first, nodes.paragraph):
        return None
    # Markdown leaves an empty text before the mark.
    words = next((child for child in first.children if child.astext().strip()), None)
    return words if isinstance(words, nodes.strong) else None


def faults_of(doctree: nodes.document, related: list[str], *, students: bool) -> Iterator[str]:
    """Say in which ways a page has not the shape of an answer."""
    if not title_of(doctree).rstrip().endswith("?"):
        yield "the title is no question"
    if first_sentence(doctree) is None:
        yield "the first sentence is not bold"
    titles = [title] if (title := doctree.next_node(nodes.title)) is not None else []
    read = [*titles, *_before_fold(doctree)]
    for formula in (math for part in read for math in part.findall(nodes.math)):
        if plain_formula(formula.astext()) is None:
            yield f"the formula {formula.astext()} cannot be read in a line: display it"
    words = _length(doctree)
    if words > MOST_WORDS:
        yield f"{words} words stand before the fold, more than {MOST_WORDS}"
    folds = list(doctree.findall(answer_fold))
    if len(folds) != 1:
        yield f"{len(folds)} folds, not one"
    elif not students and not any(
        "teachers" in box["classes"] for box in folds[0].findall(nodes.container)
    ):
        yield "the fold has no question to ask a class"
    if len(set(related)) < FEWEST_RELATED:
        yield f"fewer than {FEWEST_RELATED} related answers"


class AnswerFoldDirective(SphinxDirective):
    """How the answer was checked, where the full argument stands, and the question to a class."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the fold."""
        fold = answer_fold(classes=["fold"])
        self.state.nested_parse(self.content, self.content_offset, fold)
        return [fold]


class AnswersDirective(SphinxDirective):
    """The index of all answers, by the topics named in it, a line each.

    A topic is a section, which one can link to, with the sentence that each answer begins with.
    """

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Leave a place for the answers to each topic."""
        self.env.metadata[self.env.docname][_INDEX] = True
        topics = [topic.strip() for topic in self.content if topic.strip()]
        return [self._section(topic) for topic in topics]

    def _section(self, topic: str) -> nodes.section:
        # Chapters have names such as "signs", and in the PDF all pages are one.
        name = topic_id(topic)
        section = nodes.section("", nodes.title("", topic), ids=[name], names=[name])
        section += answers_index(topic=topic)
        self.state.document.note_explicit_target(section, section)
        return section


def _related_of(env: BuildEnvironment, docname: str) -> list[str]:
    return [FOLDER + slug for slug in json.loads(env.metadata[docname].get("related", "[]"))]


def _read(app: Sphinx, doctree: nodes.document) -> None:
    docname = app.env.docname
    if not is_answer(docname):
        return
    related = _related_of(app.env, docname)
    for fault in faults_of(doctree, related, students=app.config.offcenter_students):
        logger.warning("answer: %s", fault, location=docname, type="answer")
    if "topic" not in app.env.metadata[docname]:
        logger.warning("answer: the front matter has no topic", location=docname, type="answer")
    sentence = first_sentence(doctree)
    for section in doctree.findall(nodes.section):
        section += related_answers(docnames=related)
        break
    if sentence is not None:
        words = cut(plain_text(sentence), DESCRIPTION)
        doctree.insert(0, nodes.meta(name="description", content=words))


def _link(app: Sphinx, docname: str, page: str) -> nodes.reference:
    title = nodes.inline("", "", *(c.deepcopy() for c in app.env.titles[page].children))
    return make_refnode(app.builder, docname, page, "", title)


def _in_reading_order(env: BuildEnvironment) -> list[str]:
    return [page for page in env.collect_relations() if is_answer(page)]


def _entry(app: Sphinx, docname: str, page: str) -> nodes.container:
    entry = nodes.container(classes=["answers-entry"])
    sentence = first_sentence(app.env.get_doctree(page))
    entry += nodes.paragraph("", "", _link(app, docname, page))
    if sentence is not None:
        entry += nodes.paragraph("", "", *(c.deepcopy() for c in sentence.children))
    return entry


def _answers_to(app: Sphinx, docname: str, topic: str, pages: list[str]) -> list[nodes.Element]:
    core = [page for page in pages if app.env.metadata[page].get("core")]
    more = [page for page in pages if page not in core] if core else []
    found: list[nodes.Element] = [_entry(app, docname, page) for page in core or pages]
    if more:
        fold = answer_fold(classes=["fold"], summary=f"{len(more)} more: {topic}")
        fold += [_entry(app, docname, page) for page in more]
        found.append(fold)
    return found


def _fill_index(app: Sphinx, docname: str, places: list[answers_index]) -> None:
    topics: dict[str, list[str]] = {}
    for page in _in_reading_order(app.env):
        topics.setdefault(app.env.metadata[page].get("topic", ""), []).append(page)
    words = 0
    for place in places:
        topic = place["topic"]
        if topic not in topics:
            logger.warning("answers: none is on %s", topic, location=docname, type="answer")
        found = _answers_to(app, docname, topic, topics.pop(topic, []))
        texts = [topic, *(node.astext() for node in found if not isinstance(node, answer_fold))]
        words += sum(len(text.split()) for text in texts)
        place.replace_self(found)
    for topic in topics:
        logger.warning("answers: %s has no place", topic, location=docname, type="answer")
    if words > MOST_OPEN_WORDS:
        told = f"{words} words stand open in the index, more than {MOST_OPEN_WORDS}"
        logger.warning("answers: %s", told, location=docname, type="answer")


def _resolve(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    if places := list(doctree.findall(answers_index)):
        _fill_index(app, docname, places)
    for place in list(doctree.findall(related_answers)):
        items = nodes.bullet_list()
        for page in place["docnames"]:
            if page not in app.env.titles:
                logger.warning("answer: there is no related %s", page, location=docname)
                continue
            items += nodes.list_item("", nodes.paragraph("", "", _link(app, docname, page)))
        box = nodes.container(classes=["related"])
        box += nodes.rubric("", "Related questions")
        box += items
        place.replace_self([box] if items.children else [])


def _note_reading(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    vars(app)["offcenter_read"] = set(docnames)


def _followers(app: Sphinx, env: BuildEnvironment) -> Iterable[str]:
    """Name the pages that quote a page which was read: the index, and what is related to it."""
    read = {page for page in vars(app)["offcenter_read"] if is_answer(page)}
    if not read:
        return []
    indexes = [name for name, known in env.metadata.items() if _INDEX in known]
    answers = [name for name in env.found_docs if is_answer(name)]
    return indexes + [name for name in answers if read & set(_related_of(env, name))]


def json_ld(question: str, answer: str, authors: Iterable[str], url: str) -> str:
    """Return the schema.org `QAPage` of an answer in its `script` element."""
    people = [{"@type": "Organization", "name": author} for author in authors]
    accepted = {"@type": "Answer", "text": answer, "author": people}
    accepted |= {"url": url} if url else {}
    entity = {"@type": "Question", "name": question, "answerCount": 1, "acceptedAnswer": accepted}
    data = {"@context": "https://schema.org", "@type": "QAPage", "mainEntity": entity}
    # "</" would end the element early.
    text = json.dumps(data, ensure_ascii=False).replace("</", "<\\/")
    return f'<script type="application/ld+json">{text}</script>'


def _describe(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None
) -> None:
    if doctree is None or not is_answer(pagename) or app.builder.name != "html":
        return
    publication = app.config.offcenter_publication
    url = publication.url and publication.url + app.builder.get_target_uri(pagename)
    data = json_ld(title_of(doctree), text_of(doctree), publication.authors, url)
    context["metatags"] = "\n".join([context.get("metatags", ""), data]).strip()


def _visit_fold(self: HTML5Translator, node: answer_fold) -> None:
    summary = node.get("summary", "How this was checked, and where the full argument is")
    self.body.append(self.starttag(node, "details"))
    self.body.append(f"<summary>{self.encode(summary)}</summary>\n")


def _depart_fold(self: HTML5Translator, node: answer_fold) -> None:
    self.body.append("</details>\n")


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directives, the checks, and what follows from the pages."""
    app.setup_extension("offcenter_site.pages.examples")
    fold = (_visit_fold, _depart_fold)
    app.add_node(answer_fold, html=fold, singlehtml=fold)
    app.add_directive("answer-fold", AnswerFoldDirective)
    app.add_directive("answers", AnswersDirective)
    # After the page's metadata are known, before the solutions' edition is chosen or not.
    app.connect("doctree-read", _read, priority=600)
    app.connect("env-before-read-docs", _note_reading)
    app.connect("env-updated", _followers)
    app.connect("doctree-resolved", _resolve)
    app.connect("html-page-context", _describe)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
