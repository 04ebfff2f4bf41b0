import re
import tomllib

from tests.support.environment import REPOSITORY
from tests.unit.repository.files import committed

LINT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["ruff"]["lint"]
EXCEPTION = re.compile(r"#\s*noqa:(?P<rules>[^#\n]*?\bS\d{3}[^#\n]*)")
SECURITY = re.compile(r"S\d{3}")


class TestSecurityLint:
    def test_every_rule_is_on(self) -> None:
        """All of ruff's rules are selected, those of bandit among them, and none of those is ignored everywhere."""
        assert LINT["select"] == ["ALL"]
        assert [rule for rule in LINT["ignore"] if rule == "S" or SECURITY.fullmatch(rule)] == []

    def test_the_product_s_folders_have_no_exception(self) -> None:
        """What runs in production is excepted line by line only; of the rest the simulators are, for their dice."""
        excepted = {
            folder: {rule for rule in rules if rule == "S" or SECURITY.fullmatch(rule)}
            for folder, rules in LINT["per-file-ignores"].items()
        }

        installed = {
            folder: rules
            for folder, rules in excepted.items()
            if rules and not folder.startswith(("tests/", "bench/", "scripts/", "deploy/"))
        }
        assert installed == {"simulators/**": {"S311"}}

    def test_each_exception_says_why(self) -> None:
        """A line that is excepted from a rule of security gives the reason behind a dash."""
        silent = [
            f"{file.relative_to(REPOSITORY)}:{number}"
            for file in committed()
            if file.suffix == ".py"
            for number, line in enumerate(file.read_text().splitlines(), start=1)
            if (found := EXCEPTION.search(line)) and not re.search(r" - \S", found["rules"])
        ]

        assert silent == []
