"""smithy-http: the transports of the AWS SDK for Python v4 (``aws-sdk-*``)."""
