"""What the tasks of the DAGs do, one module per DAG: each function composes the parts of the product.

The modules import nothing heavy, because DAG files import them; each function opens the installation that the
environment describes. They know nothing of Airflow.
"""

from __future__ import annotations

from ml.errors import FacetrankError


class NothingToDoError(FacetrankError):
    """A job has nothing to do, and neither have those that wait for it; the message says why. Not a failure."""
