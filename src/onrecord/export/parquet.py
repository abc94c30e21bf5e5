"""The record as Parquet, a file for each table of `tables`. Needs the extra `parquet`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from onrecord.errors import UsageError

ROWS = 2000
"""Rows that are written, and held in memory, at a time."""


def write(path: Path, columns: Mapping[str, type], rows: Iterable[Mapping[str, Any]]) -> int:
    """Write one table; how many rows it has. Raises UsageError where pyarrow is not installed."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise UsageError("pyarrow is not installed.", advice="pip install 'onrecord[parquet]'.") from None
    types = {str: pa.string(), int: pa.int64(), float: pa.float64()}
    schema = pa.schema([(name, types[kind]) for name, kind in columns.items()])
    count, waiting = 0, iter(rows)
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        while batch := list(islice(waiting, ROWS)):
            writer.write_table(pa.Table.from_pylist([{name: row[name] for name in columns} for row in batch], schema))
            count += len(batch)
    return count
