"""What a model family has: how to read the body of InvokeModel, and how to write the response's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from aiomoto._bedrock.completion import Completion
from aiomoto._bedrock.conversation import Conversation
from aiomoto._errors import ArgumentError


class Invocation(NamedTuple):
    """One InvokeModel, and what the model says.

    Attributes:
        model: the model id.
        body: the request's body, parsed.
        completion: what the model says.
        number: the number of the invocation, from which its ids are made.
    """

    model: str
    body: Mapping[str, Any]
    completion: Completion
    number: int


class Family(NamedTuple):
    """A family of models, whose bodies are alike.

    Attributes:
        name: its name, for messages.
        field: the member that a request's body must have.
        read: reads the conversation out of the request's body.
        response: writes the response's body.
        chunks: writes the chunks of a streamed response.
        blocks: the kinds of Converse's blocks that its models can say.
        is_piece: tells whether a chunk carries a piece of the content.
    """

    name: str
    field: str
    read: Callable[[Mapping[str, Any]], Conversation]
    response: Callable[[Invocation], dict[str, Any]]
    chunks: Callable[[Invocation], Iterator[dict[str, Any]]]
    blocks: tuple[str, ...] = ("text",)
    is_piece: Callable[[dict[str, Any]], bool] = lambda chunk: True

    def conversation(self, model: str, body: Mapping[str, Any]) -> Conversation:
        """Read the conversation out of the request's body.

        Raises:
            ArgumentError: the body is not what the family's documentation describes.
        """
        try:
            return self.read(body)
        except (AttributeError, KeyError, TypeError) as error:
            raise ArgumentError(
                f"the body of InvokeModel of {model!r} is not a request of {self.name}: {type(error).__name__}: {error}"
            ) from error

    def check(self, invocation: Invocation) -> None:
        """Check that a model of this family can say it.

        Raises:
            ArgumentError: it cannot, for instance use a tool.
        """
        for block in invocation.completion.content:
            for kind in block:
                if kind not in self.blocks:
                    raise ArgumentError(
                        f"a reply with {kind!r} in its content cannot be the response to InvokeModel of "
                        f"{invocation.model!r}: {self.name} has only {', '.join(self.blocks)} in its bodies. Call "
                        'Converse, or write the body with aws.answers.add("bedrock-runtime", "InvokeModel", ...)'
                    )
