"""What botocore and aiobotocore do above the session: models, events, sleeps."""
