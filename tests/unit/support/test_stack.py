import pytest

from tests.support.stack import Container, container_of


def told(**state: object) -> dict[str, object]:
    """Return what the engine tells of a container in a state."""
    labels = {"com.docker.compose.service": "detector"}
    usual = {"Status": "running", "ExitCode": 0, "StartedAt": "2026-11-21T22:00:00Z"}
    return {"Name": "/x_detector_1", "RestartCount": 0, "Config": {"Labels": labels}, "State": usual | state}


class TestContainer:
    def test_is_read_from_the_engine(self) -> None:
        """A container has the name, service and health that the engine tells."""
        found = container_of(told(Health={"Status": "healthy"}))

        assert found == Container(
            name="x_detector_1",
            service="detector",
            status="running",
            health="healthy",
            exit_code=0,
            started="2026-11-21T22:00:00Z",
            restarts=0,
        )

    @pytest.mark.parametrize(
        ("state", "expected"),
        [
            ({"Health": {"Status": "healthy"}}, True),
            ({"Health": {"Status": "none"}}, True),
            ({}, True),
            ({"Health": {"Status": "starting"}}, False),
            ({"Health": {"Status": "unhealthy"}}, False),
            ({"Status": "restarting"}, False),
            ({"Status": "exited"}, False),
        ],
    )
    def test_is_well_or_not(self, state: dict[str, object], expected: bool) -> None:
        """A container that runs is well unless its health check says otherwise; one that ended is not."""
        assert expected is container_of(told(**state)).well

    @pytest.mark.parametrize(("exit_code", "expected"), [(0, True), (1, False)])
    def test_of_a_job_is_well_when_it_ended_well(self, exit_code: int, expected: bool) -> None:
        """The job that creates the topics ends."""
        state = told(Status="exited", ExitCode=exit_code)
        state["Config"] = {"Labels": {"com.docker.compose.service": "topics"}}

        assert expected is container_of(state).well
