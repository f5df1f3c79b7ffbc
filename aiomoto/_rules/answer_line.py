"""The line to paste for an operation that nothing answers."""

from __future__ import annotations

from botocore.model import OperationModel

_MOST_MEMBERS = 8


def answer_line(operation: OperationModel) -> str:
    """The call of ``aws.answers.add`` for an operation, with the members of its output, required ones first."""
    shape = operation.output_shape
    required = list(shape.required_members) if shape else []
    others = [name for name in (shape.members if shape else ()) if name not in required]
    members = ", ".join(f'"{name}": ...' for name in (required + others)[:_MOST_MEMBERS])
    return f'aws.answers.add("{operation.service_model.service_name}", "{operation.name}", {{{members}}})'
