"""Sessions share the work of parsing service models, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.exceptions import UnknownServiceError

from aiomoto import mock_aws


def test_what_a_handler_changes_in_a_model_stays_in_its_session() -> None:
    def rename(service_data: dict[str, Any], **_: Any) -> None:
        service_data["operations"].clear()

    with mock_aws():
        changed = botocore.session.get_session()
        changed.register("service-data-loaded.sqs", rename)

        assert changed.get_service_model("sqs").operation_names == []
        assert "SendMessage" in botocore.session.get_session().get_service_model("sqs").operation_names


def test_a_model_is_the_same_as_without_a_mock() -> None:
    loader = botocore.session.get_session().get_component("data_loader")
    plain = {kind: loader.load_service_model("dynamodb", kind) for kind in ("service-2", "paginators-1", "waiters-2")}

    with mock_aws():
        for kind, model in plain.items():
            loader = botocore.session.get_session().get_component("data_loader")
            assert json.dumps(loader.load_service_model("dynamodb", kind)) == json.dumps(model)


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
