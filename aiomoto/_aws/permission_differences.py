"""Operations whose IAM actions have other names, where AWS's Service Authorization Reference does not say so.

Each block names the documentation that says it.
"""

from __future__ import annotations

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html, and for directory buckets
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-express-security-iam.html
_S3 = {
    "CompleteMultipartUpload": ("s3:PutObject",),
    "CopyObject": ("s3:PutObject",),
    "CreateMultipartUpload": ("s3:PutObject",),
    "CreateSession": ("s3express:CreateSession",),
    "DeleteBucketAnalyticsConfiguration": ("s3:PutAnalyticsConfiguration",),
    "DeleteBucketCors": ("s3:PutBucketCORS",),
    "DeleteBucketEncryption": ("s3:PutEncryptionConfiguration",),
    "DeleteBucketIntelligentTieringConfiguration": ("s3:PutIntelligentTieringConfiguration",),
    "DeleteBucketInventoryConfiguration": ("s3:PutInventoryConfiguration",),
    "DeleteBucketLifecycle": ("s3:PutLifecycleConfiguration",),
    "DeleteBucketMetricsConfiguration": ("s3:PutMetricsConfiguration",),
    "DeleteBucketOwnershipControls": ("s3:PutBucketOwnershipControls",),
    "DeleteBucketReplication": ("s3:PutReplicationConfiguration",),
    "DeleteBucketTagging": ("s3:PutBucketTagging",),
    "DeleteObjects": ("s3:DeleteObject",),
    "DeletePublicAccessBlock": ("s3:PutBucketPublicAccessBlock",),
    "GetBucketLifecycle": ("s3:GetLifecycleConfiguration",),
    "GetBucketNotificationConfiguration": ("s3:GetBucketNotification",),
    "GetObjectAttributes": ("s3:GetObject", "s3:GetObjectAttributes"),
    "GetPublicAccessBlock": ("s3:GetBucketPublicAccessBlock",),
    "HeadBucket": ("s3:ListBucket",),
    "HeadObject": ("s3:GetObject",),
    "ListBucketAnalyticsConfigurations": ("s3:GetAnalyticsConfiguration",),
    "ListBucketIntelligentTieringConfigurations": ("s3:GetIntelligentTieringConfiguration",),
    "ListBucketInventoryConfigurations": ("s3:GetInventoryConfiguration",),
    "ListBucketMetricsConfigurations": ("s3:GetMetricsConfiguration",),
    "ListDirectoryBuckets": ("s3express:ListAllMyDirectoryBuckets",),
    "ListObjects": ("s3:ListBucket",),
    "PutBucketLifecycle": ("s3:PutLifecycleConfiguration",),
    "PutBucketNotificationConfiguration": ("s3:PutBucketNotification",),
    "PutPublicAccessBlock": ("s3:PutBucketPublicAccessBlock",),
    "RenameObject": ("s3express:CreateSession",),
    "SelectObjectContent": ("s3:GetObject",),
    "UploadPart": ("s3:PutObject",),
    "UploadPartCopy": ("s3:PutObject",),
    "WriteGetObjectResponse": ("s3-object-lambda:WriteGetObjectResponse",),
}
_S3_CONTROL: dict[str, tuple[str, ...] | None] = {
    "DeletePublicAccessBlock": ("s3:PutAccountPublicAccessBlock",),
    "GetPublicAccessBlock": ("s3:GetAccountPublicAccessBlock",),
    "PutPublicAccessBlock": ("s3:PutAccountPublicAccessBlock",),
    # Operations with buckets on Outposts, whose actions have the prefix s3-outposts.
    **dict.fromkeys(
        f"{verb}Bucket{what}"
        for verb in ("Create", "Delete", "Get", "Put")
        for what in ("", "LifecycleConfiguration", "Policy", "Replication", "Tagging", "Versioning")
    ),
}
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html: those of the items.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-iam.html: those of the statements.
_DYNAMODB: dict[str, tuple[str, ...]] = dict.fromkeys(
    ("BatchExecuteStatement", "ExecuteStatement", "ExecuteTransaction", "TransactGetItems", "TransactWriteItems"), ()
)
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html
_SQS = {
    "ChangeMessageVisibilityBatch": ("sqs:ChangeMessageVisibility",),
    "DeleteMessageBatch": ("sqs:DeleteMessage",),
    "SendMessageBatch": ("sqs:SendMessage",),
}
# The descriptions of the operations in https://docs.aws.amazon.com/bedrock/latest/APIReference/
_BEDROCK_RUNTIME = {
    "Converse": ("bedrock:InvokeModel",),
    "ConverseStream": ("bedrock:InvokeModelWithResponseStream",),
    "StartAsyncInvoke": ("bedrock:InvokeModel",),
}
# https://docs.aws.amazon.com/lambda/latest/api/: the permissions that the pages of the operations name.
_LAMBDA = {
    "GetLayerVersionByArn": ("lambda:GetLayerVersion",),
    "InvokeWithResponseStream": ("lambda:InvokeFunction",),
}

DIFFERENT: dict[str, dict[str, tuple[str, ...] | None]] = {
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-control-access-websocket-api-connection.html
    "apigatewaymanagementapi": dict.fromkeys(
        ("DeleteConnection", "GetConnection", "PostToConnection"), ("execute-api:ManageConnections",)
    ),
    "bedrock-agent-runtime": {"RetrieveAndGenerateStream": ("bedrock:RetrieveAndGenerate",)},
    "bedrock-runtime": {**_BEDROCK_RUNTIME},
    "dynamodb": {**_DYNAMODB},
    "lambda": {**_LAMBDA},
    "s3": {**_S3},
    "s3control": {**_S3_CONTROL},
    # https://docs.aws.amazon.com/sns/latest/dg/sns-batch-api-actions.html
    "sns": {"PublishBatch": ("sns:Publish",)},
    "sqs": {**_SQS},
    # https://docs.aws.amazon.com/STS/latest/APIReference/: "No permissions are required" for these.
    "sts": {"GetCallerIdentity": (), "GetSessionToken": ()},
    # Query runs any statement: what it needs depends on the statement.
    "neptune-graph": {"ExecuteQuery": None},
    "timestream-query": {"Query": None},
}
