"""The AWS environment of a mocked test: the same on every machine, and restored exactly.

A developer's profile, SSO login, role or container must not change what a test does, and no test may see real keys.
Inside a mock the SDKs get the values of AWS variables from :data:`environment`, not from ``os.environ``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from aiomoto._environment import watch

# Moto's own fake keys (moto.core.models.MockAWS).
ACCESS_KEY = "FOOBARKEY"
SECRET_KEY = "FOOBARSECRET"
REGION = "us-east-1"

# The values of variables; ``None`` removes one.
Variables = Mapping[str, str | None]

# All that a mock changes in ``os.environ``, so that clients that read it without an SDK, such as native ones, find no
# real keys.
FAKE_KEYS: dict[str, str | None] = {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY}

# All variables that name an account or credentials, or send something out of the process (botocore.credentials,
# botocore.tokens, botocore.monitoring), with the values for a child process without a mock.
CLEAN: dict[str, str | None] = {
    **FAKE_KEYS,
    "AWS_EC2_METADATA_DISABLED": "true",
    # An empty file that exists on every platform.
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_SESSION_TOKEN": None,  # a token with the fake keys fails Moto's IAM checks
    "AWS_SECURITY_TOKEN": None,
    "AWS_CREDENTIAL_EXPIRATION": None,
    "AWS_ACCOUNT_ID": None,
    "AWS_ACCOUNT_ID_ENDPOINT_MODE": None,  # it may require AWS_ACCOUNT_ID, which is hidden
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

# Harmless without a token file, and read by applications.
_READ_BY_APPLICATIONS = ("AWS_ACCOUNT_ID", "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME")
_ENDPOINT_URL = "AWS_ENDPOINT_URL"
# The first makes the SDKs ignore an endpoint URL; the others are errors together with one.
_AGAINST_ENDPOINT = ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_USE_DUALSTACK_ENDPOINT", "AWS_USE_FIPS_ENDPOINT")
_LOOPBACK = ("127.0.0.1", "localhost", ".localhost")


def variables_for_endpoint(url: str, *, hide: bool) -> dict[str, str | None]:
    """Return the variables that lead AWS clients to an endpoint, including other languages and child processes.

    A region that is set is kept. Both of its variables are set, since some clients read only one of them.

    Args:
        url: the URL of the endpoint.
        hide: hide the machine's account, and set the test's own keys or the fake ones.
    """
    others = [name for name in os.environ if name.startswith(f"{_ENDPOINT_URL}_")]
    return {
        **(environment.for_child_process() if hide else {}),
        **dict.fromkeys([*others, *_AGAINST_ENDPOINT]),
        _ENDPOINT_URL: url,
        # Some versions of pyarrow, polars and deltalake read only one of the two.
        f"{_ENDPOINT_URL}_S3": url,
        "AWS_ALLOW_HTTP": "true",
        "AWS_REGION": region(),
        "AWS_DEFAULT_REGION": os.environ.get("AWS_DEFAULT_REGION") or region(),
        **{name: _with_loopback(os.environ.get(name, "")) for name in ("NO_PROXY", "no_proxy")},
    }


def region() -> str:
    """Return the region that the environment names, or else the default of a mock, ``us-east-1``."""
    return os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or REGION


def keys() -> tuple[str, str, str | None]:
    """Return access key, secret key and session token for the endpoint's clients: the test's own, or the fake ones."""
    access_key, secret_key = (environment.value(name) for name in FAKE_KEYS)
    if access_key and secret_key:
        return access_key, secret_key, environment.value("AWS_SESSION_TOKEN")
    return ACCESS_KEY, SECRET_KEY, None


def _with_loopback(hosts: str) -> str:
    return ",".join(dict.fromkeys([host for host in hosts.split(",") if host] + list(_LOOPBACK)))


class _Restored(NamedTuple):
    """A variable that was restored.

    Attributes:
        mocked: the value inside the mock.
        own: the machine's own value.
        was_changed: whether the test had changed it inside the mock.
    """

    mocked: str | None
    own: str | None
    was_changed: bool


class CleanEnvironment:
    """Fake credentials, and nothing else that names an account, while at least one user needs it.

    Entering sets the user's variables, whatever the test has done to them before. Leaving restores what that user
    found. Users may leave in any order: one that leaves early hands the values that it found to the next user that
    changed the same variables.

    Attributes:
        is_set_by_moto: tells whether Moto's own mock may have set the fake keys.
        hides: an object that stays the same for as long as credentials are hidden, and is a new one the next time;
            ``None`` while the SDKs may use whatever they find.
    """

    def __init__(self) -> None:
        self.is_set_by_moto: Callable[[], bool] = lambda: False
        self.hides: object | None = None
        self._found: dict[object, dict[str, str | None]] = {}
        self._set: dict[object, Variables] = {}
        self._not_the_tests: dict[str, frozenset[str | None]] = {}
        self._hiding: frozenset[object] = frozenset()
        self._restored: dict[str, _Restored] = {}
        self._before: dict[str, str] = {}

    def enter(self, user: object, variables: Variables = FAKE_KEYS, *, hide: bool = True) -> None:
        """Set and remove variables for one more user.

        Args:
            user: who needs it.
            variables: what to set; ``None`` removes a variable.
            hide: show the SDKs no values of the hidden variables but those that the test sets from now on.
        """
        watch.end()
        now = _snapshot()
        if not self._found:
            self._before, self._restored = now, {}
        self._set[user] = variables
        self._found[user] = _values(now, variables.keys() | HIDDEN if hide else variables)
        if hide:
            self._hiding |= {user}
        for name, value in variables.items():
            _put(name, value)
        self._hide()

    def leave(self, user: object) -> None:
        """Restore what this user found; do nothing if it never entered."""
        if user not in self._found:
            return
        users = list(self._found)
        later = [self._found[each] for each in users[users.index(user) + 1 :]]
        now = _values(_snapshot(), self._found[user])
        for name, value in self._found[user].items():
            if heir := next((found for found in later if name in found), None):
                heir[name] = value
                continue
            before = self._restored.get(name)
            mocked = self._set[user].get(name, before.mocked if before else value)
            was_changed = now[name] != mocked or (before is not None and before.was_changed)
            self._restored[name] = _Restored(mocked, value, was_changed)
            if now[name] != value:
                _put(name, value)
        # Last: if Ctrl-C interrupts before this, leaving can be repeated.
        del self._found[user]
        self._hiding -= {user}
        self._hide()
        self._watch()

    def _watch(self) -> None:
        """After the last mock, watch for a test that undoes its own changes late, until it has done so."""
        watch.end()
        is_changed = any(each.was_changed for each in self._restored.values()) or _snapshot() != self._before
        if not self._found and is_changed:
            watch.watch(self._restore_again)

    def _restore_again(self, name: str | None) -> None:
        if name is None:
            self.repair()
            return
        restored = self._restored.get(name)
        if restored is not None and os.environ.get(name) == restored.mocked and not self.is_set_by_moto():
            watch.end()
            self._restored[name] = restored._replace(was_changed=False)
            _put(name, restored.own)
        self._watch()

    def hides_for(self, user: object) -> bool:
        """Tell whether this user wants the machine's credentials hidden."""
        return user in self._hiding

    @property
    def newest(self) -> object | None:
        """The user that entered last and has not left: the environment is as it set it."""
        return next(reversed(self._found), None)

    def repair(self) -> None:
        """Restore the machine's own values again where somebody has put back a mock's values after it.

        Whoever changes a variable inside a mock and undoes that after it (pytest's ``monkeypatch``, ``patch.dict``,
        unittest's clean-ups) puts back what the mock had set.
        """
        if self._found or not self._restored or self.is_set_by_moto():
            return
        watch.end()
        restored = self._restored
        self._restored = {name: restored[name]._replace(was_changed=False) for name in FAKE_KEYS if name in restored}
        mocked = {name for name, each in restored.items() if os.environ.get(name) == each.mocked != each.own}
        # Only a mock sets the fake keys. Where they are back, the whole environment of the mock was put back.
        is_whole = not mocked.isdisjoint(FAKE_KEYS)
        for name in mocked:
            if is_whole or restored[name].was_changed:
                _put(name, restored[name].own)

    def tests_own(self, name: str) -> str | None:
        """Return the value that the test itself has set since the mock began; ``None`` if it has not."""
        value = os.environ.get(name)
        return None if self.was_there(name, value) else value

    def was_there(self, name: str, value: str | None) -> bool:
        """Tell whether this value of a hidden variable is from before the mock, or the mock's own."""
        return value in self._not_the_tests.get(name, ())

    def value(self, name: str) -> str | None:
        """Return the value of a variable that an SDK may see."""
        return self.tests_own(name) if self.hides else os.environ.get(name)

    def for_child_process(self) -> dict[str, str | None]:
        """Return the variables for a process without a mock: what the test has set, and otherwise no account."""
        own = {name: self.tests_own(name) for name in HIDDEN}
        return {name: own[name] or value for name, value in CLEAN.items() if name not in _READ_BY_APPLICATIONS}

    def _hide(self) -> None:
        self._set = {user: self._set[user] for user in self._found}
        known = [*self._found.values(), *self._set.values()]
        self._not_the_tests = {
            name: frozenset(each[name] for each in known if name in each) for name in (HIDDEN if self._hiding else ())
        }
        self.hides = (self.hides or object()) if self._hiding else None


def _snapshot() -> dict[str, str]:
    """Copy all variables, which is quicker than reading many of them one by one."""
    variables = os.environ.copy()
    variables.pop("PYTEST_CURRENT_TEST", None)  # pytest changes it between the set-up of a test and its body
    return variables


def _values(snapshot: dict[str, str], names: Iterable[str]) -> dict[str, str | None]:
    # Windows has all names in upper case.
    return {name: snapshot.get(name.upper() if os.name == "nt" else name) for name in names}


def _put(name: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value


environment = CleanEnvironment()
