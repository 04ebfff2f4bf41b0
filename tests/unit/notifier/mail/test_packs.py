import os
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satark.notifier.mail.incident_view import view
from satark.notifier.mail.packs import MAX_FILE_BYTES, Broken, Folder, Pack, builtin_texts, read
from satark.notifier.mail.render import Rendered, render
from satark.notifier.mail.view import AnyView, View
from satark.notifier.mail.wording import number
from tests.unit.notifier.scenes import WRITTEN, opened, symptom

SAID = view(opened(), now=WRITTEN)
PLAIN = render(SAID)
NAMES = sorted(builtin_texts())
WORDS = (
    "{% %} {{ }} {# #} for in if end block extends include macro call 'builtin/base.html.j2' 'opened.txt.j2' self super() "
    "view . place | ( ) range(999) set = x lead endblock endfor ~ * 9 loop ** namespace -"
)


def by(**texts: str) -> Rendered:
    """Return a mail by templates whose names are given with two underscores for a dot, without their ending."""
    return render(SAID, pack=Pack({f"{name.replace('__', '.')}.j2": text for name, text in texts.items()}))


def blamed(**texts: str) -> str:
    """Return what the one template that could not be used is blamed for; all else is as if it were not there."""
    mail = by(**texts)
    (broken,) = mail.broken
    assert mail.subject == PLAIN.subject
    assert f"A template of yours could not be used: {broken}" in mail.text
    return str(broken)


class TestOverrides:
    def test_change_single_blocks(self) -> None:
        """A block of the user's takes the place of the built-in one; what it does not change stays."""
        mail = by(
            opened__txt="{% extends 'builtin/opened.txt.j2' %}{% block lead %}Call the NOC!\n{{ super() }}{% endblock %}"
        )

        assert mail.text.startswith("Call the NOC!\n")
        assert mail.text.endswith(PLAIN.text[-200:])
        assert (mail.subject, mail.html, ()) == (PLAIN.subject, PLAIN.html, mail.broken)

    def test_change_what_all_have_in_common(self) -> None:
        """The template that others extend can be changed, and all that extend it are."""
        mail = by(base__txt="{% extends 'builtin/base.txt.j2' %}{% block footer %}\nExample Networks\n{% endblock %}")

        assert mail.text.endswith("\nExample Networks\n")
        assert mail.broken == ()

    def test_take_the_place_of_whole_templates(self) -> None:
        """A template that extends nothing is all there is."""
        mail = by(opened__subject="Oh dear: {{ view.place }}, {{ gist }}\n", opened__txt="{{ view.place }} is bad.\n")

        assert mail.subject.startswith("Oh dear: LDN-vVCE / BT Business Broadband, ")
        assert mail.text == "LDN-vVCE / BT Business Broadband is bad.\n"

    def test_may_include_and_import_each_other(self) -> None:
        """Files of other names are there for those that use them."""
        mail = by(
            macros="{% macro shout(x) %}{{ x|upper }}!{% endmacro %}",
            opened__txt="{% import 'macros.j2' as m %}{{ m.shout(view.place) }}",
        )

        assert mail.text == "LDN-VVCE / BT BUSINESS BROADBAND!"

    def test_are_escaped_in_html_whatever_their_name(self) -> None:
        """A file that the HTML part includes is HTML, even if its name does not say so."""
        evil = view(opened(labels={"edge": "<script>", "link": "x"}), now=WRITTEN)

        mail = render(
            evil, pack=Pack({"place": "", "place.j2": "{{ view.place }}", "opened.html.j2": "{% include 'place.j2' %}"})
        )

        assert mail.html == "&lt;script&gt; / x"

    def test_of_no_consequence_change_nothing(self) -> None:
        """The built-in templates say the same in the sandbox."""
        assert by(other="nothing") == PLAIN


