"""The same calls to boto3 under Moto's own mock and to each client under ours, and what comes back compared.

``operations`` makes the calls from botocore's service models, ``runs`` makes them and keeps all that comes back.
"""
