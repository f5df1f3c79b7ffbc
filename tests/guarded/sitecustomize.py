"""What Python runs first in the processes that tests start: they have no way out of the machine either."""

import tests.guard  # noqa: F401
