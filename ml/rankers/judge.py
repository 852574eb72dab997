"""Over which pairs of people a ranker is judged, and how sure the judgement is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from ml.rankers import metrics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import pyarrow as pa
    from numpy.typing import NDArray

# Under so many pairs within groups, an interval is too wide to tell a useful ranker from chance.
FEWEST_PAIRS = 1000
# Under so many requisitions, drawing them with replacement says little of the spread: candidates are drawn instead.
FEWEST_CLUSTERS = 20
POOLED = "pooled"
_GROUP_KINDS = {"requisition_id": "requisitions", "job_family": "job families"}
_GROUP_NAMES = {"requisitions": "requisition", "job families": "job family"}


@dataclass(frozen=True)
class Judge:
    """Measures how the tested rows are ordered, over the pairs and clusters that count.

    Attributes
    ----------
    labels : ndarray of shape (n_tested,)
        1 for positive, 0 for negative.
    groups : ndarray of shape (n_tested,)
        Codes of the groups within which pairs are compared.
    group_kind : str
        ``requisitions`` or ``job families``.
    clusters : ndarray of shape (n_tested,)
        What the bootstrap draws.
    cluster_kind : str
        ``requisition`` or ``candidate``.
    pairs : int
        Pairs within groups.
    is_pooled : bool
        Whether there are too few of them, or one group only: then all pairs are the headline.
    seed : int
        Of the bootstrap.
    """

    labels: NDArray[np.int8]
    groups: NDArray[np.intp]
    group_kind: str
    clusters: NDArray[np.object_]
    cluster_kind: str
    pairs: int
    is_pooled: bool
    seed: int

    def take(self, rows: NDArray[np.intp]) -> Judge:
        """Judge some of the rows by the same measure."""
        groups = self.groups[rows]
        pairs = metrics.PairwiseAuc(self.labels[rows], np.zeros(len(rows)), groups=groups).pairs
        return replace(self, labels=self.labels[rows], groups=groups, clusters=self.clusters[rows], pairs=pairs)

    @property
    def single_group(self) -> str:
        """What one of the groups is called."""
        return _GROUP_NAMES[self.group_kind]

    @property
    def kind(self) -> str:
        """What the headline AUC is: ``within requisitions``, ``within job families`` or ``pooled``."""
        return POOLED if self.is_pooled else f"within {self.group_kind}"

    def within(self, *scores: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the AUC within groups of each score, and its bootstrap replicates.

        Parameters
        ----------
        *scores : ndarray of shape (n_tested,)
            Higher ranks first; compared on the same replicates.

        Returns
        -------
        values : ndarray of shape (n_scores,), in [0, 1]
        replicates : ndarray of shape (n_replicates, n_scores), in [0, 1]
        """
        # A requisition is drawn whole; a job family is not, nor is a requisition of which single candidates are drawn.
        whole = self.group_kind == "requisitions" and self.cluster_kind == "requisition"
        return self._measure(scores, groups=self.groups, whole=whole)

    def pooled(self, *scores: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the same as :meth:`within`, over all pairs."""
        return self._measure(scores, groups=None, whole=False)

    def headline(self, *scores: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return :meth:`pooled` or :meth:`within`, whichever this ranker is judged by."""
        return self.pooled(*scores) if self.is_pooled else self.within(*scores)

    def average_precision(self, *scores: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the average precision of each score over all people, as :meth:`within` does the AUC."""
        return self._replicate(metrics.AveragePrecision(self.labels, score).value for score in scores)

    def precision_at(self, order: NDArray[np.int64], *, groups: NDArray[np.object_]) -> list[dict[str, Any]]:
        """Return the precision of an order among the first of each group's list.

        Parameters
        ----------
        order : ndarray of shape (n_tested,)
            Position of each row in the overall order, 0 first; no ties.
        groups : ndarray of shape (n_tested,)
            Requisition of each row.

        Returns
        -------
        list of dict
            One per k of ``PRECISION_AT``: ``k``, ``groups`` with more people than that, ``precision`` with its
            ``precision_interval``, and ``random``, the expectation of a random order; None without groups. A single
            group has no interval where groups are drawn whole: drawn or not, it is the same list.
        """
        lists = [metrics.PrecisionAt(self.labels, order, groups=groups, k=k) for k in metrics.PRECISION_AT]
        whole = self.cluster_kind == "requisition"
        _, replicates = self._replicate(partial(each.value, whole_groups=whole) for each in lists)
        return [
            {
                "k": each.k,
                "groups": each.groups,
                "precision": each.value() if each.groups else None,
                "precision_interval": metrics.known_interval(values) if each.groups > 1 or not whole else None,
                "random": each.random if each.groups else None,
            }
            for each, values in zip(lists, replicates.T, strict=True)
        ]

    def _measure(
        self, scores: tuple[NDArray[np.float64], ...], *, groups: NDArray[np.intp] | None, whole: bool
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        aucs = [metrics.PairwiseAuc(self.labels, score, groups=groups) for score in scores]
        return self._replicate(partial(auc.value, whole_groups=whole) for auc in aucs)

    def _replicate(
        self, measures: Iterable[Callable[[NDArray[np.float64] | None], float]]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Evaluate measures on the rows as they are and on each draw of the clusters, the same for all measures."""
        measures = list(measures)
        weightings = metrics.cluster_weights(self.clusters, np.random.default_rng(self.seed))
        replicates = [[measure(weights) for measure in measures] for weights in weightings]
        return np.array([measure(None) for measure in measures]), np.array(replicates)


def make_judge(tested: pa.Table, *, ranker: str, seed: int, forest: NDArray[np.str_] | None = None) -> Judge:
    """Decide over which pairs a ranker is judged, from the rows it was tested on.

    Parameters
    ----------
    tested : pyarrow.Table with n_tested rows
        Identifiers and labels of the tested rows.
    ranker : {"quality", "onboard", "attrition"}
        Attrition is compared within job families, the others within requisitions.
    seed : int
        Of the bootstrap.
    forest : ndarray of str, shape (n_tested,), optional
        Which forest scored each row. Where it is given, pairs scored by different forests do not count.
    """
    column = "job_family" if ranker == "attrition" else "requisition_id"
    names, groups = np.unique(texts(tested, column), return_inverse=True)
    if forest is not None:
        groups = groups + len(names) * np.unique(forest, return_inverse=True)[1]
    labels = tested["label"].to_numpy().astype(np.int8)
    pairs = metrics.PairwiseAuc(labels, np.zeros(len(labels)), groups=groups).pairs
    requisitions = texts(tested, "requisition_id")
    has_clusters = len(np.unique(requisitions)) >= FEWEST_CLUSTERS
    return Judge(
        labels=labels,
        groups=groups,
        group_kind=_GROUP_KINDS[column],
        clusters=requisitions if has_clusters else texts(tested, "candidate_id"),
        cluster_kind="requisition" if has_clusters else "candidate",
        pairs=pairs,
        is_pooled=pairs < FEWEST_PAIRS or len(names) == 1,
        seed=seed,
    )


def texts(table: pa.Table, name: str) -> NDArray[np.object_]:
    """Give a text column as an array that sorts, missing as the empty text."""
    import pyarrow as pa

    column: NDArray[np.object_] = table[name].cast(pa.string()).fill_null("").to_numpy().astype(object)
    return column
