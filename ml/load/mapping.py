"""The mapping language: how rows of exported files become rows of landing tables (docs/mapping.md).

These are the parsed forms; ``mapping_file`` reads them from YAML and ``compile`` turns them into SQL.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from ml.load.contract import Table
    from ml.load.formats import FileFormat

# Stands for the line number of a row wherever a column name may stand.
LINE = "@line"

AttributeKind = Literal["numeric", "categorical", "boolean"]
PARTS = ("resumes", "screening", "offers", "tenure")


@dataclass(frozen=True)
class ColumnValue:
    """The value of a source column as it is."""

    column: str

    @property
    def columns(self) -> tuple[str, ...]:
        """Source columns the value depends on."""
        return (self.column,)


@dataclass(frozen=True)
class Constant:
    """The same text in every row."""

    text: str

    @property
    def columns(self) -> tuple[str, ...]:
        """Source columns the value depends on."""
        return ()


@dataclass(frozen=True)
class Template:
    """Text with columns in it; empty where one of the columns is.

    ``pieces`` alternate between text and column name, beginning with text.
    """

    pieces: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Source columns the value depends on."""
        return self.pieces[1::2]


@dataclass(frozen=True)
class MappedValue:
    """A column whose values are translated.

    An empty cell stays empty unless ``""`` is translated. Values that are not in the map (``others``) reject
    their row, stay as they are, or become ``default``, where None is the empty value.
    """

    column: str
    values: tuple[tuple[str, str | None], ...]
    others: Literal["reject", "keep", "default"] = "reject"
    default: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Source columns the value depends on."""
        return (self.column,)


@dataclass(frozen=True)
class NumberValue:
    """A numeric column times a constant, for instance years to months."""

    column: str
    times: Decimal

    @property
    def columns(self) -> tuple[str, ...]:
        """Source columns the value depends on."""
        return (self.column,)


@dataclass(frozen=True)
class Shift:
    """Move a date by an amount, constant or from a numeric column; ``sign`` is 1 or -1."""

    sign: int
    unit: Literal["days", "months", "years"]
    amount: Decimal | str


@dataclass(frozen=True)
class DateValue:
    """A date or time, from a column or constant, moved; its time of day and zone stay."""

    base: ColumnValue | Constant
    shifts: tuple[Shift, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Source columns the value depends on."""
        return (*self.base.columns, *(shift.amount for shift in self.shifts if isinstance(shift.amount, str)))


Value = ColumnValue | Constant | Template | MappedValue | NumberValue | DateValue


@dataclass(frozen=True)
class Condition:
    """A test of one column: equal to one of ``values``, where the empty cell is ``None``; or none of them."""

    column: str
    values: tuple[str | None, ...]
    negated: bool = False


@dataclass(frozen=True)
class AttributeValue:
    """One key of ``applications.attributes``, typed."""

    name: str
    kind: AttributeKind
    value: Value


@dataclass(frozen=True)
class Rule:
    """Make at most one row of a landing table from each row of a source.

    Attributes
    ----------
    where : str
        The rule's place in the mapping file, for error messages.
    table : Table
        The landing table.
    source : str
        Name of the source.
    values : mapping of str to Value
        By landing column; columns without one are null.
    attributes : tuple of AttributeValue
        Keys of ``attributes``, for applications.
    when : tuple of Condition
        Rows that fail one of them make no row.
    first_of : tuple of str
        Source columns; only the first row of each combination makes a row. Empty for every row.
    skip_without : str or None
        Landing column; where it comes out empty, there is no row.
    """

    where: str
    table: Table
    source: str
    values: Mapping[str, Value]
    attributes: tuple[AttributeValue, ...] = ()
    when: tuple[Condition, ...] = ()
    first_of: tuple[str, ...] = ()
    skip_without: str | None = None

    @property
    def is_protected(self) -> bool:
        """Whether the rows go to the schema ``protected``."""
        return self.table.schema == "protected"

    @property
    def columns(self) -> tuple[str, ...]:
        """Every source column that the rule reads, sorted."""
        values = (*self.values.values(), *(attribute.value for attribute in self.attributes))
        read = {column for value in values for column in value.columns}
        read.update(condition.column for condition in self.when)
        read.update(self.first_of)
        return tuple(sorted(read - {LINE}))


@dataclass(frozen=True)
class SourceFile:
    """One exported file, its format, and the columns that nothing is made of, with the reason of each."""

    file: str
    format: FileFormat
    ignore: Mapping[str, str]


@dataclass(frozen=True)
class LoadMapping:
    """A whole mapping file.

    Attributes
    ----------
    where : str
        Name of the mapping file, for error messages.
    parts : tuple of str
        The parts of the lifecycle that the files have, some of ``PARTS``.
    sources : mapping of str to SourceFile
        By the name that rules use.
    rules : tuple of Rule
        In the order of the contract's tables.
    """

    where: str
    parts: tuple[str, ...]
    sources: Mapping[str, SourceFile]
    rules: tuple[Rule, ...]
