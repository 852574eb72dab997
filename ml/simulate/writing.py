"""Landing files: CSV or Parquet, written part by part."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
from pyarrow import csv, parquet

from ml.simulate.defects import break_rows

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from ml.simulate.config import SimulationConfig


class TableWriter:
    """Writes one landing table; parts must have the same columns.

    Attributes
    ----------
    rows, defects : int
        How many rows were written, and how many of them were broken on purpose.
    """

    def __init__(self, config: SimulationConfig, out: Path, name: str) -> None:
        self._config, self._name = config, name
        self._path = out / f"{name}.{config.file_format}"
        self._writer: csv.CSVWriter | parquet.ParquetWriter | None = None
        self.rows = 0
        self.defects = 0

    def write(self, part: pa.Table) -> None:
        """Append a part, broken as the configuration says."""
        broken, defects = break_rows(self._config, self._name, part)
        if self._writer is None:
            kind = csv.CSVWriter if self._config.file_format == "csv" else parquet.ParquetWriter
            self._writer = kind(self._path, broken.schema)
        self._writer.write_table(broken)
        self.rows += broken.num_rows
        self.defects += defects

    def __enter__(self) -> TableWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._writer is not None:
            self._writer.close()
