"""Names and media types that say something else than the file."""

import pytest

from ml.resumes.reading.kinds import is_misnamed


@pytest.mark.parametrize(
    ("kind", "file_name", "media_type", "expected"),
    [
        ("pdf", "cv.pdf", None, False),
        ("pdf", "CV.PDF", "application/msword", False),
        ("pdf", "cv.doc", "application/pdf", True),
        ("docx", "cv.doc", None, True),
        ("html", "cv.htm", None, False),
        ("profile", "linkedin.json", None, False),
        ("pdf", None, "application/pdf; charset=binary", False),
        ("rtf", "resume", "application/msword", True),
        ("rtf", "resume", "text/rtf", False),
        ("txt", "resume.2024", "application/octet-stream", False),
        ("txt", None, None, False),
    ],
)
def test_the_name_goes_before_the_media_type(kind, file_name, media_type, expected):
    assert is_misnamed(kind, file_name=file_name, media_type=media_type) is expected
