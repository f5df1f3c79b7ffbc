"""The shape of the package: imports point one way, each library is imported by few modules, and files stay short."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.programs import ROOT

# The modules in layers, the lowest first: a module imports only from layers before its own. Beside each one stand the
# third-party packages that it imports. A new module is one more entry, in the first layer that it can be in.
LAYERS: tuple[dict[str, str], ...] = (
    {"_failures": ""},
    {"_delivery": ""},
    {
        "_aws_chunked": "",
        "_decorate": "",
        "_endpoint_server": "aiohttp",
        "_environment": "",
        "_errors": "",
        "_events": "botocore",
        "_late_imports": "",
        "_lock": "",
        "_loops": "",
        "_moto_stubber": "botocore moto",
        "_on_demand": "",
        "_repetitions": "botocore moto",
        "_wire": "botocore",
    },
    {
        "_aiohttp_failures": "aiohttp botocore",
        "_closing": "",
        "_endpoint_reply": "aiohttp",
        "_httpx_failures": "aiobotocore botocore",
        "_compatibility": "",
        "_http1": "",
        "_long_polls": "moto",
        "_models": "boto3 botocore",
        "_scope": "",
        "_sessions": "",
        "_urllib3_delivery": "",
        "_urllib3_failures": "botocore urllib3",
    },
    {
        "_aiohttp_delivery": "aiohttp",
        "_httpx_response": "anyio",
        "_operations": "botocore",
        "_replacements": "",
        "_moto_request": "botocore moto werkzeug",
        "_s3_addressing": "moto",
        "_slow_handlers": "",
    },
    {"_names": "botocore", "_parameters": "botocore", "_router": "moto"},
    {"_error_answers": "botocore", "_identity": "", "_moto": "boto3 moto"},
    {"_fault": "", "_waiting": "moto"},
    {"_records": ""},
    {"_calls": "botocore"},
    {"_call_log": "", "_course": "", "faults": ""},
    {"_exchange": "moto"},
    {"_endpoint_handler": "aiohttp moto multidict", "_live": ""},
    {"_instant_sleep": "aiobotocore botocore", "_plain_http": ""},
    {
        "_aiohttp_connector": "aiohttp",
        "_crt": "",
        "_aiohttp_session": "aiobotocore aiohttp multidict yarl",
        "_endpoint": "",
        "_httpx_session": "aiobotocore anyio botocore",
        "_httpx_transports": "",
        "_urllib3_pools": "urllib3",
        "_urllib3_session": "botocore urllib3",
    },
    {"_requests": "moto requests urllib3"},
    {"_seal": "aiobotocore botocore", "_wiring": "aioboto3 aiobotocore"},
    {"_s3fs": ""},
    {"_installation": "aiobotocore boto3 botocore moto"},
    {"_mock": "typing_extensions"},
    {"pytest_plugin": "aiobotocore pytest"},
    {"__init__": ""},
)

LIBRARIES = {module: set(libraries.split()) for layer in LAYERS for module, libraries in layer.items()}
HEIGHT = {module: height for height, layer in enumerate(LAYERS) for module in layer}
FILES = sorted((ROOT / "aiomoto").rglob("*.py"))


def _imports(path: Path) -> Iterator[str]:
    """The dotted names that a file imports, wherever in it: ``from a import b`` is ``a.b``."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}:{node.lineno} imports by a relative name"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _own_imports(path: Path) -> set[str]:
    """The package's own modules that a file imports. A name that is no module is one that ``__init__`` exports."""
    parts = [name.split(".") for name in _imports(path)]
    own = {name[1] if len(name) > 1 else "__init__" for name in parts if name[0] == "aiomoto"}
    return {name if name in HEIGHT else "__init__" for name in own}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_module_is_in_the_table(path: Path) -> None:
    assert path.stem in HEIGHT, f"add it to LAYERS, after all that it imports: {sorted(_own_imports(path))}"


def test_table_has_no_module_that_is_gone() -> None:
    assert HEIGHT.keys() - {path.stem for path in FILES} == set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_module_imports_only_from_the_layers_before_its_own(path: Path) -> None:
    height = HEIGHT.get(path.stem, len(LAYERS))

    assert {name for name in _own_imports(path) if HEIGHT.get(name, height) >= height} == set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_module_imports_the_libraries_in_the_table(path: Path) -> None:
    top_level = {name.partition(".")[0] for name in _imports(path)}

    assert top_level - sys.stdlib_module_names - {"aiomoto"} == LIBRARIES.get(path.stem, set())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_file_has_at_most_350_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 350


def test_importing_the_package_imports_no_test_framework() -> None:
    program = "import sys, aiomoto; print(sorted({'_pytest', 'hypothesis', 'nose', 'pytest'} & sys.modules.keys()))"

    result = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)

    assert result.stdout == "[]\n"
