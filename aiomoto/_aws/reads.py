"""Tell the operations that change nothing from those that do."""

from __future__ import annotations

import re

from botocore.model import OperationModel

# By the first word of their names, which is all that the models of query and JSON protocols have.
_READS = re.compile(
    r"(Admin|Batch|Transact)?"
    r"(Check(?!In)|Count|Decode|Describe|Estimate|Filter|Get|Head|List|Lookup|Query|Scan|Search|Select|Simulate|Validate)"
    r"(?![a-z])"
)
_CRYPTOGRAPHY = """
    Decrypt Encrypt GenerateDataKey GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext
    GenerateDataKeyWithoutPlaintext GenerateMac GenerateRandom ReEncrypt Sign Verify VerifyMac
"""
# Further ones, whose responses follow from their arguments alone. A star is for all of a service.
_OTHERS: dict[str | None, frozenset[str]] = {
    "bedrock-runtime": frozenset(
        {"ApplyGuardrail", "Converse", "ConverseStream", "InvokeModel", "InvokeModelWithResponseStream"}
    ),
    "instance_metadata": frozenset("*"),
    "kms": frozenset(_CRYPTOGRAPHY.split()),
    "sts": frozenset("*"),  # credentials
}
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def is_read(method: str, service: str | None, operation: str | None, model: OperationModel | None) -> bool:
    """Tell whether a request changes nothing at its service.

    Args:
        method: its HTTP method.
        service: botocore's name of the service; ``None`` if it is unknown.
        operation: the name of the operation; ``None`` if it is unknown.
        model: botocore's model of the operation; ``None`` if it has none.
    """
    others = _OTHERS.get(service, frozenset())
    if "*" in others or operation in others or (operation and _READS.match(operation)):
        return True
    is_rest = operation is None or (model is not None and _is_rest(model))
    return is_rest and method in _SAFE_METHODS


def _is_rest(model: OperationModel) -> bool:
    return str(model.service_model.metadata.get("protocol", "")).startswith("rest")
