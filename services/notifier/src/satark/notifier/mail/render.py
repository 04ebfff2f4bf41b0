"""From what is to be said to the three texts of a mail: subject, plain text and HTML, by Jinja2 templates."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from satark.notifier.mail.headers import clean
from satark.notifier.mail.view import AnyView

TEMPLATES = Path(__file__).parent / "templates"
SUBJECT_CHARS = 78
"""What mail clients show of a subject before they cut it."""
MAX_SUBJECT_CHARS = 320


@dataclass(frozen=True, slots=True)
class Rendered:
    """The texts of one mail."""

    subject: str
    text: str
    html: str


@cache
def environment(folder: Path = TEMPLATES) -> Environment:
    """Return the template engine: HTML is escaped, a name that is not there is an error."""
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def render(view: AnyView, *, subject_prefix: str = "") -> Rendered:
    """Return the texts of a mail.

    Raises jinja2.TemplateError for a broken template.
    """
    engine = environment()
    subject = engine.get_template(f"{view.state}.subject.j2")
    subjects = [clean(f"{subject_prefix} {subject.render(view=view, gist=g)}", MAX_SUBJECT_CHARS) for g in view.gists]
    return Rendered(
        subject=next((text for text in subjects if len(text) <= SUBJECT_CHARS), subjects[-1]),
        text=engine.get_template(f"{view.state}.txt.j2").render(view=view),
        html=engine.get_template(f"{view.state}.html.j2").render(view=view),
    )
