"""Our mock and Moto's own: a program that behaves alike under both is what "Moto's own meaning" is."""

from __future__ import annotations

import moto
import pytest

from aiomoto import mock_aws

# For tests with an argument ``mock``.
both = pytest.mark.parametrize("mock", [pytest.param(mock_aws, id="aiomoto"), pytest.param(moto.mock_aws, id="moto")])
