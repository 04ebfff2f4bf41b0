from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Meta, Struct, field

from satark.runtime.settings import MAX_SECRET_BYTES, Secret, SettingsError, environment, load, load_all, variables


class Shop(Struct, frozen=True, kw_only=True):
    """Settings of an imagined service."""

    aliases: ClassVar[Mapping[str, str]] = {"SHOP_TOKEN": "token", "SHOP_URL": "url"}

    url: Annotated[str, Meta(description="Where it is.")]
    token: Annotated[Secret | None, Meta(description="Who we are.")] = None
    every_s: Annotated[float, Meta(description="How often.", gt=0)] = 300.0
    mode: Literal["fast", "slow"] = "fast"
    names: tuple[str, ...] = ()
    limits: dict[str, int] = field(default_factory=lambda: {"all": 1})
    keys: dict[str, Secret] = field(default_factory=dict)
    paths: Path | None = None

    def mistakes(self) -> Iterable[str]:
        """Return what contradicts itself."""
        if self.mode == "fast" and self.every_s > 1_000:
            yield "EVERY_S is slow, MODE is fast"


class Plain(Struct, frozen=True, kw_only=True):
    size: int = 1


def mistakes(environ: Mapping[str, str], **groups: type[Struct]) -> tuple[str, ...]:
    """Return what is wrong with an environment."""
    with pytest.raises(SettingsError) as caught:
        load_all(groups or {"shop": Shop}, environ)
    return caught.value.mistakes


def shown(environ: Mapping[str, str]) -> str:
    """Return what a person can see of loading an environment: the settings or the mistakes."""
    try:
        return repr(load("shop", Shop, environ))
    except SettingsError as error:
        return str(error)


class TestVariables:
    def test_every_field_has_one(self) -> None:
        """A group's variables have prefixed names, descriptions, defaults and aliases, in the order of the fields."""
        url, token, every_s, *_ = variables("my-shop", Shop)

        assert (url.env, url.required, url.default, url.aliases) == ("SATARK_MY_SHOP_URL", True, None, ("SHOP_URL",))
        assert (token.env, token.secret, token.description) == ("SATARK_MY_SHOP_TOKEN", True, "Who we are.")
        assert (every_s.default, every_s.secret, every_s.required) == (300.0, False, False)

    def test_inherited_fields_come_last(self) -> None:
        """What a group says itself comes before what it shares with others."""

        class Corner(Shop, frozen=True, kw_only=True):
            street: str

        assert [v.field for v in variables("corner", Corner)][:3] == ["street", "url", "token"]

    def test_made_defaults_are_made(self) -> None:
        """A default that a factory makes is told as a value."""
        limits = next(v for v in variables("shop", Shop) if v.field == "limits")

        assert {"all": 1} == limits.default


