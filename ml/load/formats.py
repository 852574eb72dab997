"""How the values of a file are written: encoding, delimiter, decimal sign, dates, time zone."""

from __future__ import annotations

import codecs
from dataclasses import dataclass, replace
from typing import Literal
from zoneinfo import ZoneInfo

from ml.errors import ConfigurationError

DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True)
class FileFormat:
    """The format of one file, declared and never guessed, except for its delimiter.

    Attributes
    ----------
    encoding : str
        Any encoding Python knows; ``utf-8`` reads files with and without a byte order mark.
    delimiter : str
        One character, or ``auto`` to take the one of comma, semicolon and tab that the header uses.
    decimal : {'.', ','}
        The sign before the decimals of a number.
    timezone : str or None
        Time zone of timestamps that have none (``Europe/Berlin``); None refuses their rows.
    date_order : {'ymd', 'dmy', 'mdy'}
        How dates such as 31.12.2024 are read; ISO dates (2024-12-31) are understood under every order.
    missing : tuple of str
        What stands for an empty value, besides nothing at all.

    Raises
    ------
    ConfigurationError
        The encoding, time zone or delimiter cannot be used.
    """

    encoding: str = "utf-8"
    delimiter: str = "auto"
    decimal: Literal[".", ","] = "."
    timezone: str | None = None
    date_order: Literal["ymd", "dmy", "mdy"] = "ymd"
    missing: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        try:
            codecs.lookup(self.encoding)
        except LookupError:
            raise ConfigurationError(
                f"encoding: {self.encoding!r} is unknown; use for instance utf-8, latin-1 or cp1252."
            ) from None
        if self.delimiter != "auto" and len(self.delimiter) != 1:
            raise ConfigurationError(f"delimiter: expected one character or auto, got {self.delimiter!r}.")
        if self.timezone is not None:
            _check_timezone(self.timezone)

    @property
    def codec(self) -> str:
        """Python's name of the encoding, one that skips a byte order mark of UTF-8."""
        name = codecs.lookup(self.encoding).name
        return "utf-8-sig" if name == "utf-8" else name

    def canonical(self) -> FileFormat:
        """Give the format of values that the product writes itself: ISO dates, decimal points, same time zone."""
        return replace(self, decimal=".", date_order="ymd")


def _check_timezone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ValueError, KeyError, OSError):
        raise ConfigurationError(f"timezone: {name!r} is unknown; use a name such as UTC or Europe/Berlin.") from None
