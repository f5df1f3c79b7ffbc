"""botocore and aiobotocore: sessions, credentials, clients, and what they look up or compute."""
