"""The shape of the package: imports point one way, each library is imported by few modules, and files stay short."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.programs import ROOT

# The modules in layers, the lowest first: a module imports only from layers before its own. Beside each one stand the
# third-party packages that it imports. A new module is one more entry, in the first layer that it can be in.
LAYERS: tuple[dict[str, str], ...] = (
    {
        "_aws.client_added": "botocore",
        "_aws.event_patterns": "",
        "_aws.hosts": "",
        "_aws.input_events": "botocore",
        "_aws.limits": "botocore",
        "_aws.output_values": "botocore",
        "_aws.permission_differences": "",
        "_aws.reads": "botocore",
        "_aws.sdk_models": "botocore",
        "_bedrock.completion": "",
        "_bedrock.tokens": "",
        "_botocore.lazy_dict": "",
        "_botocore.notes": "",
        "_calls.place": "",
        "_calls.table": "",
        "_cleanup": "",
        "_clock": "",
        "_collector": "",
        "_diagnosis.versions": "",
        "_environment.watch": "",
        "_errors": "",
        "_functions.payload": "",
        "_http.overrides": "",
        "_http.smithy.response": "aiohttp smithy_http",
        "_http.urllib3.connections": "",
        "_moto.bucket_events": "moto",
        "_moto.containers": "moto",
        "_moto.loaded": "",
        "_moto.resources": "",
        "_moto.rule_events": "",
        "_moto.s3_dispatch": "moto",
        "_moto.snapshot": "moto",
        "_moto.stubber": "moto",
        "_moto.topic_events": "moto",
        "_native.classes": "",
        "_patching.attributes": "",
        "_patching.late_imports": "",
        "_patching.places": "",
        "_plugin.client_factory": "aiobotocore",
        "_report.choice": "",
        "_report.file_names": "",
        "_report.lines": "",
        "_report.masking": "botocore",
        "_report.page": "",
        "_report.values": "",
        "_rules.answer_line": "botocore",
        "_rules.selection": "",
        "_time.expressions": "",
        "_time.stand_ins": "",
        "_time.timeline": "",
        "_uncalled": "",
        "_wire.aws_chunked": "",
        "_wire.failures": "",
        "_wire.request_headers": "",
    },
    {
        "_aws.output_cbor": "botocore",
        "_aws.output_headers": "botocore",
        "_aws.services": "botocore",
        "_bedrock.conversation": "",
        "_bedrock.converse": "",
        "_botocore.models": "boto3 botocore moto",
        "_calls.left_open": "",
        "_decorate": "",
        "_environment.variables": "",
        "_functions.record": "",
        "_helper_loop": "",
        "_http.aiohttp.failures": "aiohttp botocore",
        "_http.smithy.failures": "awscrt smithy_core",
        "_http.urllib3.failures": "botocore urllib3",
        "_loops": "",
        "_moto.hosts": "moto",
        "_moto.memo": "moto",
        "_moto.objects": "",
        "_moto.public_access": "",
        "_moto.secrets": "",
        "_moto.uploads": "",
        "_moto.worlds": "moto",
        "_patching.compatibility": "",
        "_plugin.tracebacks": "",
        "_report.bodies": "",
        "_report.places": "",
        "_time.due": "",
        "_time.moments": "",
        "_wire.delivery": "",
    },
    {
        "_aws.names": "botocore",
        "_aws.output_json": "botocore",
        "_aws.output_xml": "botocore",
        "_aws.permissions": "",
        "_bedrock.family": "",
        "_bedrock.prompts": "",
        "_calls.details": "",
        "_diagnosis.access": "botocore",
        "_endpoint.server": "aiohttp",
        "_http.httpx.failures": "aiobotocore botocore",
        "_leak_report": "",
        "_lock": "",
        "_moto.authentication": "moto",
        "_moto.directory": "",
        "_moto.views": "",
        "_patching.required_names": "",
        "_s3fs.closing": "",
        "_time.sweepers": "",
        "_wire.source": "",
    },
    {
        "_aws.output_handlers": "botocore",
        "_aws.output_structures": "botocore",
        "_aws.regions": "",
        "_aws.resource_arns": "",
        "_bedrock.anthropic": "",
        "_bedrock.cohere": "",
        "_bedrock.llama": "",
        "_bedrock.mistral": "",
        "_bedrock.nova": "",
        "_bedrock.titan": "",
        "_botocore.provenance": "botocore",
        "_endings": "",
        "_functions.output": "",
        "_hints": "",
        "_moto.configuration": "moto",
        "_moto.long_polls": "moto",
        "_moto.stores": "moto",
        "_patching.replacements": "",
        "_rules.rule": "typing_extensions",
        "_wire.message": "botocore",
    },
    {
        "_aws.endpoint_hosts": "",
        "_aws.need": "",
        "_aws.output_check": "botocore",
        "_aws.s3_addressing": "",
        "_bedrock.families": "",
        "_botocore.events": "botocore",
        "_botocore.lookups": "aiobotocore botocore",
        "_botocore.memo": "aiobotocore botocore",
        "_botocore.sessions": "botocore",
        "_detectors": "",
        "_environment.fork_servers": "",
        "_functions.handler": "",
        "_http.aiohttp.pump": "",
        "_http.httpx.writer": "h11",
        "_http.smithy.error_bodies": "",
        "_http.smithy.wiring": "smithy_aws_core",
        "_http.urllib3.body": "botocore",
        "_inheriting": "",
        "_moto.copying": "cryptography moto",
        "_moto.dashboard": "",
        "_moto.isolation": "moto",
        "_moto.lambdas": "moto",
        "_moto.object_bodies": "",
        "_options": "",
        "_rules.answer": "botocore",
        "_rules.rule_set": "",
        "_s3fs.worlds": "",
        "_smithy.credentials": "smithy_aws_core",
        "_smithy.environment": "",
        "_strict.signatures": "botocore",
        "_time.polls": "",
        "_wire.content": "",
        "_wire.http1": "",
    },
    {
        "_aws.dynamodb_needs": "",
        "_aws.error_responses": "botocore",
        "_aws.output_events": "botocore",
        "_aws.s3_needs": "",
        "_aws.scope": "",
        "_botocore.credentials": "aiobotocore botocore",
        "_endpoint.client": "",
        "_endpoint.response": "aiohttp",
        "_functions.context": "",
        "_http.httpx.body": "aiobotocore botocore",
        "_http.smithy.invocations": "",
        "_http.urllib3.delivery": "",
        "_moto.apis": "",
        "_moto.triggered": "",
    },
    {
        "_aws.needs": "",
        "_aws.operations": "botocore",
        "_aws.output_stream": "botocore",
        "_botocore.signers": "aiobotocore botocore",
        "_moto.event_sources": "moto",
        "_moto.explanations": "",
        "_moto.request": "botocore moto werkzeug",
        "_moto.s3_addressing": "moto",
        "_moto.slow_handlers": "",
        "_rules.fault": "",
    },
    {
        "_aws.outputs": "botocore",
        "_aws.parameters": "botocore",
        "_aws.parsed_output": "botocore",
        "_aws.values": "botocore",
        "_bedrock.content": "",
        "_botocore.operations": "aiobotocore botocore",
        "_moto.inference": "",
        "_moto.triggers": "",
        "_rules.fault_plan": "",
        "_time.expiry": "moto",
    },
    {"_aws.documented_errors": "botocore", "_moto.router": "moto", "_rules.arguments": "", "_time.lifecycle": "moto"},
    {
        "_bedrock.selection": "",
        "_calls.identity": "botocore",
        "_moto.backends": "boto3 moto",
        "_moto.python_errors": "botocore",
    },
    {
        "_calls.record": "",
        "_moto.invocation": "moto",
        "_moto.snapshots": "moto",
        "_moto.state": "moto",
        "_moto.switch": "boto3 moto",
        "_time.targets": "boto3 botocore moto",
    },
    {"_calls.call": "botocore", "_strict.check": "botocore", "_time.schedules": ""},
    {
        "_bedrock.reply": "",
        "_calls.policy": "",
        "_calls.scripted_call": "",
        "_calls.summary": "",
        "_report.calls_table": "",
        "_report.invocations": "",
        "_report.near": "",
        "_report.state_lines": "",
        "_report.suspicions": "botocore",
        "_strict.anonymous": "",
        "_strict.authorization": "",
        "_strict.checksums": "",
        "_strict.forms": "werkzeug",
        "_strict.operations": "botocore",
        "_strict.parameters": "",
        "_strict.parts": "",
        "_strict.preconditions": "",
        "_strict.s3_names": "",
        "_strict.sizes": "",
        "_time.refusals": "",
        "answers": "botocore",
        "faults": "",
    },
    {"_calls.log": "", "_report.text": "", "_scripting": "botocore", "_strict.presigned": "", "bedrock": ""},
    {"_calls.recorder": "", "_functions.places": "", "_observers": "", "_report.call_data": "", "_strict.checks": ""},
    {"_exchange": "moto", "_functions.pending": "", "_plugin.sections": "pytest", "_report.trace": ""},
    {
        "_copies": "",
        "_endpoint.handler": "aiohttp moto multidict",
        "_enforcing_exchange": "",
        "_functions.runtime": "",
        "_guard": "",
        "_http.moto_socket": "",
        "_http.pool": "",
        "_http.sending": "",
        "_isolated": "",
        "_report.index": "",
        "_report.writing": "",
        "_strict_exchange": "botocore moto",
    },
    {
        "_functions.chain": "",
        "_functions.mappings": "",
        "_functions.settling": "",
        "_http.aiohttp.body": "aiohttp botocore multidict wrapt yarl",
        "_http.aiohttp.delivery": "aiohttp",
        "_http.httpx.response": "anyio",
        "_live": "moto",
        "_plugin.html_reports": "pytest",
    },
    {
        "_endpoint.endpoint": "",
        "_exchanges": "",
        "_functions.acting": "",
        "_http.aiohttp.response": "aiohttp multidict yarl",
        "_http.httpx.session": "aiobotocore anyio botocore",
        "_http.plain_requests": "",
        "_http.smithy.request": "multidict smithy_core",
        "_http.urllib3.session": "botocore urllib3",
        "_native.destination": "",
        "_plugin.isolated_tests": "pytest",
        "_plugin.policy_file": "pytest",
        "_time.waits": "",
    },
    {
        "_botocore.crt": "",
        "_functions.running": "",
        "_http.aiohttp.plain": "aiohttp",
        "_http.aiohttp.session": "aiobotocore aiohttp botocore",
        "_http.event_loops": "",
        "_http.http_client": "urllib3",
        "_http.httpx.httpcore_pools": "",
        "_http.httpx.plain": "",
        "_http.smithy.exchanging": "aiohttp",
        "_http.urllib3.plain": "urllib3",
        "_native.clients": "",
        "_native.file_systems": "",
        "_run": "",
        "_time.swap": "",
    },
    {
        "_botocore.session_classes": "aiobotocore botocore",
        "_description": "",
        "_functions.attempts": "",
        "_functions.http": "",
        "_functions.stream": "",
        "_http.requests_adapter": "moto requests urllib3",
        "_http.smithy.mocked": "",
    },
    {
        "_functions.asynchronous": "",
        "_functions.queues": "",
        "_functions.streams": "",
        "_http.smithy.clients": "smithy_http",
        "_wiring": "aioboto3 aiobotocore",
    },
    {"_functions.invoke": "", "_functions.jobs": "", "_s3fs.file_systems": ""},
    {"_functions.answering": "", "_time.functions": ""},
    {"_time.moved": ""},
    {"_time.clocks": ""},
    {"_time.settling": ""},
    {"_botocore.instant_sleep": "aiobotocore botocore", "clock": ""},
    {"_smithy.targets": ""},
    {"_replaced": ""},
    {"_on_demand": ""},
    {"_installation": "moto"},
    {"_diagnosis.names": "", "_plugin.guard": "pytest", "functions": "moto"},
    {"_data": ""},
    {"_mock": "typing_extensions"},
    {"_mock_aws": "typing_extensions", "_plugin.markers": "pytest"},
    {"__init__": "", "pytest_plugin": "aiobotocore pytest"},
    {"__main__": ""},
)
# The folders in the order of their imports. What is in none of them may stand anywhere between.
FOLDERS = (
    "_wire",
    "_aws",
    "_rules",
    "_patching",
    "_environment",
    "_moto",
    "_calls",
    "_strict",
    "_bedrock",
    "_functions",
    "_time",
    "_http",
    "_botocore",
    "_smithy",
    "_endpoint",
    "_s3fs",
    "_native",
    "_report",
    "_plugin",
    "_diagnosis",
)

LIBRARIES = {module: set(libraries.split()) for layer in LAYERS for module, libraries in layer.items()}
HEIGHT = {module: height for height, layer in enumerate(LAYERS) for module in layer}
FILES = [
    path
    for path in sorted((ROOT / "aiomoto").rglob("*.py"))
    # Those of the folders hold nothing but a docstring.
    if path.name != "__init__.py" or path.parent.name == "aiomoto"
]


@cache
def _nodes(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


@cache
def _imports(path: Path) -> list[str]:
    """The dotted names that a file imports, wherever in it: ``from a import b`` is ``a.b``."""
    return list(_imports_of(path))


def _imports_of(path: Path) -> Iterator[str]:
    for node in _nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}:{node.lineno} imports by a relative name"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def _own_imports(path: Path) -> set[str]:
    """The package's own modules that a file imports. A name that is no module is one that ``__init__`` exports."""
    own = (name.removeprefix("aiomoto").removeprefix(".") for name in _imports(path) if name.split(".")[0] == "aiomoto")
    return {next((module for module in HEIGHT if f"{name}.".startswith(f"{module}.")), "__init__") for name in own}


