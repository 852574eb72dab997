"""YAML files that people write: repeated keys refused, and errors that name the line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from ml.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Hashable
    from pathlib import Path
    from typing import Any


class _StrictLoader(yaml.SafeLoader):
    """YAML with repeated keys refused: the last would silently win."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key, (place, _) in zip(keys, node.value, strict=True):
            if keys.count(key) > 1:
                raise yaml.MarkedYAMLError(problem=f"key {key!r} occurs twice", problem_mark=place.start_mark)
        return super().construct_mapping(node, deep)


def read_yaml(path: Path, *, missing: str) -> object:
    """Parse a YAML file.

    Parameters
    ----------
    path : Path
        The file.
    missing : str
        What to say after the path where there is no such file.

    Raises
    ------
    ConfigurationError
        The file is missing, is not YAML in UTF-8, repeats a key, or has a date that the calendar does not have.
    """
    try:
        # S506: the loader is a SafeLoader.
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_StrictLoader)  # noqa: S506
    except FileNotFoundError:
        raise ConfigurationError(f"{path}: {missing}") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigurationError(f"{path.name}:{line}: not valid YAML: {error.problem}.") from None
    except (yaml.YAMLError, ValueError) as error:
        # A ValueError is a date that the calendar does not have, or text that is not UTF-8.
        raise ConfigurationError(
            f"{path.name}: not readable as YAML in UTF-8: {' '.join(str(error).split())}."
        ) from None