class TestBroken:
    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("\n{% if %}", "opened.txt.j2, line 2: Expected an expression, got 'end of statement block'"),
            ("a\nb\n{{ nothing }}", "opened.txt.j2, line 3: 'nothing' is undefined"),
            (
                "{{ view.plce }}",
                "opened.txt.j2, line 1: 'satark.notifier.mail.view.View object' has no attribute 'plce'",
            ),
            ("{{ ''.__class__ }}", "opened.txt.j2, line 1: access to attribute '__class__' of 'str' object is unsafe."),
            ("{{ view.__init__ }}", "access to attribute '__init__' of 'View' object is unsafe."),
            ("\n{{ 1 // 0 }}", "opened.txt.j2, line 2: integer division or modulo by zero"),
            ("{% include 'nix.j2' %}", "opened.txt.j2, line 1: there is no template nix.j2"),
            ("{% include '../opened.html.j2' %}", "there is no template ../opened.html.j2"),
            ("{% include '/etc/passwd' %}", "there is no template /etc/passwd"),
            (
                "{% extends 'opened.txt.j2' %}",
                "opened.txt.j2, line 1: it includes, extends or calls itself without end",
            ),
            ("", "opened.txt.j2: it does not say what it is about: view.place and view.incident are missing"),
            ("{{ view.rows.append(1) }}", "has no attribute 'append'"),
            ("{{ [].append(1) }}", "access to attribute 'append' of 'list' object is unsafe."),
        ],
    )
    def test_part_is_written_by_the_builtin_template(self, text: str, why: str) -> None:
        """Whatever is wrong with a template, the part is the built-in one, with a notice of file, line and reason."""
        assert why in blamed(opened__txt=text)

    def test_subject_of_several_lines_is_not_used(self) -> None:
        """A subject that would begin another header is not used."""
        assert "a subject is one line" in blamed(opened__subject="{{ view.place }}\nBcc: everybody@example.net")

    def test_blame_is_with_the_file_that_failed(self) -> None:
        """An error in a file that another imports is told of that file."""
        texts = {
            "macros": "\n{% macro f(x) %}\n{{ x.nix }}{% endmacro %}",
            "opened__txt": "{% import 'macros.j2' as m %}{{ m.f(view) }}",
        }

        assert blamed(**texts).startswith("macros.j2, line 3: ")

    def test_notice_is_in_all_parts_that_are_built_in(self) -> None:
        """HTML says it, too, escaped."""
        mail = by(opened__subject="{{ view['<b>'] }}")

        assert "could not be used: opened.subject.j2, line 1" in mail.text
        assert "could not be used: opened.subject.j2, line 1" in mail.html
        assert "<b>" not in mail.html.split("could not be used")[1]

    def test_notice_that_breaks_a_template_does_no_harm(self) -> None:
        """A template that fails only with notices is not used either."""
        mail = by(opened__subject="{{ nix }}", opened__txt="{{ view.place }}{{ 1 // (1 - notices|length) }}")

        assert mail.text.startswith(PLAIN.text[:100])


class TestAnything:
    @given(name=st.sampled_from(NAMES), content=st.binary(max_size=200))
    @settings(deadline=None, max_examples=30)
    def test_mail_is_written_and_says_what_it_is_about(
        self, tmp_path_factory: pytest.TempPathFactory, name: str, content: bytes
    ) -> None:
        """Whatever bytes are in a file, the mail is written and has the incident's facts."""
        folder = tmp_path_factory.mktemp("pack")
        (folder / name).write_bytes(content)

        assert_says_all(SAID, render(SAID, pack=read(folder)))

    @given(
        name=st.sampled_from(NAMES),
        pieces=st.lists(st.sampled_from(WORDS.split()), max_size=30),
    )
    @settings(deadline=None, max_examples=30)
    def test_pieces_of_templates_do_no_harm(self, name: str, pieces: list[str]) -> None:
        """Whatever a template says, the mail is written: if not by it, then by the built-in one."""
        mail = render(SAID, pack=Pack({name: " ".join(pieces)}))

        assert mail.subject
        assert mail.text.strip()
        assert mail.html.strip()


def assert_says_all(said: AnyView, mail: Rendered) -> None:
    """Assert that all parts say what an incident is about."""
    assert isinstance(said, View)
    assert said.place in mail.subject
    assert said.place in mail.html
    for fact in (said.incident, said.rows[0].title, number(100.0), "BT Business Broadband", "LDN-vVCE"):
        assert fact in mail.text
        assert fact in mail.html