@cache
def _module(path: Path) -> str:
    """The dotted name of a file's module below the package: ``"_wire.scope"``."""
    return ".".join(path.relative_to(ROOT / "aiomoto").with_suffix("").parts)


def _folder(module: str) -> str:
    """The folder below the package that a module is in; empty for one that is in none."""
    return module.partition(".")[0] if "." in module else ""


def test_each_module_is_in_the_table() -> None:
    missing = {_module(path): sorted(_own_imports(path)) for path in FILES if _module(path) not in HEIGHT}

    assert missing == {}, f"add each to LAYERS, after all that it imports: {missing}"


def test_table_has_no_module_that_is_gone() -> None:
    assert HEIGHT.keys() - {_module(path) for path in FILES} == set()


def test_modules_import_only_from_the_layers_before_their_own() -> None:
    imports = {(_module(path), name) for path in FILES for name in _own_imports(path) if _module(path) in HEIGHT}

    assert {(own, other) for own, other in imports if HEIGHT.get(other, len(LAYERS)) >= HEIGHT[own]} == set()


def test_folders_import_one_way() -> None:
    imports = {(_folder(_module(path)), _folder(name)) for path in FILES for name in _own_imports(path)}
    between = {(own, other) for own, other in imports if own and other and own != other}

    assert {(own, other) for own, other in between if FOLDERS.index(other) > FOLDERS.index(own)} == set()


