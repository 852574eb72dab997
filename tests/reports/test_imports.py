from __future__ import annotations

import subprocess
import sys

HEAVY = ("evidently", "jinja2", "matplotlib", "pandas", "pyarrow", "scipy", "sklearn")


def test_importing_the_reports_costs_nothing() -> None:
    code = f"import sys, reports.drift_report, reports.site; print([m for m in {HEAVY!r} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
