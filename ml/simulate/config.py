"""What a simulation is asked for, and what it says it made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ml.errors import ConfigurationError
from ml.simulate.arrays import DAY, epoch_seconds

if TYPE_CHECKING:
    from datetime import date

FILE_FORMATS = ("csv", "parquet")
LEAKS = ("filled_after", "label_copy", "ordered_identifier")


@dataclass(frozen=True)
class SimulationConfig:
    """One simulated organisation; equal configurations give equal bytes.

    Attributes
    ----------
    applications : int
        Number of applications, at least 1.
    seed : int
        Seed of every random stream, at least 0.
    ends_on : date
        The day at whose midnight (UTC) the files were exported: every ``recorded_at`` is before it.
    years : int
        Length of the history, at least 1.
    file_format : {"csv", "parquet"}
        Format of the landing files.
    drift : float
        0 for a world that stays as it is; 1 for marked changes of applicants and of decisions over the last quarter
        of the history.
    screening_bias : float
        Log-odds that screeners take off the applications of women; 0 for none.
    dirty : float
        Share of landing rows that are broken, in [0, 1).
    leaks : tuple of {"filled_after", "label_copy", "ordered_identifier"}
        Columns planted in ``applications.attributes`` that know the screening outcome.

    Raises
    ------
    ConfigurationError
        A value is out of its range.
    """

    applications: int
    seed: int
    ends_on: date
    years: int = 3
    file_format: Literal["csv", "parquet"] = "csv"
    drift: float = 0.0
    screening_bias: float = 0.0
    dirty: float = 0.0
    leaks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check("applications", self.applications >= 1, "at least 1", self.applications)
        _check("seed", self.seed >= 0, "at least 0", self.seed)
        _check("years", self.years >= 1, "at least 1", self.years)
        _check("file_format", self.file_format in FILE_FORMATS, f"one of {', '.join(FILE_FORMATS)}", self.file_format)
        _check("drift", self.drift >= 0, "at least 0", self.drift)
        _check("screening_bias", self.screening_bias >= 0, "at least 0", self.screening_bias)
        _check("dirty", 0 <= self.dirty < 1, "a share from 0 to below 1", self.dirty)
        for leak in self.leaks:
            _check("leaks", leak in LEAKS, f"any of {', '.join(LEAKS)}", leak)

    @property
    def ends_at(self) -> int:
        """End of the history, in seconds since 1970."""
        return epoch_seconds(self.ends_on)

    @property
    def starts_at(self) -> int:
        """Start of the history, in seconds since 1970."""
        return self.ends_at - self.years * 365 * DAY


def _check(name: str, is_fine: bool, expected: str, value: object) -> None:
    if not is_fine:
        raise ConfigurationError(f"simulate: {name}: expected {expected}, got {value!r}.")


@dataclass(frozen=True)
class SimulationSummary:
    """What was written.

    Attributes
    ----------
    rows : dict of str to int
        Rows per landing table, versions and broken rows counted.
    defects : int
        How many of those rows were broken on purpose.
    """

    rows: dict[str, int]
    defects: int = 0
