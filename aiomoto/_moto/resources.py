"""Where Moto's backends keep the resources of each service, and what is worth saying about each resource."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

# Both get the resource, then its backend.
Test = Callable[[Any, Any], bool]
Detail = Callable[[Any, Any], str]


class Kind(NamedTuple):
    """One kind of resources.

    Attributes:
        place: the backend's attribute that has them: a dict or a list. ``.*`` stands for each value in it.
        prefix: what their names begin with, in services with several kinds, as in ARNs: ``"role/"``.
        name: the attribute with a resource's name; if it is empty or missing, the name is the dict's key.
        region: the attribute with a resource's region, in a service whose backends have none.
        detail: describes a resource.
        is_default: whether Moto has created a resource by itself.
    """

    place: str
    prefix: str = ""
    name: str = ""
    region: str = ""
    detail: Detail = lambda each, backend: ""
    is_default: Test = lambda each, backend: False


def count(number: int, what: str, many: str = "") -> str:
    """Format a number of things: ``"1 object"``, ``"2 objects"``."""
    return f"{number:,} {what if number == 1 else many or f'{what}s'}"


def size(number: float) -> str:
    """Format a number of bytes: ``"3 B"``, ``"1.5 KiB"``."""
    if number < 1024:
        return f"{number:.0f} B"
    for unit in ("KiB", "MiB", "GiB", "TiB"):
        number /= 1024
        if number < 1024 or unit == "TiB":
            break
    return f"{number:,.1f} {unit}".replace(".0 ", " ")


def _objects(bucket: Any, backend: Any) -> str:
    # A delete marker has no size.
    sizes = [key.size for key in bucket.keys.values() if hasattr(key, "size")]
    return f"{count(len(sizes), 'object')}, {size(sum(sizes))}" if sizes else "empty"


def _messages(queue: Any, backend: Any) -> str:
    counts = {
        "visible": queue.approximate_number_of_messages,
        "in flight": queue.approximate_number_of_messages_not_visible,
        "delayed": queue.approximate_number_of_messages_delayed,
    }
    return ", ".join(f"{number:,} {state}" for state, number in counts.items() if number) or "empty"


def _subscriptions(topic: Any, backend: Any) -> str:
    return count(sum(each.topic is topic for each in backend.subscriptions.values()), "subscription")


def _is_aws_key(key: Any, backend: Any) -> bool:
    return any(str(alias).startswith("alias/aws/") for alias in _aliases(key, backend))


def _aliases(key: Any, backend: Any) -> list[str]:
    by_key = getattr(backend, "key_to_aliases", None)  # until Moto 5.1.5
    return sorted(key.aliases if by_key is None else dict.get(by_key, key.id, ()))


def _events(group: Any, backend: Any) -> str:
    events = sum(len(stream.events) for stream in group.streams.values())
    return f"{count(len(group.streams), 'stream')}, {count(events, 'event')}"


def _records(stream: Any, backend: Any) -> str:
    records = sum(len(shard.records) for shard in stream.shards.values())
    return f"{count(len(stream.shards), 'shard')}, {count(records, 'record')}"


def _of_default_vpc(each: Any, backend: Any) -> bool:
    return _is_default_vpc(backend.vpcs[each.vpc_id], backend)


def _is_default_vpc(vpc: Any, backend: Any) -> bool:
    return vpc.is_default in (True, "true")  # a string in early versions


def _number_of(attribute: str, what: str, many: str = "") -> Detail:
    return lambda each, backend: count(len(getattr(each, attribute)), what, many)


def _value_of(attribute: str) -> Detail:
    return lambda each, backend: str(getattr(each, attribute) or "")


def _named(*names: str) -> Test:
    return lambda each, backend: each.name in names


KINDS: dict[str, tuple[Kind, ...]] = {
    "acm": (Kind("_certificates", name="common_name", detail=_value_of("status")),),
    "apigateway": (Kind("apis", name="name", detail=lambda each, backend: f"id {each.id}"),),
    "apigatewayv2": (Kind("apis", name="name", detail=lambda each, backend: f"id {each.api_id}"),),
    "athena": (
        Kind("work_groups", "workgroup/", is_default=_named("primary")),
        Kind("named_queries", "query/", name="name"),
        Kind("data_catalogs", "datacatalog/"),
    ),
    "autoscaling": (
        Kind("autoscaling_groups", "group/", detail=_number_of("instance_states", "instance")),
        Kind("launch_configurations", "launch-configuration/"),
    ),
    "cloudformation": (Kind("stacks", name="name", detail=_value_of("status")), Kind("stacksets", "stackset/", "name")),
    "cloudwatch": (
        Kind("alarms", "alarm/", detail=_value_of("state_value")),
        Kind("dashboards", "dashboard/"),
    ),
    "cognito-idp": (
        Kind(
            "user_pools",
            name="name",
            detail=lambda each, backend: f"id {each.id}, {count(len(each.users), 'user')}",
        ),
    ),
    "dynamodb": (Kind("tables", name="name", detail=lambda table, backend: count(len(table), "item")),),
    "ec2": (
        Kind("reservations.*.instances", "instance/", name="id", detail=_value_of("state")),
        Kind("vpcs", "vpc/", detail=_value_of("cidr_block"), is_default=_is_default_vpc),
        Kind("subnets.*", "subnet/", detail=_value_of("cidr_block"), is_default=_of_default_vpc),
        Kind(
            "groups.*",
            "security-group/",
            detail=_value_of("name"),
            is_default=lambda each, backend: each.name == "default",
        ),
        Kind("volumes", "volume/", detail=lambda each, backend: f"{each.size} GiB"),
        Kind("keypairs", "key-pair/"),  # in early versions
        Kind("key_pairs", "key-pair/"),
        Kind("internet_gateways", "internet-gateway/"),
        Kind("nat_gateways", "natgateway/"),
        Kind("launch_templates", "launch-template/", name="name"),
        Kind("addresses", "elastic-ip/", name="public_ip"),
    ),
    "ecr": (Kind("repositories", detail=_number_of("images", "image")),),
    "ecs": (
        Kind("clusters", "cluster/"),
        Kind("services", "service/", name="name"),
        Kind("tasks.*", "task/", name="task_arn"),
        Kind("task_definitions", "task-definition/"),
    ),
    "efs": (Kind("file_systems_by_id", "file-system/"),),
    "eks": (Kind("clusters"),),
    "elbv2": (Kind("load_balancers", "loadbalancer/", "name"), Kind("target_groups", "targetgroup/", "name")),
    "events": (
        Kind("event_buses", "event-bus/", detail=_number_of("rules", "rule"), is_default=_named("default")),
        Kind("event_buses.*.rules", "rule/", detail=_number_of("targets", "target")),
        Kind("archives", "archive/"),
    ),
    "firehose": (Kind("delivery_streams"),),
    "glue": (
        Kind("databases", "database/", detail=_number_of("tables", "table")),
        Kind("crawlers", "crawler/"),
        Kind("jobs", "job/"),
    ),
    "iam": (
        Kind("roles", "role/", name="name"),
        Kind("users", "user/", name="name"),
        Kind("groups", "group/", name="name"),
        Kind("instance_profiles", "instance-profile/", name="name"),
        Kind(
            "managed_policies",
            "policy/",
            name="name",
            is_default=lambda each, backend: ":aws:policy/" in each.arn,
        ),
    ),
    "kinesis": (Kind("streams", detail=_records),),
    "kms": (
        Kind(
            "keys",
            detail=lambda key, backend: ", ".join(_aliases(key, backend)),
            is_default=_is_aws_key,
        ),
    ),
    "lambda": (
        Kind("_lambdas._functions", detail=lambda versions, backend: str(versions["latest"].run_time)),
        Kind("_layers._layers", "layer/"),
    ),
    "logs": (Kind("groups", detail=_events),),
    "opensearch": (Kind("domains"),),
    "rds": (
        Kind("databases", "db/", detail=lambda each, backend: f"{each.engine}, {each.status}"),
        Kind("clusters", "cluster/", detail=lambda each, backend: f"{each.engine}, {each.status}"),
    ),
    "route53": (
        Kind("zones", name="name", detail=lambda zone, backend: count(len(zone.rrsets), "record")),
        Kind("health_checks", "healthcheck/"),
    ),
    "s3": (Kind("buckets", region="region_name", detail=_objects),),
    "scheduler": (
        Kind("schedules", "schedule/", name="name"),  # a list in early versions
        Kind("schedule_groups.*.schedules", "schedule/", name="name"),
        Kind("schedule_groups", "schedule-group/", is_default=_named("default")),
    ),
    "secretsmanager": (Kind("secrets", name="name"),),
    "ses": (
        # Early versions have lists.
        Kind("addresses", "identity/"),
        Kind("email_addresses", "identity/"),
        Kind("domains", "identity/"),
        Kind("email_identities", "identity/"),
        Kind("templates", "template/"),
    ),
    "sns": (Kind("topics", name="name", detail=_subscriptions),),
    "sqs": (Kind("queues", name="name", detail=_messages),),
    "ssm": (
        Kind(
            "_parameters",
            detail=lambda versions, backend: str(versions[-1].parameter_type),
            is_default=lambda versions, backend: versions[-1].name.startswith("/aws/"),
        ),
        Kind("_documents", "document/"),
    ),
    "stepfunctions": (
        Kind("state_machines", name="name", detail=_number_of("executions", "execution")),
        Kind("activities", "activity/", name="name"),
    ),
}
