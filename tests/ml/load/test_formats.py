"""File formats: declared, and refused where they cannot be."""

import pytest

from ml.errors import ConfigurationError
from ml.load.formats import FileFormat


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"encoding": "utf-9"}, "encoding: 'utf-9' is unknown; use for instance utf-8, latin-1 or cp1252."),
        ({"delimiter": "||"}, "delimiter: expected one character or auto, got '||'."),
        ({"timezone": "Mars"}, "timezone: 'Mars' is unknown; use a name such as UTC or Europe/Berlin."),
        ({"timezone": "../UTC"}, "timezone: '../UTC' is unknown; use a name such as UTC or Europe/Berlin."),
    ],
)
def test_unusable_formats_are_refused(arguments: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        FileFormat(**arguments)  # type: ignore[arg-type]
    assert str(caught.value) == message


def test_utf_8_reads_past_a_byte_order_mark() -> None:
    assert FileFormat().codec == "utf-8-sig"
    assert FileFormat(encoding="UTF8").codec == "utf-8-sig"
    assert FileFormat(encoding="latin-1").codec == "iso8859-1"
