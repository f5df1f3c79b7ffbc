"""What is replaced in Moto once a test has registered a function.

Moto would run functions inside its handlers, under the lock. Here a handler only notes what it has set off, for those
functions that run in this process; all others are Moto's.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from types import ModuleType
from typing import Any

from aiomoto._moto import apis, event_sources, lambdas
from aiomoto._moto.bucket_events import s3_event
from aiomoto._moto.containers import Collector, collector
from aiomoto._moto.rule_events import function_input_of, parsed
from aiomoto._moto.topic_events import Publication, sns_event
from aiomoto._moto.triggered import Arrived, Invoked, Recorded
from aiomoto._patching.places import argument

Targets = tuple[tuple[Any, str, Callable[[Any], Any]], ...]

# ---------------------------------------------------------------- functions


def _create_function(original: Any) -> Any:
    @wraps(original)
    def create_function(self: Any, *args: Any, **kwargs: Any) -> Any:
        # The code under test creates the function whose handler is registered.
        name = str(self.json_body.get("FunctionName", "")).rsplit(":", 1)[-1]
        hidden = lambdas.hide(self.backend, name)
        try:
            return original(self, *args, **kwargs)
        except BaseException:
            if hidden is not None:
                lambdas.show(self.backend, name, hidden)
            raise

    return create_function


def _invoke_function(original: Any) -> Any:
    @wraps(original)
    def invoke(self: Any, body: Any, *args: Any, **kwargs: Any) -> Any:
        current = collector.get()
        if current is None or not current.runs(self):
            return original(self, body, *args, **kwargs)
        _take(current, self, body)
        return b""

    return invoke


def _invoke(original: Any) -> Any:
    @wraps(original)
    def invoke(self: Any, function_name: str, qualifier: Any, body: Any, *args: Any, **kwargs: Any) -> Any:
        current = collector.get()
        function = None if current is None else _function(self, function_name, qualifier)
        if current is None or function is None or not current.runs(function):
            return original(self, function_name, qualifier, body, *args, **kwargs)
        _take(current, function, body)
        return b""

    return invoke


def _function(backend: Any, name: str, qualifier: Any = None) -> Any:
    try:
        return backend.get_function(name, qualifier)
    except Exception:  # it does not exist, or its name has no meaning: Moto says so
        return None


def _take(current: Collector, function: Any, body: Any) -> None:
    payload = body.encode() if isinstance(body, str) else bytes(body or b"{}")
    current.take(Invoked(lambdas.target_of(function), payload, _source_of(payload)))


def _source_of(payload: bytes) -> str:
    """Name the service that an event comes from, as far as the event tells."""
    event = parsed(payload.decode())
    marks = {"awslogs": "logs", "SecretId": "secretsmanager", "responsePayload": "lambda"}
    return next((marks[each] for each in marks if isinstance(event, dict) and each in event), "events")


# ---------------------------------------------------------------- queues and streams


def _mapped(original: Any) -> Any:
    """Wrap a method that creates or changes an event source mapping: it may have something to deliver."""

    @wraps(original)
    def changed(self: Any, *args: Any, **kwargs: Any) -> Any:
        mapping = original(self, *args, **kwargs)
        current = collector.get()
        if current is not None and mapping is not None:
            for each in event_sources.waiting_in(current, self, mapping):
                current.take(each)
        return mapping

    return changed


def _add_message(original: Any) -> Any:
    @wraps(original)
    def add_message(self: Any, message: Any, *args: Any, **kwargs: Any) -> Any:
        current = collector.get()
        if current is None:
            return original(self, message, *args, **kwargs)
        ours = event_sources.ours(current, self.account_id, self.region, self.queue_arn)
        with event_sources.without(current, self):
            result = original(self, message, *args, **kwargs)
        for mapping in ours:
            current.take(Arrived(mapping, (message.id,)))
        return result

    return add_message


def _put_record(original: Any) -> Any:
    @wraps(original)
    def put_record(self: Any, *args: Any, **kwargs: Any) -> Any:
        current = collector.get()
        if current is None:
            return original(self, *args, **kwargs)
        with event_sources.without(current, self):
            sequence_number, shard = original(self, *args, **kwargs)
        for mapping in event_sources.ours(current, self.account_id, self.region, self.arn):
            record = event_sources.kinesis_record(mapping, self, shard, int(sequence_number))
            current.take(Recorded(mapping, shard, (record,)))
        return sequence_number, shard

    return put_record


def _add_to_stream(original: Any) -> Any:
    @wraps(original)
    def add(self: Any, *args: Any, **kwargs: Any) -> Any:
        current = collector.get()
        if current is None:
            return original(self, *args, **kwargs)
        with event_sources.without(current, self.table):
            result = original(self, *args, **kwargs)
        event_sources.take_last_record(current, self)
        return result

    return add


# ---------------------------------------------------------------- topics, buckets and rules

_publication: ContextVar[Publication | None] = ContextVar("aiomoto_publication", default=None)


def _publish(original: Any) -> Any:
    @wraps(original)
    def publish(self: Any, *args: Any, **kwargs: Any) -> Any:
        attributes = kwargs.get("message_attributes", args[3] if len(args) > 3 else None)
        token = _publication.set(
            Publication(self.topic.arn, self.arn, argument(args, kwargs, 1, "message_id"), attributes)
        )
        try:
            return original(self, *args, **kwargs)
        finally:
            _publication.reset(token)

    return publish


def _send_sns_message(original: Any) -> Any:
    @wraps(original)
    def send_sns_message(
        self: Any, function_name: str, message: str, subject: Any = None, qualifier: Any = None, **kwargs: Any
    ) -> Any:
        current, publication = collector.get(), _publication.get()
        function = _function(self, function_name, qualifier)
        if current is None or publication is None or function is None or not current.runs(function):
            return original(self, function_name, message, subject=subject, qualifier=qualifier, **kwargs)
        payload = json.dumps(sns_event(publication, message, subject)).encode()
        current.take(Invoked(lambdas.target_of(function, qualifier), payload, publication.topic))
        return None

    return send_sns_message


class _Bucket:
    """A bucket, as far as notifications are concerned, with some of its notifications."""

    def __init__(self, bucket: Any, notifications: Any) -> None:
        self._bucket = bucket
        self.notification_configuration = notifications

    def __getattr__(self, name: str) -> Any:
        return getattr(self._bucket, name)


def _send_event(original: Any) -> Any:
    @wraps(original)
    def send_event(account_id: str, event_name: Any, bucket: Any, key: Any) -> Any:
        current, configuration = collector.get(), bucket.notification_configuration
        if current is None or configuration is None:
            return original(account_id, event_name, bucket, key)
        rest = copy.copy(configuration)
        rest.cloud_function, rest.queue, rest.topic = [], [], []
        for kind in ("cloud_function", "queue", "topic"):
            for each in getattr(configuration, kind):
                if not each.matches(event_name, key.name):
                    continue
                function = lambdas.function_of(each.arn) if kind == "cloud_function" else None
                if kind == "cloud_function" and (function is None or not current.runs(function)):
                    rest.cloud_function.append(each)
                    continue
                payload = json.dumps(s3_event(event_name, bucket, key, each.id))
                if function is not None:
                    target = lambdas.target_of(function, lambdas.qualifier_of(each.arn))
                    current.take(Invoked(target, payload.encode(), bucket.arn))
                else:
                    event_sources.deliver(each.arn, payload, subject="Amazon S3 Notification")
        return original(account_id, event_name, _Bucket(bucket, rest), key)

    return send_event


def _send_to_targets(original: Any) -> Any:
    @wraps(original)
    def send_to_targets(self: Any, original_event: Any, *args: Any, **kwargs: Any) -> Any:
        current = collector.get()
        functions = [
            (target, function)
            for target in (self.targets if current is not None else ())
            if ":lambda:" in target["Arn"] and (function := lambdas.function_of(target["Arn"])) is not None
        ]
        ours = [(target, function) for target, function in functions if current and current.runs(function)]
        if current is None or not ours:
            return original(self, original_event, *args, **kwargs)
        if self.state == "ENABLED" and self.event_pattern.matches_event(original_event):
            for target, function in ours:
                qualifier = lambdas.qualifier_of(target["Arn"])
                if (payload := function_input_of(target, original_event, self.arn)) is not None:
                    current.take(Invoked(lambdas.target_of(function, qualifier), payload, self.arn))
        others = copy.copy(self)
        others.targets = [each for each in self.targets if all(each is not target for target, _ in ours)]
        return original(others, original_event, *args, **kwargs) if others.targets else None

    return send_to_targets


def _update_integration_mocks(original: Any) -> Any:
    @wraps(original)
    def update_integration_mocks(self: Any, *args: Any, **kwargs: Any) -> Any:
        current = collector.get()
        if current is None:
            return original(self, *args, **kwargs)
        # Moto answers requests of the requests library itself, but not those for functions.
        others = copy.copy(self)
        others.resources = {}
        for name, resource in self.resources.items():
            others.resources[name] = other = copy.copy(resource)
            other.resource_methods = {
                method: each
                for method, each in resource.resource_methods.items()
                if (function := apis.function_of(each)) is None or not current.runs(function)
            }
        return original(others, *args, **kwargs)

    return update_integration_mocks


# ---------------------------------------------------------------- the table

TARGETS: dict[str, Callable[[ModuleType], Targets]] = {
    "moto.apigateway.models": lambda module: ((module.RestAPI, "update_integration_mocks", _update_integration_mocks),),
    "moto.awslambda.models": lambda module: (
        (module.LambdaFunction, "invoke", _invoke_function),
        (module.LambdaBackend, "invoke", _invoke),
        (module.LambdaBackend, "send_sns_message", _send_sns_message),
        (module.LambdaBackend, "create_event_source_mapping", _mapped),
        (module.LambdaBackend, "update_event_source_mapping", _mapped),
    ),
    "moto.awslambda.responses": lambda module: ((module.LambdaResponse, "create_function", _create_function),),
    "moto.awslambda_simple.models": lambda module: ((module.LambdaSimpleBackend, "invoke", _invoke),),
    "moto.dynamodb.models.table": lambda module: ((module.StreamShard, "add", _add_to_stream),),
    "moto.events.models": lambda module: ((module.Rule, "send_to_targets", _send_to_targets),),
    "moto.kinesis.models": lambda module: ((module.Stream, "put_record", _put_record),),
    "moto.s3.notifications": lambda module: ((module, "send_event", _send_event),),
    "moto.sns.models": lambda module: ((module.Subscription, "publish", _publish),),
    "moto.sqs.models": lambda module: ((module.Queue, "add_message", _add_message),),
}
