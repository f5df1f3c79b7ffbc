"""The AWS environment of a mocked test: the same on every machine, and put back exactly.

A developer's profile, SSO login, role or container must not change what a test does, and no test may see real keys.
The SDKs do not find them, whatever is in ``os.environ``: they ask :data:`environment` what a variable is to them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import NamedTuple

from aiomoto._environment import watch

# Moto's own fake keys (moto.core.models.MockAWS).
ACCESS_KEY = "FOOBARKEY"
SECRET_KEY = "FOOBARSECRET"
REGION = "us-east-1"

# The values of some variables; ``None`` where one is taken out.
Variables = Mapping[str, str | None]

# All that a mock changes in the environment. Who reads it past the SDKs, as native clients do, has no real keys then.
FAKE_KEYS: dict[str, str | None] = {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY}

# Whatever else leads to an account, changes whose it is, or sends something out of the process (botocore.credentials,
# botocore.tokens, botocore.monitoring): what a process is given that has no mock.
CLEAN: dict[str, str | None] = {
    **FAKE_KEYS,
    "AWS_EC2_METADATA_DISABLED": "true",
    # Empty, and there on every platform.
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_SESSION_TOKEN": None,  # a token beside the fake keys fails Moto's IAM checks
    "AWS_SECURITY_TOKEN": None,
    "AWS_CREDENTIAL_EXPIRATION": None,
    "AWS_ACCOUNT_ID": None,
    "AWS_ACCOUNT_ID_ENDPOINT_MODE": None,  # it may require the account that is hidden
    "AWS_PROFILE": None,
    "AWS_DEFAULT_PROFILE": None,
    "AWS_ROLE_ARN": None,
    "AWS_ROLE_SESSION_NAME": None,
    "AWS_WEB_IDENTITY_TOKEN_FILE": None,
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": None,
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": None,
    "AWS_CONTAINER_AUTHORIZATION_TOKEN": None,
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": None,
    "AWS_BEARER_TOKEN_BEDROCK": None,
    "AWS_CSM_ENABLED": None,
    "AWS_CSM_HOST": None,
    "AWS_CSM_PORT": None,
    "AWS_CSM_CLIENT_ID": None,
}
HIDDEN = frozenset(CLEAN)

# Without a token's file these lead nowhere, and applications read them.
_OF_APPLICATIONS = ("AWS_ACCOUNT_ID", "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME")
_ENDPOINT_URL = "AWS_ENDPOINT_URL"
# Beside an endpoint of one's own, the first is ignored with it and the others are errors.
_BESIDE_ENDPOINT = ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_USE_DUALSTACK_ENDPOINT", "AWS_USE_FIPS_ENDPOINT")
_LOOPBACK = ("127.0.0.1", "localhost", ".localhost")


def variables_for_endpoint(url: str, *, hide: bool) -> dict[str, str | None]:
    """The variables that lead AWS clients, of other languages and in child processes too, to an endpoint.

    A region that is set stays; clients differ in which of its variables they read, and what is in one of them is for
    those of the other too.

    Args:
        url: where the endpoint is.
        hide: whether nothing is to lead to an account, and the keys are the test's or the fake ones.
    """
    others = [name for name in os.environ if name.startswith(f"{_ENDPOINT_URL}_")]
    return {
        **(environment.for_others() if hide else {}),
        **dict.fromkeys([*others, *_BESIDE_ENDPOINT]),
        _ENDPOINT_URL: url,
        # pyarrow, polars and deltalake once read only this one, or only the other.
        f"{_ENDPOINT_URL}_S3": url,
        "AWS_ALLOW_HTTP": "true",
        "AWS_REGION": region(),
        "AWS_DEFAULT_REGION": os.environ.get("AWS_DEFAULT_REGION") or region(),
        **{name: _with_loopback(os.environ.get(name, "")) for name in ("NO_PROXY", "no_proxy")},
    }


def region() -> str:
    """The region that the environment names, or the one that a mock falls back to."""
    return os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or REGION


def keys() -> tuple[str, str, str | None]:
    """Access key, secret key and session token for clients of the endpoint: the test's own, or the fake ones."""
    access_key, secret_key = (environment.value(name) for name in FAKE_KEYS)
    if access_key and secret_key:
        return access_key, secret_key, environment.value("AWS_SESSION_TOKEN")
    return ACCESS_KEY, SECRET_KEY, None


def _with_loopback(hosts: str) -> str:
    return ",".join(dict.fromkeys([host for host in hosts.split(",") if host] + list(_LOOPBACK)))


class _Left(NamedTuple):
    """A variable that was put back: what a mock had set, what the machine has, and whether a test had another."""

    ours: str | None
    own: str | None
    was_changed: bool


