"""What a call needs permission for: its actions and their resources, which may depend on its parameters."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from aiomoto._aws import dynamodb_needs, s3_needs
from aiomoto._aws.need import CallFacts, Need
from aiomoto._aws.permissions import actions_of, is_action, resource_types
from aiomoto._aws.resource_arns import UNKNOWN, Place, arns_of, literal


def grants_of(call: CallFacts) -> list[tuple[str, Sequence[str]]] | None:
    """List the actions that a call needs, each with the ARNs of its resources; ``None`` if they are unknown."""
    actions = actions_of(call.service, call.operation)
    if actions is None:
        return None
    needs = [*_needs(call, actions), *_passed_roles(call)]
    return [(each.action, each.resources or _resources(each, call.place)) for each in needs if is_action(each.action)]


def _resources(need: Need, place: Place) -> list[str]:
    return arns_of(resource_types(need.action), need.params, place)


def _needs(call: CallFacts, actions: tuple[str, ...]) -> Iterator[Need]:
    call = call._replace(params=_named(call))
    if adapt := _SERVICES.get(call.service):
        yield from adapt(call, actions)
    else:
        yield from (Need(action, call.params) for action in actions)


def _named(call: CallFacts) -> dict[str, Any]:
    """The parameters, with the name of what the operation is about: CreateTopic's ``Name`` is a ``TopicName`` too."""
    name = call.params.get("Name") or call.params.get("name")
    subject = re.sub("^[A-Z][a-z]+", "", call.operation)
    return {f"{subject}Name": name, **call.params} if name and subject else dict(call.params)


# ---------------------------------------------------------------- services whose parameters have other names


def _api_gateway(call: CallFacts, actions: tuple[str, ...]) -> Iterator[Need]:
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-iam-policy-resource.html
    partition, region, _ = call.place
    for action in actions:
        is_method = action.split(":")[1].isupper()
        path = urlsplit(call.url).path
        yield Need(action, call.params, [f"arn:{partition}:apigateway:{region}::{path}"] if is_method else [])


def _api_connections(call: CallFacts, actions: tuple[str, ...]) -> Iterator[Need]:
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-control-access-websocket-api-connection.html
    split = urlsplit(call.url)
    api, _, rest = split.netloc.partition(".")
    method = {"DeleteConnection": "DELETE", "GetConnection": "GET"}.get(call.operation, "POST")
    stage, _, path = split.path.lstrip("/").partition("/")
    partition, region, account = call.place
    arn = f"arn:{partition}:execute-api:{region}:{account}:{api}/{stage}/{method}/{path}"
    yield from (Need(action, {}, [arn] if rest.startswith("execute-api.") else [UNKNOWN]) for action in actions)


def _bedrock(call: CallFacts, actions: tuple[str, ...]) -> Iterator[Need]:
    # https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html
    model = str(call.params.get("modelId") or "")
    partition, region, account = call.place
    where, _, rest = model.partition(".")
    base = f"arn:{partition}:bedrock:{region}"
    resources: list[str] = []
    if where in _GEOGRAPHIES and "." in rest:
        profile, foundation = f"{base}:{account}:inference-profile/{literal(model)}", literal(rest)
        resources = [f"arn:{partition}:bedrock:*::foundation-model/{foundation}", profile]
    elif model and ":" not in model.partition(":")[0] and not model.startswith("arn:"):
        resources = [f"{base}::foundation-model/{literal(model)}"]
    yield from (Need(action, call.params, resources if _is_of_model(action) else []) for action in actions)


_GEOGRAPHIES = ("us", "us-gov", "eu", "apac", "jp", "au", "ca", "global")


def _is_of_model(action: str) -> bool:
    return action in ("bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream")


def _events(call: CallFacts, actions: tuple[str, ...]) -> Iterator[Need]:
    params = dict(call.params)
    if call.operation == "PutEvents":
        buses = [entry.get("EventBusName") or "default" for entry in params.get("Entries", ())]
        yield from (Need(action, {"EventBusName": buses}) for action in actions)
        return
    if params.get("EventBusName") == "default":
        del params["EventBusName"]
    if rule := params.get("Rule"):
        params["RuleName"] = rule
    for action in actions:
        needs = arns_of(resource_types(action), params, call.place)
        # With a bus of its own a rule is no rule on the default bus, though that format has no unknown part.
        on_bus = [arn for arn in needs if "EventBusName" not in params or ":rule/" not in arn or arn.count("/") > 1]
        yield Need(action, params, on_bus)


def _kms(call: CallFacts, actions: tuple[str, ...]) -> Iterator[Need]:
    # An alias is no resource of an operation with a key:
    # https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html#iam-policies-best-practices
    names = {"kms:ReEncryptFrom": "SourceKeyId", "kms:ReEncryptTo": "DestinationKeyId"}
    for action in actions:
        key = call.params.get("TargetKeyId") or call.params.get(names.get(action, "KeyId"))
        params = {**call.params, "KeyId": key}
        if "alias/" in str(key):
            del params["KeyId"]
        if alias := params.get("AliasName"):
            params["Alias"] = str(alias).removeprefix("alias/")
        yield Need(action, params)


