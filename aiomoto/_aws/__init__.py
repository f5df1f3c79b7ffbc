"""AWS as botocore's models describe it: services, operations, parameters, errors, regions and hosts."""
