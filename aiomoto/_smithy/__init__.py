"""What the AWS SDK for Python v4 does above its transports: credentials, configuration, retry sleeps."""
