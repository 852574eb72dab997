"""Errors that a user can act on: one sentence that says what is wrong, where, and what to do."""


class FacetrankError(Exception):
    """Base of every error the product raises on purpose; the command line prints it as one line, exit code 2."""


class ConfigurationError(FacetrankError):
    """A setting, an organisation file or a mapping that cannot be used as written."""


class WarehouseError(FacetrankError):
    """The Postgres behind the warehouse cannot be reached, started or prepared."""


class DiskError(WarehouseError):
    """A folder of the product cannot be written, or has too little room."""


class LoadError(FacetrankError):
    """Files that cannot be loaded as they are: the load was refused, or undone, as a whole."""
