import json
from base64 import urlsafe_b64decode
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satark.runtime.settings import Secret
from satark.simulators.vco.auth import (
    MAX_SESSIONS,
    Account,
    Sessions,
    by_password,
    by_token,
    claimed_expiry,
    sample_accounts,
    simulated_jwt,
)
from satark.simulators.vco.errors import TokenError
from satark.simulators.vco.times import to_ms
from satark.simulators.vco.worlds import NORTHWIND_NOW, northwind

ACCOUNT = Account(
    kind="customer", enterprise_ids=(4101,), token=Secret("abc"), username="noc", password=Secret("right")
)
OPERATOR = Account(kind="operator", enterprise_ids=(4101, 4102), username="root", password=Secret("right"))
HOUR = timedelta(hours=1)


class TestToken:
    def test_accepted(self) -> None:
        """The word Token and the right token let in."""
        assert by_token([OPERATOR, ACCOUNT], "Token abc", NORTHWIND_NOW, NORTHWIND_NOW + HOUR) == ACCOUNT

    @pytest.mark.parametrize("header", ["Token abd", "Bearer abc", "token abc", "Token Token abc", "abc", "Token ", ""])
    def test_refused(self, header: str) -> None:
        """Another token, another scheme and a doubled prefix do not."""
        with pytest.raises(TokenError, match="invalid token"):
            by_token([OPERATOR, ACCOUNT], header, NORTHWIND_NOW, None)

    def test_expired(self) -> None:
        """A token is refused from its expiry on."""
        with pytest.raises(TokenError, match="expired token"):
            by_token([ACCOUNT], "Token abc", NORTHWIND_NOW, NORTHWIND_NOW)

    def test_looks_like_the_real_one(self) -> None:
        """A simulated token is a JWT whose expiry is in milliseconds."""
        _, body, _ = simulated_jwt("noc", NORTHWIND_NOW).split(".")

        assert to_ms(NORTHWIND_NOW) == json.loads(urlsafe_b64decode(body + "=="))["exp"]


class TestPassword:
    def test_doors(self) -> None:
        """Operators and customers log in at different doors."""
        accounts = [ACCOUNT, OPERATOR]

        assert by_password(accounts, "noc", "right", operator=False) == ACCOUNT
        assert by_password(accounts, "root", "right", operator=True) == OPERATOR
        assert by_password(accounts, "noc", "right", operator=True) is None
        assert by_password(accounts, "root", "right", operator=False) is None

    @pytest.mark.parametrize(("username", "password"), [("noc", "wrong"), ("other", "right"), (None, None), (1, [])])
    def test_refused(self, username: object, password: object) -> None:
        """A wrong or missing user or password is nobody."""
        assert by_password([ACCOUNT], username, password, operator=False) is None


class TestSessions:
    def test_lives_and_dies(self) -> None:
        """A session holds until its time is over, and is forgotten then."""
        sessions = Sessions()
        cookie = sessions.login(ACCOUNT, NORTHWIND_NOW, 3600)

        assert sessions.account(cookie, NORTHWIND_NOW + HOUR - timedelta(seconds=1)) == ACCOUNT
        with pytest.raises(TokenError, match="expired session cookie"):
            sessions.account(cookie, NORTHWIND_NOW + HOUR)
        assert len(sessions) == 0

    def test_logout(self) -> None:
        """A session that logged out is gone, and so are all when they are expired; strangers do no harm."""
        sessions = Sessions()
        first, second = (sessions.login(ACCOUNT, NORTHWIND_NOW, 3600) for _ in range(2))
        sessions.logout(first)
        sessions.logout("stranger")

        assert sessions.account(second, NORTHWIND_NOW) == ACCOUNT
        sessions.expire_all()
        for cookie in (first, second):
            with pytest.raises(TokenError):
                sessions.account(cookie, NORTHWIND_NOW)

    def test_bounded(self) -> None:
        """The oldest session gives way to a new one when there are too many."""
        sessions = Sessions()
        cookies = [sessions.login(ACCOUNT, NORTHWIND_NOW, 3600) for _ in range(MAX_SESSIONS + 1)]

        assert len(sessions) == MAX_SESSIONS
        with pytest.raises(TokenError):
            sessions.account(cookies[0], NORTHWIND_NOW)


class TestAccounts:
    def test_what_they_see(self) -> None:
        """Operator and partner see every enterprise, the customer the first; no secret shows in a printout."""
        accounts = sample_accounts(northwind(NORTHWIND_NOW), NORTHWIND_NOW)

        assert {kind: account.enterprise_ids for kind, account in accounts.items()} == {
            "customer": (4101,),
            "msp": (4101, 4102),
            "operator": (4101, 4102),
        }
        assert "password'" not in repr(accounts)


class TestClaimedExpiry:
    @settings(deadline=None)
    @given(st.integers(-(10**9), 10**10), st.sampled_from(["ms", "s"]))
    def test_both_units(self, second: int, unit: Any) -> None:
        """The expiry of a token is read in either unit."""
        expires = NORTHWIND_NOW + timedelta(seconds=second)

        assert expires == claimed_expiry(simulated_jwt("noc", expires, unit))

    @settings(deadline=None)
    @given(
        st.text(max_size=30) | st.tuples(st.text(max_size=9), st.text(max_size=9), st.text(max_size=9)).map(".".join)
    )
    def test_none(self, token: str) -> None:
        """A text that is no JWT has no expiry."""
        assert claimed_expiry(token) is None

    def test_refused(self) -> None:
        """A token is refused from its own expiry on."""
        account = msgspec.structs.replace(ACCOUNT, token=Secret(simulated_jwt("noc", NORTHWIND_NOW, "s")))
        assert account.token is not None
        header = f"Token {account.token.reveal()}"

        assert by_token([account], header, NORTHWIND_NOW - HOUR, None) == account
        with pytest.raises(TokenError, match="expired token"):
            by_token([account], header, NORTHWIND_NOW, None)
