"""Files to start from: one for each built-in template that changes nothing yet, and says what can be changed. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import fields

from jinja2 import Environment, nodes

from satark.notifier.mail.packs import BUILTIN
from satark.notifier.mail.render import SUBJECT, environment
from satark.notifier.mail.view import DigestView, HeartbeatView, View

VIEWS: Mapping[str, type] = {"digest": DigestView, "heartbeat": HeartbeatView}
WHAT = {
    "opened": "the mail that tells that something is wrong",
    "updated": "the mail that tells that it changed",
    "resolved": "the mail that tells that it is over",
    "digest": "the mail that tells of several incidents at once",
    "heartbeat": "the mail that tells that all works",
    "base": "what the mails opened, updated and resolved have in common",
    "layout": "what all mails have in common",
}
PARTS = {"subject": "Subject of", "txt": "Text part of", "html": "HTML part of"}


def starters(texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Return for each built-in template the name and the text of a file to start from."""
    for name, text in sorted(texts.items()):
        state, part, _ = name.split(".")
        yield name, _subject(name, state) if part == SUBJECT else _blocks(name, state, part, text, texts)


def _subject(name: str, state: str) -> str:
    return f"""{{#
{PARTS[SUBJECT]} {WHAT[state]}: one line. It changes nothing yet: below, the built-in one is put in.
Write your own in its place, for example: {{{{ view.place }}}} is bad: {{{{ gist }}}}
It is written with several gists, the longest first; the first subject that fits is taken.
#}}
{{% include "{BUILTIN}{name}" %}}
"""


def _blocks(name: str, state: str, part: str, text: str, texts: Mapping[str, str]) -> str:
    engine = environment()
    chain = list(_chain(name, text, texts, engine))
    blocks = dict.fromkeys(block.name for tree in chain for block in tree.find_all(nodes.Block))
    lines = "\n".join(f"{{% block {block} %}}{{{{ super() }}}}{{% endblock %}}" for block in blocks)
    known = ", ".join(f"view.{each.name}" for each in fields(VIEWS.get(state, View)))
    return f"""{{% extends "{BUILTIN}{name}" %}}
{{#
{PARTS[part]} {WHAT[state]}. It changes nothing yet: all below is a comment.
To change a block, move its line out of the comment and write your words in place of super(), or beside it,
which stands for what the built-in template has there. {BUILTIN}{name} shows it; it is there to be read only.

{lines}

What can be said: {known}.
#}}
"""


def _chain(name: str, text: str, texts: Mapping[str, str], engine: Environment) -> Iterator[nodes.Template]:
    """Yield a template and all that it extends."""
    tree = engine.parse(text)
    yield tree
    for parent in tree.find_all(nodes.Extends):
        if isinstance(parent.template, nodes.Const) and parent.template.value != name:
            yield from _chain(parent.template.value, texts[parent.template.value], texts, engine)