class TestRead:
    def test_reads_only_templates(self, tmp_path: Path) -> None:
        """Hidden files, folders and files of other endings are no templates."""
        for name in ("opened.txt.j2", ".opened.html.j2", "README.md", "opened.txt.j2~"):
            (tmp_path / name).write_text("x")
        (tmp_path / "builtin").mkdir()

        assert Pack({"opened.txt.j2": "x"}) == read(tmp_path)

    def test_says_which_file_is_not_readable(self, tmp_path: Path) -> None:
        """What is no UTF-8, too large, a folder, or elsewhere, is told; the rest is used."""
        (tmp_path / "a.j2").write_bytes(b"caf\xe9")
        (tmp_path / "b.j2").write_text("x" * (MAX_FILE_BYTES + 1))
        (tmp_path / "c.j2").mkdir()
        (tmp_path / "d.j2").symlink_to("/etc/passwd")
        (tmp_path / "e.j2").write_bytes(b"\xef\xbb\xbffine\r\n")

        found = read(tmp_path)

        assert {"e.j2": "fine\n"} == found.texts
        assert [
            "a.j2: it is not UTF-8 at byte 3",
            f"b.j2: it is larger than {MAX_FILE_BYTES} bytes",
            "c.j2: it is no file",
            "d.j2: it is a link to somewhere outside of the folder",
        ] == [str(broken) for broken in found.unreadable]

    def test_follows_links_within_the_folder(self, tmp_path: Path) -> None:
        """A folder that Kubernetes mounts holds links to a folder in it."""
        (tmp_path / "..data").mkdir()
        (tmp_path / "..data" / "opened.txt.j2").write_text("x")
        (tmp_path / "opened.txt.j2").symlink_to("..data/opened.txt.j2")

        assert {"opened.txt.j2": "x"} == read(tmp_path).texts

    def test_a_folder_that_is_gone_has_no_templates(self, tmp_path: Path) -> None:
        """Mails go on by the built-in templates, with a notice."""
        found = read(tmp_path / "gone")

        assert ["gone: the folder cannot be read: No such file or directory"] == [
            str(each) for each in found.unreadable
        ]
        assert "could not be used: gone" in render(SAID, pack=found).text


class TestFolder:
    def test_takes_changes_live(self, tmp_path: Path) -> None:
        """A file that is changed, added or taken away counts from the next mail on."""
        folder, file = Folder(tmp_path, lambda *_: None), tmp_path / "opened.txt.j2"
        seen = [folder.pack().texts]
        file.write_text("one")
        seen.append(folder.pack().texts)
        file.write_text("two")
        os.utime(file, ns=(1, 1))
        seen.append(folder.pack().texts)
        file.unlink()
        seen.append(folder.pack().texts)

        assert [{}, {"opened.txt.j2": "one"}, {"opened.txt.j2": "two"}, {}] == seen

    def test_keeps_what_did_not_change(self, tmp_path: Path) -> None:
        """An unchanged folder is not read again."""
        folder = Folder(tmp_path, lambda *_: None)

        assert folder.pack() is folder.pack()

    def test_reports_a_broken_template_as_new_once(self, tmp_path: Path) -> None:
        """A report is new once for each change of the folder."""
        reports: list[tuple[str, bool]] = []
        folder = Folder(tmp_path, lambda broken, is_new: reports.append((broken.place, is_new)))
        broken = Broken("opened.txt.j2", 3, "it is wrong")
        for _ in range(2):
            folder.pack()
            folder.report([broken])
        (tmp_path / "opened.txt.j2").write_text("x")
        folder.pack()
        folder.report([broken])

        assert [("opened.txt.j2:3", True), ("opened.txt.j2:3", False), ("opened.txt.j2:3", True)] == reports


def test_values_are_what_the_docs_name() -> None:
    """A view has the fields that templates of users may use; one that goes away breaks them."""
    assert {"place", "sentences", "rows", "checks", "facts", "incident", "image", "critical"} <= {
        f.name for f in fields(View)
    }
    assert SAID.rows[0].title == view(opened(symptom()), now=WRITTEN).rows[0].title
