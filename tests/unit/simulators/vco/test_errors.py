from satark.simulators.vco.errors import (
    InternalError,
    InvalidParams,
    InvalidRequest,
    MethodError,
    PrivilegeError,
    TokenError,
)


class TestBodies:
    def test_plain(self) -> None:
        """An error is a code and a message; data only where there are some."""
        assert MethodError().body() == {"code": -32601, "message": "methodError"}
        assert TokenError("expired session cookie").body()["message"] == "tokenError [expired session cookie]"
        assert InvalidRequest("Invalid Request").body() == {"code": -32600, "message": "Invalid Request"}

    def test_privilege(self) -> None:
        """A missing privilege names itself and what it is for."""
        expected = "user does not have the privilege [READ:EDGE] required to access [edge]"

        assert PrivilegeError("READ:EDGE").body()["message"] == expected

    def test_validation(self) -> None:
        """Validation problems are rows with a path."""
        error = InvalidRequest("validation error", [("CODE", "text", "#/a")])

        assert error.body()["data"] == {
            "valid": False,
            "error": [{"code": "CODE", "message": "text", "path": "#/a"}],
            "warning": [],
        }

    def test_statuses(self) -> None:
        """The REST-like form tells the client's faults by 400, the server's by 500, and bad tokens by nothing at all."""
        statuses = [
            error.http_status
            for error in (InvalidParams("x"), MethodError(), PrivilegeError("X:Y"), InternalError(), TokenError("x"))
        ]

        assert statuses == [400, 400, 400, 500, 200]
