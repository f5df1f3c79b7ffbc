"""What AWS refuses, and Moto does not: the checks of ``mock_aws(strict=True)``. Loaded when it is used."""