def _lambda(call: CallFacts, actions: tuple[str, ...]) -> Iterator[Need]:
    # https://docs.aws.amazon.com/lambda/latest/dg/lambda-api-permissions-ref.html: names may be parts of ARNs.
    params = dict(call.params)
    name, qualifier = str(params.get("FunctionName") or ""), params.pop("Qualifier", None)
    if name:
        if not name.startswith("arn:"):
            name = name.partition("function:")[2] or name
        params["FunctionName"] = f"{name}:{qualifier}" if qualifier else name
    if version := params.get("VersionNumber"):
        params["LayerVersion"] = str(version)
    yield from (Need(action, params) for action in actions)


def _logs(call: CallFacts, actions: tuple[str, ...]) -> Iterator[Need]:
    # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/logs/CWL_ARN_Resources.html: with ":*", but for tags.
    for action in actions:
        arns = arns_of(resource_types(action), call.params, call.place)
        suffix = "" if "Tag" in action else ":*"
        yield Need(action, call.params, [f"{arn}{suffix}" if _LOG_GROUP.fullmatch(arn) else arn for arn in arns])


_LOG_GROUP = re.compile(r"arn:[^:]+:logs:[^:]*:[^:]*:log-group:[^:]+")


def _iam(call: CallFacts, actions: tuple[str, ...]) -> Iterator[Need]:
    path = str(call.params.get("Path") or "/").lstrip("/")
    names = {name: f"{path}{value}" for name, value in call.params.items() if name.endswith("Name") and path}
    yield from (Need(action, {**call.params, **names}) for action in actions)


def _secrets(call: CallFacts, actions: tuple[str, ...]) -> Iterator[Need]:
    # The service adds six characters to a name:
    # https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html
    partition, region, account = call.place
    ids = call.params.get("SecretId") or call.params.get("Name") or call.params.get("SecretIdList") or []
    named = [ids] if isinstance(ids, str) else ids
    base = f"arn:{partition}:secretsmanager:{region}:{account}:secret:"
    arns = [each if each.startswith("arn:") else f"{base}{literal(each)}-??????" for each in named]
    yield from (Need(action, call.params, sorted(arns) if resource_types(action) else []) for action in actions)


def _sqs(call: CallFacts, actions: tuple[str, ...]) -> Iterator[Need]:
    *_, owner, name = ["", "", *urlsplit(str(call.params.get("QueueUrl") or "")).path.split("/")]
    partition, region, account = call.place
    arn = f"arn:{partition}:sqs:{region}:{owner if owner.isdigit() else account}:{literal(name)}"
    yield from (Need(action, call.params, [arn] if name else []) for action in actions)


def _ssm(call: CallFacts, actions: tuple[str, ...]) -> Iterator[Need]:
    params = {**call.params, "DocumentName": call.params.get("Name")}
    names = params.get("Names") or params.get("Name") or params.get("Path")
    params["ParameterNameWithoutLeadingSlash"] = names
    yield from (Need(action, params) for action in actions)


_SERVICES: dict[str, Callable[[CallFacts, tuple[str, ...]], Iterator[Need]]] = {
    "apigateway": _api_gateway,
    "apigatewaymanagementapi": _api_connections,
    "apigatewayv2": _api_gateway,
    "bedrock-runtime": _bedrock,
    "dynamodb": dynamodb_needs.needs,
    "events": _events,
    "iam": _iam,
    "kms": _kms,
    "lambda": _lambda,
    "logs": _logs,
    "s3": s3_needs.needs,
    "secretsmanager": _secrets,
    "sqs": _sqs,
    "ssm": _ssm,
}


# ---------------------------------------------------------------- roles that are handed to a service


def _passed_roles(call: CallFacts) -> Iterator[Need]:
    """The permission to pass the roles that a call names.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
    """
    if call.service in ("iam", "sts") or call.operation.startswith(_READS):
        return
    partition, _, account = call.place
    roles = sorted(set(_roles_in(call.params)))
    if any("instanceprofile" in name.lower() for name in call.params):
        roles.append(f"arn:{partition}:iam::{account}:role/*")  # which roles the profile has is unknown
    if roles:
        yield Need("iam:PassRole", {}, roles)


def _roles_in(value: Any, name: str = "") -> Iterator[str]:
    if isinstance(value, Mapping):
        for each, inner in value.items():
            yield from _roles_in(inner, str(each))
    elif isinstance(value, list):
        for inner in value:
            yield from _roles_in(inner, name)
    elif isinstance(value, str) and "role" in name.lower() and value.startswith("arn:") and ":role/" in value:
        yield value


_READS = ("BatchGet", "Describe", "Get", "List", "Query", "Search")
