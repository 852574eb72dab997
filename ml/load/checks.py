"""What makes a text a value of a landing column: the problem with it, and the typed value, as SQL.

Only unambiguous forms are accepted: Postgres itself would take ``now``, ``infinity`` or 01/02/2024 as dates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import sql

if TYPE_CHECKING:
    from ml.load.contract import Column
    from ml.load.formats import FileFormat

LONGEST_KEY = 500

_DAY = r"\d{4}-\d{1,2}-\d{1,2}"
_ZONE = r"\s?(Z|UTC|GMT|[+-]\d{2}(:?\d{2})?)"
_TIME = r"[T ]\d{1,2}:\d{2}(:\d{2}([.]\d+)?)?"
DAY_PATTERN = rf"^\s*{_DAY}"
_DATE_PATTERN = rf"{DAY_PATTERN}([T ]00:00(:00([.]0+)?)?)?\s*$"
_TIMESTAMP_PATTERN = rf"{DAY_PATTERN}({_TIME}({_ZONE})?)?\s*$"
_ZONED_PATTERN = rf":\d{{2}}([.]\d+)?{_ZONE}\s*$"
# The usual forms, told apart four times as fast as by pattern; whether they are dates is asked all the same.
_COMMON_DATES = ("____-__-__",)
_COMMON_TIMESTAMPS = (
    "____-__-__T__:__:__Z",
    "____-__-__T__:__:__+__:__",
    "____-__-__ __:__:__+__",
    "____-__-__ __:__:__.______Z",
)
_COMMON_ZONES = ("%Z", "%:__+%")
_TRUE = ("true", "t", "yes", "y", "1", "1.0")
_FALSE = ("false", "f", "no", "n", "0", "0.0")


def problem(column: Column, text: sql.Composable, file_format: FileFormat, *, is_key: bool = False) -> sql.Composable:
    """Give SQL for a sentence about what is wrong with a text as a value of a column, null where nothing is."""
    cases: list[sql.Composable] = [sql.SQL("when {} is null then {}").format(text, _required(column))]
    if is_key:
        longest = sql.Literal(f"{column.name}: longer than {LONGEST_KEY} characters")
        cases.append(sql.SQL("when length({}) > {} then {}").format(text, sql.Literal(LONGEST_KEY), longest))
    if column.allowed:
        allowed = sql.SQL(", ").join(map(sql.Literal, column.allowed))
        message = expected(column.name, f"one of {', '.join(column.allowed)}", text)
        cases.append(sql.SQL("when {} not in ({}) then {}").format(text, allowed, message))
    cases.extend(_type_cases(column, text, file_format))
    return sql.SQL("case {} end").format(sql.SQL(" ").join(cases))


def _required(column: Column) -> sql.Composable:
    return sql.Literal(f"{column.name} is required and empty") if column.required else sql.SQL("null")


def expected(name: str, what: str, text: sql.Composable) -> sql.Composable:
    """Give SQL for the sentence that something else was found."""
    return sql.SQL("{} || left({}, 80) || ''''").format(sql.Literal(f"{name}: expected {what}, got '"), text)


def _type_cases(column: Column, text: sql.Composable, file_format: FileFormat) -> list[sql.Composable]:
    if column.type == "text":
        return []
    if column.type in ("numeric", "integer"):
        return _number_cases(column, text, file_format)
    if column.type == "timestamptz":
        return _timestamp_cases(column, text, file_format)
    is_readable, named = _plain_test(column, text, file_format)
    return [_unless(is_readable, expected(column.name, named, text))]


def _plain_test(column: Column, text: sql.Composable, file_format: FileFormat) -> tuple[sql.Composable, str]:
    if column.type == "boolean":
        is_boolean = sql.SQL("lower(btrim({})) in ({})").format(text, _list(*_TRUE, *_FALSE))
        return is_boolean, "true or false (or yes, no, 1, 0)"
    if column.type == "date":
        return is_readable_date(
            text, file_format, _DATE_PATTERN, _COMMON_DATES
        ), f"a date such as {example_date(file_format)}"
    if column.type == "jsonb":
        is_object = (
            "case when landing.is_readable({0}, 'jsonb') then jsonb_typeof({0}::jsonb) = 'object' else false end"
        )
        return sql.SQL(is_object).format(text), "a JSON object"
    is_hexadecimal = "starts_with({0}, '\\x') and landing.is_readable({0}, 'bytea')"
    return sql.SQL(is_hexadecimal).format(text), "bytes as \\x and hexadecimal digits"


def _number_cases(column: Column, text: sql.Composable, file_format: FileFormat) -> list[sql.Composable]:
    whole = column.type == "integer"
    named = "a whole number" if whole else "a number"
    sign = " with decimal comma" if file_format.decimal == "," and not whole else ""
    cases = [_unless(is_number(text, file_format, whole=whole), expected(column.name, named + sign, text))]
    number = as_number(text, file_format)
    if whole:
        in_range = sql.SQL("{} between -2147483648 and 2147483647").format(number)
        cases.append(_unless(in_range, expected(column.name, "a whole number of at most nine digits", text)))
    if column.minimum is not None:
        enough = sql.SQL("{} >= {}").format(number, sql.Literal(column.minimum))
        cases.append(_unless(enough, expected(column.name, f"at least {column.minimum}", text)))
    return cases


def _timestamp_cases(column: Column, text: sql.Composable, file_format: FileFormat) -> list[sql.Composable]:
    time = "T14:00:00Z" if file_format.date_order == "ymd" else " 14:00"
    example = f"a date and time such as {example_date(file_format)}{time}"
    is_timestamp = is_readable_date(text, file_format, _TIMESTAMP_PATTERN, _COMMON_TIMESTAMPS, type_name="timestamptz")
    cases = [_unless(is_timestamp, expected(column.name, example, text))]
    if file_format.timezone is None:
        zoneless = sql.SQL("{} || left({}, 80) || {}").format(
            sql.Literal(f"{column.name}: '"),
            text,
            sql.Literal("' has no time zone; declare the time zone of the file's timestamps"),
        )
        cases.append(_unless(_has_zone(text), zoneless))
    return cases


def _unless(condition: sql.Composable, message: sql.Composable) -> sql.Composable:
    return sql.SQL("when not ({}) then {}").format(condition, message)


def typed(column: Column, text: sql.Composable, file_format: FileFormat) -> sql.Composable:
    """Cast in SQL a text without problem to the column's type."""
    if column.type == "numeric":
        return as_number(text, file_format)
    if column.type == "integer":
        return sql.SQL("{}::integer").format(as_number(text, file_format))
    if column.type == "boolean":
        return sql.SQL("lower(btrim({})) in ({})").format(text, _list(*_TRUE))
    if column.type == "date":
        return sql.SQL("{}::date").format(iso_text(text, file_format))
    if column.type == "timestamptz":
        return _as_timestamp(text, file_format)
    return sql.SQL("{}::{}").format(text, sql.SQL(column.type))


