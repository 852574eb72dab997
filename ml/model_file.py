"""Model files: skops, written so that the same model has the same bytes, and checked before they are loaded."""

from __future__ import annotations

import hashlib
import io
import json
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile, ZipInfo

from ml.errors import FacetrankError

if TYPE_CHECKING:
    from pathlib import Path

    from ml.rankers.recipe import FacetRanker

# Everything a model file may hold beyond what skops itself trusts.
TRUSTED_TYPES = (
    "ml.rankers.calibration.PlattCalibration",
    "ml.rankers.encoding.FeatureEncoder",
    "ml.rankers.forest.VotingForestClassifier",
    "ml.rankers.linear.LinearScore",
    "ml.rankers.recipe.FacetRanker",
    "ml.rankers.support.TrainingSupport",
    "sklearn.tree._tree.Tree",
)
_SCHEMA = "schema.json"


class UntrustedModelError(FacetrankError):
    """A model file that was altered, or that holds types a ranker does not have."""


def save_model(model: FacetRanker, file: Path) -> str:
    """Write a model file and give its SHA-256: equal models have equal files, whenever and wherever they are written.

    skops calls objects and members by their places in memory, stamps members with the time of day, and copies the bytes
    between the fields of a tree's nodes, which are whatever was there before. Here objects are numbered in the order in
    which they come, time stands still, and the gaps are zero.
    """
    # Not by mlflow's own flavour: it reads the types to trust from the model's folder, which whoever alters
    # the model can alter too, and therefore refuses to load what it saved.
    from skops.io import dumps

    content = _canonical(dumps(model))
    file.write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def load_model(file: Path, model_sha256: str) -> FacetRanker:
    """Read a model file.

    Raises
    ------
    UntrustedModelError
        It is not the file that has this SHA-256, or holds other types than a ranker's.
    """
    from skops.io import load
    from skops.io.exceptions import UntrustedTypesFoundException

    if hashlib.sha256(file.read_bytes()).hexdigest() != model_sha256:
        raise UntrustedModelError(
            f"{file} was altered after it was registered: roll back to another version, or retrain."
        )
    try:
        model: FacetRanker = load(file, trusted=list(TRUSTED_TYPES))
    except (UntrustedTypesFoundException, TypeError) as error:
        problem = " ".join(str(error).split())
        raise UntrustedModelError(f"{file} holds types that a ranker does not have: {problem}") from None
    return model


def _canonical(content: bytes) -> bytes:
    """Rewrite what skops dumped without anything that is not the model's."""
    written = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as dumped, ZipFile(written, "w") as archive:
        numbers: dict[int, int] = {}
        schema = _numbered(json.loads(dumped.read(_SCHEMA)), numbers)
        for place, number in numbers.items():
            name = f"{place}.npy"
            if name in dumped.NameToInfo:
                archive.writestr(ZipInfo(f"{number}.npy"), _without_gaps(dumped.read(name)))
        archive.writestr(ZipInfo(_SCHEMA), json.dumps(schema, indent=2))
    return written.getvalue()


def _numbered(node: Any, numbers: dict[int, int]) -> Any:
    """Replace places in memory by numbers, in the order in which they are met."""
    if isinstance(node, list):
        return [_numbered(each, numbers) for each in node]
    if not isinstance(node, dict):
        return node
    renamed = {name: _numbered(each, numbers) for name, each in node.items()}
    if "__id__" in node:
        renamed["__id__"] = numbers.setdefault(node["__id__"], len(numbers))
    if node.get("type") == "numpy":
        place = int(node["file"].removesuffix(".npy"))
        renamed["file"] = f"{numbers.setdefault(place, len(numbers))}.npy"
    return renamed


def _without_gaps(member: bytes) -> bytes:
    """Zero the bytes of an array that belong to none of its fields; an array without fields stays as it is."""
    import numpy as np

    array = np.load(io.BytesIO(member))
    if array.dtype.names is None:
        return member
    # zeros_like would clear the fields only.
    clean = np.zeros(array.shape, array.dtype)
    for name in array.dtype.names:
        clean[name] = array[name]
    written = io.BytesIO()
    np.save(written, clean)
    return written.getvalue()
