"""``mock_aws`` on a class changes that class and the classes in its body, and no class that it merely refers to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import boto3.session
import pytest
from moto.core.models import botocore_stubber

from aiomoto import mock_aws
from tests.mocks import both


class Handler:
    """A class of the application."""

    def handle(self) -> bool:
        return bool(botocore_stubber.enabled)


class Session:
    """One by the name of the attribute that refers to it."""

    def handle(self) -> bool:
        return bool(botocore_stubber.enabled)


@both
def test_a_class_that_an_attribute_refers_to_stays_as_it_is(mock: Callable[[Any], Any]) -> None:
    before = dict(vars(Handler)), dict(vars(boto3.session.Session))

    @mock
    class Case:
        handler_class = Handler
        session_class = boto3.session.Session

        class Meta:
            model = Handler

        def test_it(self) -> bool:
            return self.handler_class().handle()

    assert (dict(vars(Handler)), dict(vars(boto3.session.Session))) == before
    assert Case().test_it() is True
    assert Handler().handle() is False


def test_a_class_by_the_name_of_its_attribute_stays_as_it_is_unless_it_is_in_the_body() -> None:
    before = dict(vars(Session))

    class Case:
        def test_it(self) -> None: ...

    Case.Session = Session  # type: ignore[attr-defined]
    mock_aws(Case)

    assert dict(vars(Session)) == before


@both
def test_a_class_in_the_body_is_decorated(mock: Callable[[Any], Any]) -> None:
    @mock
    class Outer:
        class Inner:
            class Innermost:
                def test_it(self) -> bool:
                    return Handler().handle()

            def test_it(self) -> bool:
                return Handler().handle()

    assert Outer.Inner().test_it() is True
    assert Outer.Inner.Innermost().test_it() is True


def test_classes_that_refer_to_each_other_are_decorated_one_by_one() -> None:
    class One:
        def test_it(self) -> bool:
            return Handler().handle()

    class Other:
        one = One

        def test_it(self) -> bool:
            return Handler().handle()

    One.other = Other  # type: ignore[attr-defined]
    One.One = One  # type: ignore[attr-defined]

    assert mock_aws(One) is One
    assert One().test_it() is True
    assert Other().test_it() is False


@pytest.mark.parametrize("reference", [Handler, boto3.session.Session, int, Exception], ids=lambda each: each.__name__)
def test_an_alias_in_the_body_is_no_class_of_the_body(reference: type) -> None:
    before = dict(vars(reference))

    mock_aws(type("Case", (), {reference.__name__: reference, "test_it": lambda self: None}))

    assert dict(vars(reference)) == before