def _as_timestamp(text: sql.Composable, file_format: FileFormat) -> sql.Composable:
    iso = iso_text(text, file_format)
    return sql.SQL("case when {} then {}::timestamptz else {}::timestamp at time zone {} end").format(
        _has_zone(text), iso, iso, sql.Literal(file_format.timezone or "UTC")
    )


def is_number(text: sql.Composable, file_format: FileFormat, *, whole: bool = False) -> sql.Composable:
    """Give SQL for whether a text is a number in the file's notation, of at most 60 characters."""
    sign = f"[{file_format.decimal}]"
    # Whole numbers may have zero decimals: that is how tools write integer columns with empty cells.
    digits = rf"\d+({sign}0*)?" if whole else rf"(\d+{sign}?\d*|{sign}\d+)([eE][+-]?\d{{1,2}})?"
    return sql.SQL("length({}) <= 60 and {}").format(text, _matches(text, rf"^\s*[+-]?{digits}\s*$"))


def as_number(text: sql.Composable, file_format: FileFormat) -> sql.Composable:
    """Cast in SQL a text that is a number."""
    point = sql.SQL("replace({}, ',', '.')").format(text) if file_format.decimal == "," else text
    return sql.SQL("{}::numeric").format(point)


def is_readable_date(
    text: sql.Composable,
    file_format: FileFormat,
    pattern: str = DAY_PATTERN,
    common: tuple[str, ...] = (),
    *,
    type_name: str = "date",
) -> sql.Composable:
    """Give SQL for whether a text is a date of the calendar, written in the file's order and matching a pattern."""
    iso = iso_text(text, file_format)
    return sql.SQL("({} or {}) and landing.is_readable({}, {})").format(
        _like(iso, *common), _matches(iso, pattern), iso, sql.Literal(type_name)
    )


def iso_text(text: sql.Composable, file_format: FileFormat) -> sql.Composable:
    """Put in SQL a date written in the file's order into ISO order; other texts stay as they are."""
    if file_format.date_order == "ymd":
        return text
    order = r"\3-\2-\1" if file_format.date_order == "dmy" else r"\3-\1-\2"
    return sql.SQL("regexp_replace({}, {}, {})").format(
        text, sql.Literal(r"^\s*(\d{1,2})[./-](\d{1,2})[./-](\d{4})"), sql.Literal(order)
    )


def _has_zone(text: sql.Composable) -> sql.Composable:
    return sql.SQL("({} or {})").format(_like(text, *_COMMON_ZONES), _matches(text, _ZONED_PATTERN))


def _like(text: sql.Composable, *shapes: str) -> sql.Composable:
    return sql.SQL("{} like any (array[{}]::text[])").format(text, _list(*shapes))


def _matches(text: sql.Composable, pattern: str) -> sql.Composable:
    return sql.SQL("{} ~ {}").format(text, sql.Literal(pattern))


def _list(*texts: str) -> sql.Composable:
    return sql.SQL(", ").join(map(sql.Literal, texts))


def example_date(file_format: FileFormat) -> str:
    """Give a date as files of the format write it, for messages."""
    return {"ymd": "2024-05-31", "dmy": "31.05.2024", "mdy": "05/31/2024"}[file_format.date_order]
