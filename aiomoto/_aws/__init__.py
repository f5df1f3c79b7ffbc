"""What AWS is, by botocore's models: services, operations, parameters, errors, regions and hosts."""
