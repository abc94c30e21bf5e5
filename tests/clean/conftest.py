"""One pool of parser processes for all tests of `clean`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from unittest import mock

import pytest

from onrecord.clean import Cleaner


@pytest.fixture(scope="session")
def cleaner() -> Iterator[Cleaner]:
    """Patient with a busy machine: what a page may cost is tested in processor time."""
    with mock.patch.dict(os.environ, ONRECORD_PARSE_SECONDS="120"), Cleaner(workers=1) as shared:
        yield shared
