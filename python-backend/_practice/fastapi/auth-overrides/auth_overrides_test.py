"""What the application and the test helper must do. No test logs in: a fake takes the place of the session service."""

from typing import Annotated

import pytest
from auth_overrides import User, acting_as, allow, create_app, current_user, get_sessions
from fastapi import Depends
from fastapi.testclient import TestClient

BEN = User("ben")
ADA = User("ada", frozenset({"reports:read"}))
ROOT = User("root", frozenset({"reports:read", "reports:delete"}))


class FakeSessions:
    """A session service that notes the tokens it is asked for. The token of a user is t- and the name."""

    def __init__(self):
        self.asked = []
        self.users = {f"t-{user.name}": user for user in (BEN, ADA, ROOT)}
        self.error = None

    def user_of(self, token):
        self.asked.append(token)
        if self.error is not None:
            raise self.error
        return self.users.get(token)


def connected():
    """A client of a new application, and the session service that the application asks."""
    app, sessions = create_app(), FakeSessions()
    app.dependency_overrides[get_sessions] = lambda: sessions
    return TestClient(app, raise_server_exceptions=False), sessions


def token(user):
    return {"Authorization": f"Bearer t-{user.name}"}


# Who is it?


def test_the_user_of_the_token_is_returned():
    client, _ = connected()
    reply = client.get("/me", headers=token(ADA))
    assert (reply.status_code, reply.json()) == (200, "ada")
    assert client.get("/me", headers=token(BEN)).json() == "ben"


@pytest.mark.parametrize("sent", ["T-Eve.x_y~1+/==", "t-ADA"])
def test_the_service_is_asked_for_the_token_as_it_was_sent(sent):
    client, sessions = connected()
    client.get("/me", headers={"Authorization": f"Bearer {sent}"})
    assert sessions.asked == [sent]


@pytest.mark.parametrize("scheme", ["bearer", "BEARER"])
def test_the_case_of_bearer_does_not_matter(scheme):
    client, _ = connected()
    assert client.get("/me", headers={"Authorization": f"{scheme} t-ada"}).status_code == 200


NO_TOKEN = [None, "", "Bearer", "Bearer ", "t-ada", "Basic t-ada", "Token t-ada", "Bearert-ada"]


@pytest.mark.parametrize("header", NO_TOKEN)
def test_a_request_without_a_token_is_401(header):
    client, _ = connected()
    reply = client.get("/me", headers={} if header is None else {"Authorization": header})
    assert reply.status_code == 401


@pytest.mark.parametrize("header", NO_TOKEN)
def test_without_a_token_the_service_is_not_asked(header):
    client, sessions = connected()
    sessions.users[""] = sessions.users["None"] = ADA
    reply = client.get("/me", headers={} if header is None else {"Authorization": header})
    assert not reply.is_success
    assert sessions.asked == []


def test_a_token_that_the_service_does_not_know_is_401():
    client, _ = connected()
    assert client.get("/me", headers={"Authorization": "Bearer expired"}).status_code == 401


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer expired"}])
def test_every_401_says_how_to_authenticate(headers):
    client, _ = connected()
    assert client.get("/me", headers=headers).headers["WWW-Authenticate"].startswith("Bearer")


def test_a_failure_of_the_service_is_a_500_and_no_401():
    client, sessions = connected()
    sessions.error = ConnectionError("no route")
    assert client.get("/me", headers=token(ADA)).status_code == 500


def test_the_service_is_the_one_that_get_sessions_returns():
    client, first = connected()
    second = FakeSessions()
    client.app.dependency_overrides[get_sessions] = lambda: second
    assert client.get("/me", headers=token(ADA)).json() == "ada"
    assert (first.asked, second.asked) == ([], ["t-ada"])
    client.app.dependency_overrides.clear()
    assert client.get("/me", headers=token(ADA)).status_code == 500


def test_health_needs_no_token_and_no_service():
    client, sessions = connected()
    for headers in ({}, token(ADA), {"Authorization": "Bearer expired"}):
        reply = client.get("/health", headers=headers)
        assert (reply.status_code, reply.json()) == (200, "ok")
    assert sessions.asked == []


# May the user do that?


def test_a_user_with_the_scope_can_read_a_report():
    client, _ = connected()
    reply = client.get("/reports/7", headers=token(ADA))
    assert (reply.status_code, reply.json()) == (200, "Rain in May")


def test_a_user_with_the_scope_can_delete_a_report():
    client, _ = connected()
    reply = client.delete("/reports/7", headers=token(ROOT))
    assert (reply.status_code, reply.content) == (204, b"")
    assert client.get("/reports/7", headers=token(ROOT)).status_code == 404


def test_a_user_without_the_scope_gets_403():
    client, _ = connected()
    assert client.get("/reports/7", headers=token(BEN)).status_code == 403


def test_reading_does_not_allow_deleting():
    client, _ = connected()
    assert client.delete("/reports/7", headers=token(ADA)).status_code == 403
    assert client.get("/reports/7", headers=token(ROOT)).status_code == 200