@pytest.mark.parametrize(
    ("folder", "libraries"),
    [
        ("_wire", {"moto", "aiobotocore", "aiohttp", "httpx", "urllib3"}),
        ("_aws", {"moto", "aiobotocore", "aiohttp", "httpx", "urllib3"}),
        ("_rules", {"moto", "aiobotocore", "aiohttp", "httpx", "urllib3"}),
        ("_calls", {"moto", "aiobotocore", "aiohttp", "httpx", "urllib3"}),
        ("_bedrock", {"moto", "aiobotocore", "aiohttp", "httpx", "urllib3"}),
        ("_moto", {"aiobotocore", "aiohttp", "httpx", "urllib3"}),
    ],
)
def test_folder_knows_nothing_of_these_libraries(folder: str, libraries: set[str]) -> None:
    known = {library for module, own in LIBRARIES.items() if _folder(module) == folder for library in own}

    assert known & libraries == set()


def test_modules_import_the_libraries_in_the_table() -> None:
    own = sys.stdlib_module_names | {"aiomoto"}
    imported = {_module(path): {name.partition(".")[0] for name in _imports(path)} - own for path in FILES}

    assert imported == LIBRARIES


@pytest.mark.thorough
def test_only_these_modules_set_attributes_of_other_objects() -> None:
    def sets_attributes(path: Path) -> bool:
        calls = (node.func for node in _nodes(path) if isinstance(node, ast.Call))
        return any(isinstance(function, ast.Name) and function.id in ("setattr", "delattr") for function in calls)

    # Beside names of other packages: methods of a class that is decorated, and a note on a request.
    assert {_module(path) for path in FILES if sets_attributes(path)} == {
        "_botocore.operations",
        "_decorate",
        "_patching.attributes",
        "_patching.places",
    }


def test_files_have_at_most_350_lines() -> None:
    lines = {_module(path): len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}

    assert {module: count for module, count in lines.items() if count > 350} == {}


def test_importing_the_package_imports_no_test_framework() -> None:
    program = "import sys, aiomoto; print(sorted({'_pytest', 'hypothesis', 'nose', 'pytest'} & sys.modules.keys()))"

    result = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)

    assert result.stdout == "[]\n"