class CleanEnvironment:
    """Fake credentials and nothing else that leads to an account, while at least one user wants it so.

    Each user finds what it asks for on entering, whatever the test did to it since the last one. Each leaves it as
    found, in any order: who leaves early hands what he found to the next who changed the same variable.

    Attributes:
        is_anothers: tells whether a mock of Moto's own may be what has set the fake keys.
        hides: what is the same for as long as credentials are hidden, and another the next time; ``None`` when the
            SDKs may see what they find.
    """

    def __init__(self) -> None:
        self.is_anothers: Callable[[], bool] = lambda: False
        self.hides: object | None = None
        self._found: dict[object, dict[str, str | None]] = {}
        self._set: dict[object, Variables] = {}
        self._not_the_tests: dict[str, frozenset[str | None]] = {}
        self._hiding: frozenset[object] = frozenset()
        self._left: dict[str, _Left] = {}
        self._before: dict[str, str] = {}

    def enter(self, user: object, variables: Variables = FAKE_KEYS, *, hide: bool = True) -> None:
        """Set and take out variables for one more user.

        Args:
            user: who wants it so.
            variables: what to set, and what to take out.
            hide: whether the SDKs are to see no other of the hidden variables than what the test sets after this.
        """
        watch.end()
        if not self._found:
            self._before, self._left = _snapshot(), {}
        self._set[user] = variables
        self._found[user] = {name: os.environ.get(name) for name in (variables.keys() | HIDDEN if hide else variables)}
        if hide:
            self._hiding |= {user}
        for name, value in variables.items():
            _put(name, value)
        self._hide()

    def leave(self, user: object) -> None:
        """Put back what this user found; nothing happens if it never entered."""
        if user not in self._found:
            return
        users = list(self._found)
        later = [self._found[each] for each in users[users.index(user) + 1 :]]
        for name, value in self._found[user].items():
            if heir := next((found for found in later if name in found), None):
                heir[name] = value
                continue
            before = self._left.get(name)
            ours = self._set[user].get(name, before.ours if before else value)
            was_changed = os.environ.get(name) != ours or (before is not None and before.was_changed)
            self._left[name] = _Left(ours, value, was_changed)
            _put(name, value)
        # Last, so that what Ctrl-C has stopped half way can be done again.
        del self._found[user]
        self._hiding -= {user}
        self._hide()
        self._watch()

    def _watch(self) -> None:
        """Look out for a test that undoes its changes after the last mock, until it has done so."""
        watch.end()
        is_changed = any(each.was_changed for each in self._left.values()) or _snapshot() != self._before
        if not self._found and is_changed:
            watch.watch(self._put_own_back)

    def _put_own_back(self, name: str | None) -> None:
        if name is None:
            self.repair()
            return
        left = self._left.get(name)
        if left is not None and os.environ.get(name) == left.ours and not self.is_anothers():
            watch.end()
            self._left[name] = left._replace(was_changed=False)
            _put(name, left.own)
        self._watch()

    def hides_for(self, user: object) -> bool:
        """Tell whether this user wants the machine's credentials hidden."""
        return user in self._hiding

    @property
    def newest(self) -> object | None:
        """The user that has entered last and not left, whose environment this is."""
        return next(reversed(self._found), None)

    def repair(self) -> None:
        """Put the machine's own values back once more where somebody has put back ours.

        Whoever changed a variable inside a mock and undoes that after it (pytest's ``monkeypatch``, ``patch.dict``, a
        clean-up of unittest's) finds nothing better to put back than what the mock had set.
        """
        if self._found or not self._left or self.is_anothers():
            return
        watch.end()
        left = self._left
        self._left = {name: left[name]._replace(was_changed=False) for name in FAKE_KEYS if name in left}
        back = {name for name, each in left.items() if os.environ.get(name) == each.ours != each.own}
        # A fake key is nobody else's. Who has put back all of the environment has put back the rest with it.
        all_of_it = not back.isdisjoint(FAKE_KEYS)
        for name in back:
            if all_of_it or left[name].was_changed:
                _put(name, left[name].own)

    def tests_own(self, name: str) -> str | None:
        """A variable that the test itself has set since the mock began; ``None`` where it has not."""
        value = os.environ.get(name)
        return None if self.was_there(name, value) else value

    def was_there(self, name: str, value: str | None) -> bool:
        """Tell whether this value of a hidden variable is from before the mock, or the mock's own."""
        return value in self._not_the_tests.get(name, ())

    def value(self, name: str) -> str | None:
        """A variable as an SDK is to see it."""
        return self.tests_own(name) if self.hides else os.environ.get(name)

    def for_others(self) -> dict[str, str | None]:
        """The variables for a process that has no mock: what the test has set, and nothing else of an account."""
        own = {name: self.tests_own(name) for name in HIDDEN}
        return {name: own[name] or value for name, value in CLEAN.items() if name not in _OF_APPLICATIONS}

    def _hide(self) -> None:
        self._set = {user: self._set[user] for user in self._found}
        known = [*self._found.values(), *self._set.values()]
        self._not_the_tests = {
            name: frozenset(each[name] for each in known if name in each) for name in (HIDDEN if self._hiding else ())
        }
        self.hides = (self.hides or object()) if self._hiding else None


def _snapshot() -> dict[str, str]:
    variables = os.environ.copy()
    variables.pop("PYTEST_CURRENT_TEST", None)  # another one in the set-up of a test and in its body
    return variables


def _put(name: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value


environment = CleanEnvironment()