class TestLoad:
    def test_texts_become_typed_values(self) -> None:
        """Every variable is converted to its field's type; what is not given has its default."""
        environ = {
            "SATARK_SHOP_URL": " https://x ",
            "SATARK_SHOP_TOKEN": "t0ken",
            "SATARK_SHOP_EVERY_S": "60",
            "SATARK_SHOP_NAMES": "a,b",
            "SATARK_SHOP_LIMITS": "x=3",
            "SATARK_SHOP_PATHS": "/tmp",  # noqa: S108 - only a text
        }

        loaded = load("shop", Shop, environ)

        assert loaded == Shop(
            url="https://x",
            token=Secret("t0ken"),
            every_s=60.0,
            names=("a", "b"),
            limits={"x": 3},
            paths=Path("/tmp"),  # noqa: S108 - only a text
        )

    def test_an_alias_is_accepted(self) -> None:
        """A variable is also read from its other name, and its own name wins."""
        alias = load("shop", Shop, {"SHOP_URL": "one"})
        both = load("shop", Shop, {"SHOP_URL": "one", "SATARK_SHOP_URL": "two"})

        assert (alias.url, both.url) == ("one", "two")

    def test_an_empty_text_is_not_given(self) -> None:
        """An empty variable counts as not given, as compose files make them."""
        loaded = load("shop", Shop, {"SATARK_SHOP_URL": "x", "SATARK_SHOP_EVERY_S": "  ", "SATARK_SHOP_TOKEN_FILE": ""})

        assert (loaded.every_s, loaded.token) == (300.0, None)

    def test_other_groups_are_left_alone(self) -> None:
        """Variables of groups that this process does not have are somebody else's."""
        loaded = load("shop", Shop, {"SATARK_SHOP_URL": "x", "SATARK_NOTIFIER_SENDER": "y", "SATARKX": "z"})

        assert loaded.url == "x"

    def test_a_group_without_checks_has_none(self) -> None:
        """Cross-field checks are optional."""
        assert load("plain", Plain, {"SATARK_PLAIN_SIZE": "3"}) == Plain(size=3)

    def test_the_environment_is_the_process_s(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The environment is read when it is asked for."""
        monkeypatch.setenv("SATARK_PLAIN_SIZE", "7")

        assert load("plain", Plain, environment()).size == 7


class TestMistakes:
    def test_all_are_told_at_once(self) -> None:
        """Every mistake of every group is told: missing, wrong and unknown."""
        environ = {
            "SATARK_SHOP_EVERY_S": "soon",
            "SATARK_SHOP_MODE": "medium",
            "SATARK_SHOP_TOKN": "x",
            "SATARK_PLAIN_SIZE": "big",
        }

        assert mistakes(environ, shop=Shop, plain=Plain) == (
            "SATARK_SHOP_URL (or SHOP_URL) is missing: Where it is.",
            "SATARK_SHOP_EVERY_S: expected a number (got 'soon')",
            "SATARK_SHOP_MODE: expected one of fast, slow (got 'medium')",
            "SATARK_PLAIN_SIZE: expected a whole number (got 'big')",
            "SATARK_SHOP_TOKN is no setting: did you mean SATARK_SHOP_TOKEN?",
        )

    def test_contradictions_are_told(self) -> None:
        """What only two fields together make wrong names the group."""
        assert mistakes({"SATARK_SHOP_URL": "x", "SATARK_SHOP_EVERY_S": "5000"}) == (
            "SATARK_SHOP_*: EVERY_S is slow, MODE is fast",
        )

    def test_a_wrong_alias_is_named_as_it_was_given(self) -> None:
        """The name in a message is the one that the operator wrote."""

        class Timed(Struct, frozen=True, kw_only=True):
            aliases: ClassVar[Mapping[str, str]] = {"OLD_SECONDS": "seconds"}
            seconds: int = 1

        assert mistakes({"OLD_SECONDS": "x"}, timed=Timed) == ("OLD_SECONDS: expected a whole number (got 'x')",)

    @pytest.mark.parametrize(
        ("name", "meant"),
        [
            ("SATARK_SHOPP_URL", "SATARK_SHOP_URL"),
            ("SATARK_SHPO_TOKEN_FILE", "SATARK_SHOP_TOKEN_FILE"),
            ("SATARK_SHOP_TOKEN_FIEL", "SATARK_SHOP_TOKEN_FILE"),
        ],
    )
    def test_a_misspelt_name_gets_a_suggestion(self, name: str, meant: str) -> None:
        """A name whose group or field is misspelt is told, with the one that was probably meant."""
        assert mistakes({"SATARK_SHOP_URL": "x", name: "y"}) == (f"{name} is no setting: did you mean {meant}?",)

    def test_an_unknown_name_without_any_like_it_is_told(self) -> None:
        """An unknown name of a known group is a mistake even when nothing resembles it."""
        assert mistakes({"SATARK_PLAIN_": "y"}, plain=Plain) == (
            "SATARK_PLAIN_ is no setting: did you mean SATARK_PLAIN_SIZE?",
        )
        assert mistakes({"SATARK_AB_QQQQQQQQQQQQQQQQQQQQ": "y"}, ab=Plain) == (
            "SATARK_AB_QQQQQQQQQQQQQQQQQQQQ is no setting",
        )


class TestSecrets:
    def test_a_file_is_read(self, tmp_path: Path) -> None:
        """A secret may come from a file, whose last line break is not part of it; so may its alias."""
        file = tmp_path / "token"
        file.write_text("t0ken\n")

        loaded = [
            load("shop", Shop, {"SATARK_SHOP_URL": "x", name: str(file)})
            for name in ("SATARK_SHOP_TOKEN_FILE", "SHOP_TOKEN_FILE")
        ]

        assert [Secret("t0ken")] * 2 == [each.token for each in loaded]
        assert [file] * 2 == [each.token.file for each in loaded if each.token]

    def test_both_are_one_too_many(self, tmp_path: Path) -> None:
        """A secret that is given as text and as file is refused, without showing either."""
        environ = {"SATARK_SHOP_URL": "x", "SATARK_SHOP_TOKEN": "t0ken", "SATARK_SHOP_TOKEN_FILE": str(tmp_path / "f")}

        assert mistakes(environ) == ("SATARK_SHOP_TOKEN and SATARK_SHOP_TOKEN_FILE are both given: keep one",)

    @pytest.mark.parametrize(
        ("content", "why"),
        [
            (None, "cannot read {path}: No such file or directory"),
            (b"", "{path} is empty"),
            (b" \n", "{path} is empty"),
            (b"tok\xffen", "{path} is not UTF-8 text (at byte 3)"),
            (b"x" * (MAX_SECRET_BYTES + 1), f"{{path}} is larger than {MAX_SECRET_BYTES} bytes, surely not a secret"),
        ],
    )
    def test_a_file_that_cannot_be_one_is_refused(self, tmp_path: Path, content: bytes | None, why: str) -> None:
        """A missing, empty, binary or huge file is refused by name."""
        file = tmp_path / "token"
        if content is not None:
            file.write_bytes(content)

        told = mistakes({"SATARK_SHOP_URL": "x", "SATARK_SHOP_TOKEN_FILE": str(file)})

        assert told == (f"SATARK_SHOP_TOKEN_FILE: {why.format(path=file)}",)

    def test_a_wrong_secret_is_not_shown(self) -> None:
        """A mistake in a variable that holds secrets does not repeat its text, nor does the error's chain."""
        with pytest.raises(SettingsError) as caught:
            load("shop", Shop, {"SATARK_SHOP_URL": "x", "SATARK_SHOP_KEYS": "hunter2"})

        assert caught.value.mistakes == ("SATARK_SHOP_KEYS: expected name=value, comma separated",)
        assert caught.value.__cause__ is None

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
    @given(texts=st.dictionaries(st.sampled_from([v.env for v in variables("shop", Shop)]), st.text(max_size=20)))
    def test_any_environment_loads_or_is_refused(self, texts: dict[str, Any]) -> None:
        """Whatever the environment holds, the answer is settings or a SettingsError that does not show a secret."""
        environ = texts | {"SATARK_SHOP_TOKEN": "hunter2-hunter2"}

        assert "hunter2-hunter2" not in shown(environ)
