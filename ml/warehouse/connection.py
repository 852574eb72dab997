"""How every part of the product reaches the warehouse: by role, never by superuser."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

import psycopg

from ml.errors import WarehouseError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Warehouse:
    """One database of one server, and the passwords of its roles.

    Attributes
    ----------
    host, port, database : str, int, str
        Where it is; always TCP.
    passwords : mapping of str to str
        By role; never shown.
    parameters : str
        Query part of the URL (``sslmode=require``), empty for none.
    """

    host: str
    port: int
    database: str
    passwords: Mapping[str, str] = field(repr=False)
    parameters: str = ""

    def url(self, role: str) -> str:
        """Give the ``postgresql://`` URL with which a role connects."""
        query = f"?{self.parameters}" if self.parameters else ""
        password = quote(self.passwords[role], safe="")
        return f"postgresql://{role}:{password}@{self.host}:{self.port}/{self.database}{query}"

    def connect(self, role: str, *, autocommit: bool = False) -> psycopg.Connection:
        """Open a connection as a role.

        Raises
        ------
        WarehouseError
            The server does not answer, or refuses the role.
        """
        try:
            return psycopg.connect(self.url(role), autocommit=autocommit, connect_timeout=10)
        except psycopg.OperationalError as error:
            reason = str(error).strip().splitlines()[-1]
            raise WarehouseError(
                f"{self.host}:{self.port}/{self.database} does not let {role} in ({reason}): run `facetrank up`."
            ) from None

    def named(self, database: str) -> Warehouse:
        """Give the same server with another database."""
        return Warehouse(self.host, self.port, database, self.passwords, self.parameters)
