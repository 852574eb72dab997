"""What is shown at once, and what when its task ends."""

import io
import logging

from ml.airflow_runtime.progress import Progress


def record(name: str, message: str) -> logging.LogRecord:
    return logging.LogRecord(name, logging.INFO, __file__, 1, message, None, None)


def test_how_far_a_task_is_is_shown_at_once():
    terminal = io.StringIO()
    progress = Progress(terminal)
    progress.emit(record("ml.jobs.ingest", "3 resumes read"))
    progress.emit(record("ml.jobs.ingest.progress", "2 of 3 resumes read, 600 a second"))
    assert terminal.getvalue() == "      2 of 3 resumes read, 600 a second\n"
