"""The public names."""

from __future__ import annotations

import aiomoto


def test_exports_are_sorted_and_exist() -> None:
    assert aiomoto.__all__ == sorted(aiomoto.__all__)
    assert all(hasattr(aiomoto, name) for name in aiomoto.__all__)


def test_every_public_name_is_exported() -> None:
    public = {
        name
        for name, value in vars(aiomoto).items()
        if not name.startswith("_") and getattr(value, "__module__", "").startswith("aiomoto")
    }

    assert public == set(aiomoto.__all__)
