"""What to write for an operation that nothing answers."""

from __future__ import annotations

from botocore.model import OperationModel

_MOST_MEMBERS = 8
_ASK_MODELS = ("Converse", "ConverseStream", "InvokeModel", "InvokeModelWithResponseStream")


def how_to_answer(operation: OperationModel) -> str:
    """Say how to answer an operation; the message ends in a line to paste."""
    is_reply = operation.service_model.service_name == "bedrock-runtime" and operation.name in _ASK_MODELS
    reply = ' with aws.bedrock.reply("..."), or' if is_reply else ""
    return f"Answer it in the test{reply}:\n{answer_line(operation)}"


def answer_line(operation: OperationModel) -> str:
    """The call of ``aws.answers.add`` for an operation, with the members of its output, required ones first."""
    shape = operation.output_shape
    required = list(shape.required_members) if shape else []
    others = [name for name in (shape.members if shape else ()) if name not in required]
    members = ", ".join(f'"{name}": ...' for name in (required + others)[:_MOST_MEMBERS])
    return f'aws.answers.add("{operation.service_model.service_name}", "{operation.name}", {{{members}}})'
