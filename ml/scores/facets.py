"""The four facets: their letters and names, and which ranker gives which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from ml.organisation import RANKERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from ml.organisation import Organisation
    from ml.rankers.explanations import VoteExplainer

FACETS = ("t", "q", "o", "v")
NAMES = {"t": "technical match", "q": "quality", "o": "likelihood to join", "v": "likelihood to stay"}
FACET_OF_RANKER = dict(zip(RANKERS, FACETS[1:], strict=True))

# The people whose outcomes each facet's ranker learns from: nobody else has one.
TRAINED_ON = {"q": "who were screened", "o": "who had an offer", "v": "who started work"}


class Scorer(Protocol):
    """A loaded model version of a ranker, ready to score."""

    @property
    def version(self) -> str:
        """Number of the registered version."""

    @property
    def snapshot_hash(self) -> str:
        """Hash of the training snapshot."""

    @property
    def contract_hash(self) -> str:
        """Hash of the feature contract."""

    @property
    def features(self) -> tuple[str, ...]:
        """Columns that a table must have to be scored."""

    def score(self, table: pa.Table) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give the share of votes and the calibrated probability of each row, in [0, 1]."""

    def is_outside(self, table: pa.Table) -> NDArray[np.bool_] | None:
        """Say which rows lie outside of what the ranker was trained on; None where it cannot be said."""

    def explainer(self) -> VoteExplainer:
        """Give what takes the share of votes apart by features, in the order of ``features``."""


@dataclass(frozen=True)
class FacetModel:
    """What gives one facet in a batch, or why nothing does.

    Attributes
    ----------
    facet : str
        t, q, o or v.
    ranker : str or None
        None for t, which the text match gives.
    is_present : bool
        Whether the organisation has the facet; if not, it drops out of weights and levels.
    model_version, snapshot_hash, contract_hash : str or None
        What scored; for t the versions of what reads words, requirements and facts.
    status : str
        ``champion``, ``matched``, or why the facet is absent (``no labels``, ``no champion``, ``no resumes``).
    sentence : str
        The same for people.
    """

    facet: str
    ranker: str | None
    is_present: bool
    model_version: str | None
    snapshot_hash: str | None
    contract_hash: str | None
    status: str
    sentence: str


def facet_models(
    organisation: Organisation, champions: Mapping[str, Scorer], reasons: Mapping[str, tuple[str, str]]
) -> tuple[FacetModel, ...]:
    """Say for each facet what gives it.

    Parameters
    ----------
    organisation : Organisation
        Its parts decide whether there is text to match, and which rankers have labels.
    champions : mapping of str to Scorer
        By ranker; rankers without a champion are left out.
    reasons : mapping of str to (str, str)
        Status and sentence of rankers that have no champion, where training gave them.
    """
    return (_text_match(organisation), *(_ranker_model(organisation, name, champions, reasons) for name in RANKERS))


def _text_match(organisation: Organisation) -> FacetModel:
    if "resumes" not in organisation.parts:
        return FacetModel("t", None, False, None, None, None, "no resumes", "The organisation's data has no resumes.")
    from ml.matching.requirements.read import READER
    from ml.matching.tokens import TOKENISER
    from ml.resumes.versions import FACTS

    sentence = "What the resume has of the description's words, and of what it asks for: its requirements."
    version = f"{TOKENISER} {READER} {FACTS}"
    return FacetModel("t", None, True, version, None, None, "matched", sentence)


def _ranker_model(
    organisation: Organisation, ranker: str, champions: Mapping[str, Scorer], reasons: Mapping[str, tuple[str, str]]
) -> FacetModel:
    facet = FACET_OF_RANKER[ranker]
    if ranker in champions:
        model = champions[ranker]
        sentence = f"Scored by version {model.version} of the {ranker} ranker."
        return FacetModel(
            facet, ranker, True, model.version, model.snapshot_hash, model.contract_hash, "champion", sentence
        )
    if ranker not in organisation.rankers_with_labels:
        default = ("no labels", f"The organisation's data has no labels for the {ranker} ranker.")
    else:
        default = ("no champion", f"The {ranker} ranker has no champion yet.")
    return FacetModel(facet, ranker, False, None, None, None, *reasons.get(ranker, default))
