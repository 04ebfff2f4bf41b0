from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from satark.simulators.vco.auth import sample_accounts
from satark.simulators.vco.clock import VirtualClock
from satark.simulators.vco.errors import TokenError
from satark.simulators.vco.faults import Faults, FaultsError, LateBucket
from satark.simulators.vco.scenario import Incident, Script, ScriptError
from satark.simulators.vco.simulator import Simulator
from satark.simulators.vco.worlds import NORTHWIND_NOW, NORTHWIND_SCRIPT, northwind

QUALITY = "linkQualityEvent/getLinkQualityEvents"
FIBRE_A = "00000001-6c1e-4d0a-9f3b-2b7a5d1e0a11"
HOUR = {"start": 1773140400000, "end": 1773144000000}
PARAMS = {"edgeId": 20311, "interval": HOUR, "minutesPerSample": 5}


def simulator(seed: int = 1, faults: Faults | None = None, script: Script = NORTHWIND_SCRIPT) -> Simulator:
    """Return a simulator of the sample world, its clock frozen, that no server shows."""
    world = northwind(NORTHWIND_NOW)
    return Simulator(
        world,
        script=script,
        clock=VirtualClock.frozen_at(NORTHWIND_NOW),
        accounts=tuple(sample_accounts(world, NORTHWIND_NOW).values()),
        real_now=lambda: datetime(2026, 11, 21, tzinfo=UTC),
        seed=seed,
        faults=faults,
    )


def ask(of: Simulator, params: Any = None, method: str = QUALITY) -> Any:
    """Return an answer to the customer."""
    return of.answer(method, PARAMS if params is None else params, of.accounts[0])


class TestAnswer:
    @settings(deadline=None, max_examples=30)
    @given(st.integers(0, 10_000), st.integers(0, 500), st.integers(1, 60))
    def test_deterministic(self, seed: int, minute: int, minutes_per_sample: int) -> None:
        """Two simulators of the same seed answer every call with the same bytes, again and again."""
        end = NORTHWIND_NOW - timedelta(minutes=minute)
        interval = {"start": (end - timedelta(hours=1)).isoformat(), "end": end.isoformat()}
        params = {"edgeId": 20311, "interval": interval, "minutesPerSample": minutes_per_sample}
        first, second = simulator(seed), simulator(seed)
        answers = {msgspec.json.encode(ask(one, params)) for one in (first, second, first)}

        assert len(answers) == 1

    def test_seeds_differ(self) -> None:
        """Another seed answers otherwise."""
        assert ask(simulator(1)) != ask(simulator(2))

    def test_time_adds_only(self) -> None:
        """What was answered once stays true later: time adds buckets, it changes none."""
        one = simulator()
        whole_day = PARAMS | {"interval": {"start": HOUR["start"], "end": HOUR["end"] + 86_400_000}}
        early = ask(one, whole_day)[FIBRE_A]["timeseries"]
        one.advance(3600)
        late = ask(one, whole_day)[FIBRE_A]["timeseries"]

        assert len(late) == len(early) + 12
        assert late[: len(early)] == early

    def test_lag(self) -> None:
        """The knob of the delay hides more of the newest buckets."""
        counts = []
        for lag_s in (600, 1200, 3600):
            one = simulator()
            one.change(lag_s=lag_s)
            counts.append(len(ask(one)[FIBRE_A]["timeseries"]))

        assert counts == [12, 11, 3]

    def test_late_bucket(self) -> None:
        """A bucket can be late for one link alone, and comes after all."""
        late = LateBucket(link=FIBRE_A, at=NORTHWIND_NOW - timedelta(minutes=29), delay_s=1500)
        one = simulator(faults=Faults(late_buckets=(late,)))
        before = {name: len(entry["timeseries"]) for name, entry in ask(one).items()}
        one.advance(360)
        after = {name: len(entry["timeseries"]) for name, entry in ask(one).items()}

        assert sorted(before.values()) == [11, 12, 12]
        assert sorted(after.values()) == [12, 12, 12]


class TestControl:
    def test_script_must_fit(self) -> None:
        """A script about strangers is refused at once."""
        stranger = Incident(edge="Nowhere", kind="edge_offline", start_s=0, duration_s=1)

        with pytest.raises(ScriptError, match="Nowhere"):
            simulator(script=Script(incidents=(stranger,)))

    def test_heal(self) -> None:
        """Healing goes back to the knobs of the start, not to the defaults."""
        one = simulator(faults=Faults(lag_s=900))
        one.change(lag_s=0, auth_style="status_401")
        one.fail("*", "reset", times=None)
        one.heal()

        assert one.faults == Faults(lag_s=900)

    def test_unknown_knob(self) -> None:
        """An unknown knob changes nothing."""
        one = simulator()

        with pytest.raises(FaultsError):
            one.change(lag=1)
        assert one.faults == Faults()

    def test_script_stays(self) -> None:
        """Moving the clock moves through the script; the script itself stays where it was."""
        one = simulator()
        begins = one.timeline.scheduled[0].begins
        states = []
        for minutes in (-40, -15, 30):
            one.set_time(NORTHWIND_NOW + timedelta(minutes=minutes))
            states.append(one.state()["incidents"][0]["state"])

        assert states == ["pending", "active", "over"]
        assert one.timeline.scheduled[0].begins == begins

    def test_bad_credentials_are_counted(self) -> None:
        """Every refused credential is counted."""
        one = simulator()
        for authorization, cookie in (("Token x", None), (None, "x"), (None, None)):
            with pytest.raises(TokenError):
                one.authenticate(authorization, cookie)

        assert one.refused_credentials == 3

    def test_strange_methods_are_counted_together(self) -> None:
        """However many unknown methods are called, they take one counter."""
        one = simulator()
        for number in range(1000):
            one.next_failure(f"strange/method{number}")

        assert one.calls == {"unknown": 1000}
