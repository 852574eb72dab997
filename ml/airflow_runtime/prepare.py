"""Prepare Airflow's metadata before its servers start: ``python -m ml.airflow_runtime.prepare``.

A process of its own, because Airflow reads its configuration when it is imported. The administrator's password comes
by environment: a command line is seen by everybody on the machine.
"""

from __future__ import annotations

import os

ADMINISTRATOR = "admin"
PASSWORD_VARIABLE = "FACETRANK_AIRFLOW_PASSWORD"  # noqa: S105


def main() -> None:
    """Migrate the metadata database and make the administrator; does nothing the second time."""
    from airflow.utils.db import initdb

    initdb()

    from airflow.providers.fab.auth_manager.cli_commands.utils import get_application_builder

    with get_application_builder() as builder:
        security = builder.sm
        if security.find_user(ADMINISTRATOR) is None:
            role = security.find_role("Admin")
            email = f"{ADMINISTRATOR}@localhost"
            security.add_user(ADMINISTRATOR, "Facetrank", "Administrator", email, role, os.environ[PASSWORD_VARIABLE])


if __name__ == "__main__":
    main()