def test_deleting_does_not_allow_reading():
    client, sessions = connected()
    sessions.users["t-ben"] = User("ben", frozenset({"reports:delete"}))
    assert client.get("/reports/7", headers=token(BEN)).status_code == 403
    assert client.delete("/reports/7", headers=token(BEN)).status_code == 204


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer expired"}])
def test_a_report_is_401_without_a_user(method, headers):
    client, _ = connected()
    assert client.request(method, "/reports/7", headers=headers).status_code == 401


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_only_an_allowed_user_learns_whether_a_report_is_there(method):
    client, _ = connected()
    assert client.request(method, "/reports/9").status_code == 401
    assert client.request(method, "/reports/9", headers=token(BEN)).status_code == 403
    assert client.request(method, "/reports/9", headers=token(ROOT)).status_code == 404


@pytest.mark.parametrize("scope", ["reports", "read", "reports:rea", "reports:read:all", "REPORTS:READ", "", "*"])
def test_a_scope_counts_only_as_a_whole(scope):
    client, sessions = connected()
    sessions.users["t-ben"] = User("ben", frozenset({scope}))
    assert client.get("/reports/7", headers=token(BEN)).status_code == 403


def test_another_route_can_use_both_dependencies_and_the_service_is_asked_once():
    client, sessions = connected()

    @client.app.get("/both")
    def both(
        user: Annotated[User, Depends(current_user)],
        reader: Annotated[User, Depends(allow("reports:read"))],
        deleter: Annotated[User, Depends(allow("reports:delete"))],
    ) -> list[str]:
        return [user.name, reader.name, deleter.name]

    assert client.get("/both", headers=token(ROOT)).json() == ["root"] * 3
    assert sessions.asked == ["t-root"]
    assert client.get("/both", headers=token(ADA)).status_code == 403


def test_the_service_is_asked_again_at_every_request():
    client, sessions = connected()
    assert client.get("/me", headers=token(ADA)).status_code == 200
    del sessions.users["t-ada"]
    assert client.get("/me", headers=token(ADA)).status_code == 401


def test_the_documentation_shows_which_routes_need_a_user():
    client, _ = connected()
    document = client.get("/openapi.json").json()
    needed = {
        f"{method} {path}": bool(route.get("security"))
        for path, routes in document["paths"].items()
        for method, route in routes.items()
    }
    assert needed == {
        "get /health": False,
        "get /me": True,
        "get /reports/{number}": True,
        "delete /reports/{number}": True,
    }
    assert document["components"]["securitySchemes"]


# acting_as


def test_inside_the_block_a_request_needs_no_token_and_no_service():
    app = create_app()
    client = TestClient(app)
    with acting_as(app, ADA):
        reply = client.get("/me")
    assert (reply.status_code, reply.json()) == (200, "ada")


@pytest.mark.parametrize("user", [ADA, User("eve")])
def test_inside_the_block_a_token_does_not_matter(user):
    client, sessions = connected()
    with acting_as(client.app, user):
        assert client.get("/me", headers=token(ROOT)).json() == user.name
        assert client.get("/me", headers={"Authorization": "Bearer expired"}).json() == user.name
    assert sessions.asked == []


def test_inside_the_block_scopes_are_still_checked():
    client, _ = connected()
    with acting_as(client.app, ADA):
        assert client.get("/reports/7").status_code == 200
        assert client.delete("/reports/7").status_code == 403
    with acting_as(client.app, BEN):
        assert client.get("/reports/7", headers=token(ROOT)).status_code == 403


def test_the_request_cannot_choose_another_user():
    client, _ = connected()
    with acting_as(client.app, ADA):
        assert client.get("/me?user=root&name=root").json() == "ada"
        assert client.request("GET", "/me", json={"name": "root", "scopes": ["reports:read"]}).json() == "ada"


def test_after_the_block_a_token_is_needed_again():
    client, _ = connected()
    with acting_as(client.app, ADA):
        assert client.get("/me").status_code == 200
    assert client.get("/me").status_code == 401
    assert client.get("/me", headers=token(BEN)).json() == "ben"


def test_the_block_ends_for_an_exception_too():
    client, _ = connected()
    before = dict(client.app.dependency_overrides)
    with pytest.raises(KeyError, match="a failing test"), acting_as(client.app, ADA):
        raise KeyError("a failing test")
    assert client.app.dependency_overrides == before
    assert client.get("/me").status_code == 401


def test_other_overrides_are_kept():
    client, _ = connected()
    before = dict(client.app.dependency_overrides)
    with acting_as(client.app, ADA):
        assert client.app.dependency_overrides[get_sessions] is before[get_sessions]
    assert client.app.dependency_overrides == before


def test_an_override_of_the_user_that_was_there_before_is_there_again():
    client, _ = connected()
    client.app.dependency_overrides[current_user] = before = lambda: BEN
    with acting_as(client.app, ADA):
        assert client.get("/me").json() == "ada"
    assert client.app.dependency_overrides[current_user] is before
    assert client.get("/me").json() == "ben"


def test_a_block_inside_a_block_counts_until_it_ends():
    client, _ = connected()
    with acting_as(client.app, ADA):
        with acting_as(client.app, ROOT):
            assert client.get("/me").json() == "root"
        assert client.get("/me").json() == "ada"
    assert client.get("/me").status_code == 401


def test_the_block_leaves_other_applications_alone():
    client, _ = connected()
    other, _ = connected()
    with acting_as(client.app, ADA), acting_as(other.app, BEN):
        assert (client.get("/me").json(), other.get("/me").json()) == ("ada", "ben")
    with acting_as(client.app, ADA):
        assert other.get("/me").status_code == 401
