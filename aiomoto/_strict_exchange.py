"""Exchanges of mocks with ``strict=True``, which refuse what AWS refuses before Moto's handler runs."""

from __future__ import annotations

from functools import partial
from typing import Any

from botocore.model import OperationModel
from moto.core.utils import unix_time

from aiomoto._aws.operations import operation_model
from aiomoto._aws.scope import header
from aiomoto._calls.record import Record
from aiomoto._errors import AiomotoError
from aiomoto._exchange import Exchange
from aiomoto._moto.invocation import Invocation
from aiomoto._strict.check import Check, StrictCall
from aiomoto._strict.checks import checks_for
from aiomoto._wire.message import WireRequest


class StrictExchange(Exchange):
    """Passes requests to Moto that pass the checks.

    Attributes:
        off: the checks that are switched off.
    """

    off: frozenset[str] = frozenset()

    def prepare(self, request: WireRequest, record: Record, heirs: list[Exchange]) -> Invocation:
        """Prepare to run the handler, after the checks for the operation."""
        prepared = super().prepare(request, record, heirs)
        model = record.identity.model or _model_of_form(request, record)
        if model is None or not self.is_active:
            return prepared  # an heir has checks of its own
        checks = checks_for(model.service_model.service_name, model.name, self.off)
        if not checks:
            return prepared
        call = StrictCall(request, record, model, self._now)
        return prepared._replace(handler=partial(_handle, prepared.handler, checks, call))

    def _now(self) -> float:
        return float(unix_time()) if self.timeline is None else self.timeline.now()


def _model_of_form(request: WireRequest, record: Record) -> OperationModel | None:
    """botocore has no operation for a form that uploads to S3, which is another way to put an object."""
    is_form = request.method == "POST" and "multipart/form-data" in header(request, "content-type")
    return operation_model("s3", "PutObject") if is_form and record.identity.service == "s3" else None


def _handle(handler: Any, checks: tuple[Check, ...], call: StrictCall, *args: Any) -> Any:
    for check in checks:
        try:
            refusal = check.refuse(call)
        except NotImplementedError:
            raise
        except Exception as error:
            raise AiomotoError(
                f"The check {check.group!r} of strict mode ended in {error!r} at {call.service} {call.model.name}. "
                f'mock_aws(strict={{"{check.group}": False}}) switches off this check'
            ) from error
        if refusal is not None:
            response = call.refused(refusal, check.group)
            return response.status, response.headers, response.body
    return handler(*args)
