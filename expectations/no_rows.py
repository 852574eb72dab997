"""Our one addition to Great Expectations. It imports that library: import this module through ``expectations.gx``."""

from __future__ import annotations

from typing import Any

from great_expectations.expectations import UnexpectedRowsExpectation


class ExpectNoRows(UnexpectedRowsExpectation):  # type: ignore[misc]
    """Expect a statement to select nothing; the first values that it does select are kept as examples."""

    def _validate(self, metrics: dict[str, Any], runtime_configuration: Any = None, **_: Any) -> dict[str, Any]:
        count = metrics["unexpected_rows_query.row_count"]
        limit = runtime_configuration["result_format"]["partial_unexpected_count"]
        examples = [next(iter(row.values())) for row in metrics["unexpected_rows_query.table"][:limit]]
        return {"success": count == 0, "result": {"observed_value": count, "examples": examples}}
