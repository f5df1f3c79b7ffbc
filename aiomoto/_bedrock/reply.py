"""One reply of ``aws.bedrock``: a rule that answers all operations that ask a model."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import takewhile
from typing import Any, NamedTuple

from aiomoto._bedrock import converse
from aiomoto._bedrock.completion import Completion
from aiomoto._bedrock.conversation import Conversation, of_converse
from aiomoto._bedrock.families import body_of, family_of
from aiomoto._bedrock.family import Family, Invocation
from aiomoto._bedrock.selection import ModelAndPrompt
from aiomoto._bedrock.tokens import tokens_in
from aiomoto._calls.call import Call
from aiomoto._errors import ArgumentError
from aiomoto._lock import state_lock
from aiomoto._rules.answer import Answer
from aiomoto._rules.rule import Rule
from aiomoto._rules.selection import Selection

_CONVERSES = ("Converse", "ConverseStream")
_INVOKES = ("InvokeModel", "InvokeModelWithResponseStream")


class Said(NamedTuple):
    """What a reply says: the arguments of ``aws.bedrock.reply``, checked."""

    content: list[dict[str, Any]]
    stop_reason: str
    usage: Mapping[str, Any]
    chunks: list[str] | int | None
    delay: float


class Reply(Answer):
    """A rule that ``aws.bedrock.reply`` has created. As a context manager it removes itself at the end of the block."""

    owner = "aws.bedrock"

    def __init__(
        self,
        said: Said,
        selection: ModelAndPrompt,
        *,
        times: int | None,
        latency: float,
        optional: bool,
        rules: Callable[[], Iterable[Rule]],
        new_number: Callable[[], int],
        remove: Callable[[Answer], None],
    ) -> None:
        super().__init__(
            Selection("bedrock-runtime", None, None, None),
            [self._answer],
            in_turn=False,
            latency=latency,
            times=times,
            after=0,
            optional=optional,
            remove=remove,
        )
        self._said = said
        self._asked = selection
        self._rules = rules
        self._new_number = new_number
        self._used_tools: set[str] = set()  # their ids, and their names for families without ids

    def selects(self, call: Any) -> bool:
        """Tell whether a call asks a model."""
        return call.service == "bedrock-runtime" and call.operation in (*_CONVERSES, *_INVOKES, *_DEFAULTS)

    def count(self, call: Any) -> int | None:
        """Count a call, if the reply is for it, and return how many it had counted before; else ``None``.

        Raises:
            AiomotoError: the ``prompt`` function has raised an error, or the model's bodies are not known.
        """
        if not self.selects(call):
            return None
        if call.operation in _DEFAULTS:
            return None if self._is_answered_otherwise(call) else 0
        if not self._is_asked(call):
            return None
        with state_lock:
            if self._is_used_up or (self._times is None and self.hits and self._is_followed()):
                return None
            self.hits += 1
            return self.hits - 1

    def _is_asked(self, call: Call) -> bool:
        if not self._asked.includes_model(call.params["modelId"]):
            return False
        conversation = self._conversation(call)
        if conversation is None or not self._asked.includes_prompt(conversation):
            return False
        # A model that gets what its tool returned, and asks for it again, would do so forever.
        return self._times is not None or not conversation.results & self._used_tools

    def _conversation(self, call: Call) -> Conversation | None:
        if call.operation in _CONVERSES:
            return of_converse(call.params)
        model, body = call.params["modelId"], body_of(call.params)
        try:
            return family_of(model, body).conversation(model, body)
        except ArgumentError:
            if self._is_answered_otherwise(call):
                return None
            raise

    def _is_answered_otherwise(self, call: Call) -> bool:
        """Whether a rule of ``aws.answers`` for the very operation is there, which knows better."""
        return any(rule.is_for(call) for rule in self._rules() if not isinstance(rule, Reply))

    def _is_followed(self) -> bool:
        """Whether a later reply to the same requests continues the dialogue."""
        rules = list(self._rules())
        later = rules[len(list(takewhile(lambda rule: rule is not self, rules))) + 1 :]
        return any(isinstance(rule, Reply) and rule.continues(self._asked) for rule in later)

    def continues(self, selection: ModelAndPrompt) -> bool:
        """Tell whether the reply is for the same requests, and not used up."""
        return self._asked == selection and not self._is_used_up

    # ------------------------------------------------------------ responses

    def _answer(self, call: Call) -> dict[str, Any]:
        if call.operation in _DEFAULTS:
            return _DEFAULTS[call.operation](call)
        if call.operation in _CONVERSES:
            completion = self._completion(of_converse(call.params))
            if call.operation == "Converse":
                return converse.output_of(completion)
            return {"stream": self._paced(converse.events_of(completion), converse.is_piece)}
        model, body = call.params["modelId"], body_of(call.params)
        family = family_of(model, body)
        completion = self._completion(family.conversation(model, body))
        invocation = Invocation(model, body, completion, self._new_number())
        family.check(invocation)
        return self._invoked(call, family, invocation)

    def _invoked(self, call: Call, family: Family, invocation: Invocation) -> dict[str, Any]:
        if call.operation == "InvokeModel":
            body = _json(family.response(invocation))
            metadata = {"HTTPHeaders": _headers(invocation.completion)}
            return {"body": body, "contentType": "application/json", "ResponseMetadata": metadata}
        chunks = self._paced(family.chunks(invocation), family.is_piece)
        events = [{"chunk": {"bytes": _json(each)}} if isinstance(each, dict) else each for each in chunks]
        return {"body": events, "contentType": "application/json"}

    def _completion(self, conversation: Conversation) -> Completion:
        said = self._said
        content = [self._with_id(block) if "toolUse" in block else block for block in said.content]
        usage = {"inputTokens": conversation.tokens, "outputTokens": max(1, tokens_in(content)), **said.usage}
        usage.setdefault("totalTokens", usage["inputTokens"] + usage["outputTokens"])
        waits = self.latency + said.delay
        return Completion(content, said.stop_reason, usage, max(1, round(waits * 1000)), said.chunks)

    def _with_id(self, block: dict[str, Any]) -> dict[str, Any]:
        use = block["toolUse"]
        tool_use_id = use.get("toolUseId") or f"tooluse_{self._new_number():022d}"
        self._used_tools |= {tool_use_id, use["name"]}
        return {"toolUse": {**use, "toolUseId": tool_use_id}}

    def _paced(self, events: Iterator[dict[str, Any]], is_piece: Callable[[dict[str, Any]], bool]) -> list[Any]:
        """The events, with the delay before each piece of the content but the first, in seconds."""
        paced: list[Any] = []
        said_any = False
        for event in events:
            if self._said.delay and is_piece(event):
                paced += [self._said.delay] if said_any else []
                said_any = True
            paced.append(event)
        return paced

    # ------------------------------------------------------------ words

    @property
    def target(self) -> str:
        """The service and operation that the rule is for."""
        return "bedrock-runtime.*"

    @property
    def words(self) -> str:
        """What the rule does to a call, in a few words."""
        return "reply"

    def __repr__(self) -> str:
        times = [] if self._times is None else [f"times={self._times}"]
        written = ", ".join([*map(_shown, self._said.content), *self._asked.words, *times])
        return f"<aws.bedrock.reply({written}); hits={self.hits}>"


def _headers(completion: Completion) -> dict[str, str]:
    """What InvokeModel tells in headers that no model of botocore has: LangChain, among others, reads them.

    https://docs.aws.amazon.com/bedrock/latest/userguide/inference-invoke.html
    """
    return {
        "x-amzn-bedrock-input-token-count": str(completion.usage["inputTokens"]),
        "x-amzn-bedrock-output-token-count": str(completion.usage["outputTokens"]),
        "x-amzn-bedrock-invocation-latency": str(completion.milliseconds),
    }


def _shown(block: Mapping[str, Any]) -> str:
    [(kind, value)] = block.items()
    if kind == "text":
        return repr(value if len(value) <= _MOST_SHOWN else f"{value[:_MOST_SHOWN]}...")
    return f"tool_use {value['name']!r}" if kind == "toolUse" else kind


_MOST_SHOWN = 40


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value).encode()


# ---------------------------------------------------------------- beside replies


def _count_tokens(call: Call) -> dict[str, Any]:
    """CountTokens, of a request of Converse or of InvokeModel."""
    asked = call.params.get("input") or {}
    if "invokeModel" in asked:
        model, body = call.params["modelId"], body_of(asked["invokeModel"])
        try:
            return {"inputTokens": family_of(model, body).conversation(model, body).tokens}
        except ArgumentError:  # any model's tokens can be counted
            return {"inputTokens": max(1, tokens_in(body))}
    return {"inputTokens": of_converse(asked.get("converse") or {}).tokens}


def _apply_guardrail(call: Call) -> dict[str, Any]:
    """ApplyGuardrail, of a guardrail that has nothing to object to."""
    units = ("topicPolicy", "contentPolicy", "wordPolicy", "sensitiveInformationPolicy", "contextualGroundingPolicy")
    usage = {f"{name}Units": 0 for name in units} | {"sensitiveInformationPolicyFreeUnits": 0}
    return {"action": "NONE", "outputs": [], "assessments": [], "usage": usage}


_DEFAULTS: dict[str | None, Callable[[Call], dict[str, Any]]] = {
    "CountTokens": _count_tokens,
    "ApplyGuardrail": _apply_guardrail,
}
