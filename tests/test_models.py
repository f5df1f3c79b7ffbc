"""Sessions share the work of parsing service models, and nothing else."""

from __future__ import annotations

import ast
import copy
import json
import pickle
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import EndpointProviderError, UnknownServiceError

from aiomoto import mock_aws

pytestmark = pytest.mark.thorough


def test_what_a_handler_changes_in_a_model_stays_in_its_session() -> None:
    def rename(service_data: dict[str, Any], **_: Any) -> None:
        service_data["operations"].clear()

    with mock_aws():
        changed = botocore.session.get_session()
        changed.register("service-data-loaded.sqs", rename)

        assert changed.get_service_model("sqs").operation_names == []
        assert "SendMessage" in botocore.session.get_session().get_service_model("sqs").operation_names


def test_what_a_handler_changes_in_a_shape_stays_in_its_session() -> None:
    def ask_for_nothing(service_data: dict[str, Any], **_: Any) -> None:
        service_data["shapes"]["CreateBucketRequest"]["required"].clear()
        service_data["shapes"].pop("CORSRule", None)

    with mock_aws():
        changed = botocore.session.get_session()
        changed.register("service-data-loaded.s3", ask_for_nothing)

        assert required_of_create_bucket(changed) == []
        assert "CORSRule" not in changed.get_service_model("s3").shape_names
        assert required_of_create_bucket(botocore.session.get_session()) == ["Bucket"]
        assert "CORSRule" in botocore.session.get_session().get_service_model("s3").shape_names


def required_of_create_bucket(session: Any) -> list[str]:
    shape = session.get_service_model("s3").operation_model("CreateBucket").input_shape
    return list(shape.required_members)


def test_what_is_changed_in_the_rules_for_endpoints_stays_in_its_session() -> None:
    with mock_aws():
        changed = botocore.session.get_session()
        rules = changed.get_component("data_loader").load_service_model("sqs", "endpoint-rule-set-1")
        rules["rules"] = [{"type": "error", "conditions": [], "error": "nowhere"}]
        with pytest.raises(EndpointProviderError, match="nowhere"):
            changed.create_client("sqs", "us-east-1").list_queues()

        client = botocore.session.get_session().create_client("sqs", "us-east-1")
        assert client.list_queues()["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_endpoints_are_those_of_each_clients_region_and_options() -> None:
    def url(**options: Any) -> str:
        client = botocore.session.get_session().create_client("sqs", **options)
        return str(client.generate_presigned_url("list_queues")).partition("?")[0]

    with mock_aws():
        assert url(region_name="us-east-1") == "https://sqs.us-east-1.amazonaws.com/"
        assert url(region_name="cn-north-1") == "https://sqs.cn-north-1.amazonaws.com.cn/"
        assert (
            url(region_name="eu-west-1", config=Config(use_dualstack_endpoint=True)) == "https://sqs.eu-west-1.api.aws/"
        )


@pytest.mark.parametrize("kind", ["service-2", "paginators-1", "waiters-2", "endpoint-rule-set-1"])
@pytest.mark.parametrize(
    "plain",
    [
        lambda model: json.loads(json.dumps(model)),
        lambda model: {**model},
        lambda model: {} | model | {},
        copy.copy,
        copy.deepcopy,
        lambda model: pickle.loads(pickle.dumps(model)),
        lambda model: {name: model.get(name) for name in model},
        lambda model: dict(zip(model.keys(), model.values(), strict=True)),
        lambda model: ast.literal_eval(repr(model)),
    ],
    ids=["json", "unpacked", "united", "copied", "deep-copied", "pickled", "iterated", "zipped", "printed"],
)
def test_a_model_is_the_same_as_without_a_mock(plain: Callable[[Any], Any], kind: str) -> None:
    def load() -> Any:
        return botocore.session.get_session().get_component("data_loader").load_service_model("dynamodb", kind)

    expected = json.dumps(load())
    with mock_aws():
        # Its parts, too, are found whole by all the ways to look at a dict.
        model = load()
        parts = {name: plain(part) if isinstance(part, dict) else part for name, part in plain(model).items()}
        assert json.dumps(parts) == expected
        assert load() == json.loads(expected)


def test_models_are_parsed_anew_by_each_session_if_they_are_not_to_be_shared() -> None:
    def kind_of_model() -> type:
        # What botocore's own parser makes is ordered.
        return type(botocore.session.get_session().get_component("data_loader").load_service_model("sqs", "service-2"))

    with mock_aws():
        assert kind_of_model() is dict
        with mock_aws(share_models=False):
            assert kind_of_model() is OrderedDict
        assert kind_of_model() is dict


def test_an_event_has_the_handlers_of_its_own_session_under_all_of_its_names() -> None:
    heard = []

    def hear(event_name: str, **_: Any) -> None:
        heard.append(event_name)

    with mock_aws():
        botocore.session.get_session().register("before-call.cloudwatch", hear)
        session = botocore.session.get_session()
        session.register("before-call.monitoring", hear)  # the name it had before
        session.create_client("cloudwatch", "us-east-1").list_metrics()

    assert heard == ["before-call.cloudwatch.ListMetrics"]


def test_a_handler_that_takes_no_keywords_is_refused_each_time() -> None:
    def deaf() -> None: ...

    with mock_aws():
        for _ in range(2):
            with pytest.raises(ValueError, match="must accept keyword arguments"):
                botocore.session.get_session().register("before-call", deaf)


def test_a_data_path_of_ones_own_is_read_anew_by_each_session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = {"version": "2.0", "metadata": {"serviceId": "Toaster", "endpointPrefix": "t"}, "operations": {"Toast": {}}}
    place = tmp_path / "toaster" / "2026-01-01"
    place.mkdir(parents=True)
    monkeypatch.setenv("AWS_DATA_PATH", str(tmp_path))

    with mock_aws():
        for operation in ("Toast", "Burn"):
            (place / "service-2.json").write_text(json.dumps({**model, "operations": {operation: {}}}))

            assert botocore.session.get_session().get_service_model("toaster").operation_names == [operation]


def test_a_service_that_does_not_exist_is_unknown() -> None:
    with mock_aws(), pytest.raises(UnknownServiceError, match="toaster"):
        boto3.client("toaster")


def test_the_list_of_services_is_each_sessions_own() -> None:
    with mock_aws():
        botocore.session.get_session().get_available_services().clear()

        assert "sqs" in botocore.session.get_session().get_available_services()


@pytest.mark.parametrize("kind", ["service-2", "endpoint-rule-set-1", "waiters-2", "none-of-these"])
def test_the_list_of_services_that_have_a_kind_of_file_is_the_same(kind: str) -> None:
    def services() -> list[str]:
        found: list[str] = botocore.session.get_session().get_component("data_loader").list_available_services(kind)
        return found

    outside = services(), boto3.Session().get_available_resources()
    with mock_aws():
        assert (services(), boto3.Session().get_available_resources()) == outside


def test_a_session_has_in_the_next_mock_the_models_that_it_parsed_in_the_last() -> None:
    session = botocore.session.get_session()
    with mock_aws():
        loader = session.get_component("data_loader")
    with mock_aws():
        session.create_client("sqs")

        assert session.get_component("data_loader") is loader


def test_a_session_first_used_inside_finds_the_users_data_path_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").write_text(f"[default]\ndata_path = {tmp_path}\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    session = botocore.session.get_session()
    with mock_aws():
        session.create_client("sqs")

    assert str(tmp_path) in session.get_component("data_loader").search_paths
