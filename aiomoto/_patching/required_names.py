"""Check that other packages have the names that aiomoto reads.

Without this check a test would fail halfway, or pass for the wrong reason. Names that are replaced are checked where
that happens (``_patching.replacements``), and names that are imported at the top of a module when it is loaded
(``_patching.compatibility.explain``). All others are listed here. tests/test_required_names.py removes each of them in
turn, and finds those that are missing from the list.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from types import ModuleType
from typing import Any

from aiomoto._patching.compatibility import missing_name_error

# In modules that aiomoto loads: checked when the first mock starts.
AT_START: dict[str, tuple[str, ...]] = {
    "aiohttp": ("BaseConnector._create_connection",),
    "boto3": ("DEFAULT_SESSION",),
    "botocore.session": ("Session._create_credential_resolver", "Session._create_token_resolver"),
    "moto.core.base_backend": ("BackendDict.reset", "BackendDict.iter_backends"),
    "moto.core.models": (
        "MockAWS._mock_init_lock",
        "MockAWS._mocks_active",
        "MockAWS._nested_count",
        "botocore_stubber.enabled",
        "responses_mock._on_request",
        "responses_mock._patcher",
        "responses_mock.registered",
        "responses_mock.stop",
    ),
    "moto.core.responses": ("ActionAuthenticatorMixin.request_count",),
    "moto.moto_api": ("recorder._record_request",),
    "moto.settings": ("TEST_SERVER_MODE", "is_test_proxy_mode", "S3_IGNORE_SUBDOMAIN_BUCKETNAME"),
}
# In modules that are loaded later, or never: checked when they are imported.
WHEN_IMPORTED: dict[str, tuple[str, ...]] = {
    "awscrt.exceptions": ("AwsCrtError", "from_code"),
    "deltalake.table": ("DeltaTable",),
    "fsspec": ("AbstractFileSystem._cache", "AbstractFileSystem._latest"),
    "moto.iam.models": ("get_account_id_from",),
    "moto.s3.models": ("s3_backends",),
    "moto.s3.responses": ("S3ResponseInstance.subdomain_based_buckets",),
    "moto.s3.utils": ("bucket_name_from_url",),
    "moto.sqs.models": ("sqs_backends", "SQSBackend.get_queue"),
    "s3fs.core": ("S3FileSystem.close_session",),
    "smithy_aws_core.config.merged_config": ("MergedConfig",),
    "smithy_aws_core.identity.chain": ("IdentityChain.create", "IdentityChain.identity_type"),
    "smithy_aws_core.identity.components": ("AWSCredentialsIdentity",),
    "smithy_aws_core.identity.environment": ("EnvironmentCredentialsResolver",),
    "smithy_aws_core.identity.static": ("StaticCredentialsResolver",),
    "smithy_core.aio.client": ("RequestPipeline",),
    "smithy_core.aio.types": ("AsyncBytesReader",),
    "smithy_core.exceptions": ("SmithyError",),
    "smithy_http": ("tuples_to_fields",),
    "smithy_http.aio": ("HTTPResponse",),
    "smithy_http.aio.aiohttp": ("AIOHTTPClient",),
    "smithy_http.aio.crt": ("AWSCRTHTTPClient", "AWSCRTHTTPResponse"),
}
# In instances: checked when the first one is used.
OF_INSTANCES: dict[str, tuple[str, ...]] = {
    "aiobotocore.client": ("AioBaseClient._endpoint",),
    "aiobotocore.config": ("AioConfig._user_provided_options",),
    "aiobotocore.httpsession": (
        "AIOHTTPSession._max_pool_connections",
        "AIOHTTPSession._sessions",
        "AIOHTTPSession._timeout",
    ),
    "aiobotocore.httpxsession": ("HttpxSession._max_pool_connections", "HttpxSession._timeout"),
    "botocore.configprovider": ("EnvironmentProvider._env", "EnvironmentProvider._name"),
    "botocore.credentials": ("AssumeRoleProvider._load_config", "CachedCredentialFetcher._cache"),
    "botocore.httpsession": ("URLLib3Session._max_pool_connections", "URLLib3Session._timeout"),
    "botocore.retries.bucket": ("TokenBucket._clock",),
    "botocore.retries.standard": ("RetryHandler._sleep",),
    "botocore.session": ("Session._components", "ComponentLocator._deferred"),
    "botocore.signers": ("RequestSigner._auth_token", "RequestSigner._credentials"),
    "botocore.utils": ("IdentityCache._client", "IdentityCache._credential_cls"),
    "moto.awslambda.models": ("LambdaBackend._lambdas", "LambdaStorage._functions", "LambdaStorage._arns"),
    "moto.sqs.models": ("Queue._messages",),
    "s3fs.core": ("S3FileSystem._s3", "S3FileSystem._pid", "S3FileSystem.session", "S3FileSystem.dircache"),
}
# Where Moto keeps data outside of a backend, in modules that may be loaded: checked by each snapshot.
FOR_SNAPSHOTS: dict[str, tuple[str, ...]] = {
    "moto.core.base_backend": ("BackendDict._instances",),
    "moto.ec2.models.transit_gateway_attachments": ("TransitGatewayAttachmentBackend.backend_refs",),
    "moto.ec2.models.vpc_peering_connections": ("VPCPeeringConnectionBackend.vpc_pcx_refs",),
    "moto.ec2.models.vpcs": ("VPCBackend.vpc_refs",),
    "moto.moto_api": ("state_manager._default_transitions",),
    "moto.organizations.models": ("organizations_backends.master_accounts",),
    "moto.s3.models": ("s3_backends.bucket_accounts",),
}
# What isolated mocks replace beside that: checked when the first one starts.
FOR_WORLDS: dict[str, tuple[str, ...]] = {
    "moto.core.base_backend": ("BackendDict._create_account_specific_backend", "InstanceTrackerMeta"),
    "moto.moto_api": ("state_manager._transitions",),
    "moto.moto_api._internal.moto_random": ("MotoRandom",),
    "moto.settings": ("INITIAL_NO_AUTH_ACTION_COUNT",),
    "moto.utilities.id_generator": ("moto_id_manager._custom_ids",),
}

_MISSING = object()


def check_at_start() -> None:
    """Check the names that are needed at the start of a mock.

    Raises:
        AiomotoError: a name is missing.
    """
    for name, parts in AT_START.items():
        check(sys.modules[name], name, parts)


def check_for_snapshots() -> None:
    """Check the names that a snapshot needs, in the modules that are loaded.

    Raises:
        AiomotoError: a name is missing.
    """
    _check_loaded(FOR_SNAPSHOTS)


def check_for_worlds() -> None:
    """Check the names that isolated mocks need beside those of snapshots, in the modules that are loaded.

    Raises:
        AiomotoError: a name is missing.
    """
    _check_loaded(FOR_WORLDS)


def _check_loaded(names: dict[str, tuple[str, ...]]) -> None:
    for name, parts in names.items():
        if module := sys.modules.get(name):
            check(module, name, parts)


def check_imported(module: ModuleType) -> None:
    """Check the names that are needed in a module that has been imported.

    Raises:
        AiomotoError: a name is missing.
    """
    check(module, module.__name__, WHEN_IMPORTED.get(module.__name__, ()))


def check_instance(instance: object, module: str, owner: str) -> None:
    """Check the attributes that are needed in the instances of a class.

    Args:
        instance: the instance.
        module: the full name of the class's module.
        owner: the name of the class.

    Raises:
        AiomotoError: an attribute is missing.
    """
    for part in OF_INSTANCES[module]:
        class_name, _, name = part.partition(".")
        if class_name == owner and not hasattr(instance, name):
            raise missing_name_error(module, part)


def check(module: ModuleType, name: str, parts: Iterable[str]) -> None:
    """Check names in a module.

    Raises:
        AiomotoError: a name is missing.
    """
    for part in parts:
        value: Any = module
        for each in part.split("."):
            value = getattr(value, each, _MISSING)
            if value is _MISSING:
                raise missing_name_error(name, part)
