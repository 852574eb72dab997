"""What a ranker must beat: rankers that anybody could make from the same encoded rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ml.rankers.metrics import PairwiseAuc

if TYPE_CHECKING:
    from numpy.typing import NDArray

PRIOR = "prior"
SINGLE_FEATURE = "best single feature"
LOGISTIC = "logistic regression"
BOOSTING = "gradient boosting"


def score_baselines(
    train: NDArray[np.float32], labels: NDArray[np.int8], test: NDArray[np.float32], *, seed: int
) -> dict[str, NDArray[np.float64]]:
    """Fit every baseline on the training rows and score the test rows.

    Parameters
    ----------
    train : ndarray of shape (n_train, n_columns)
        Encoded as for the forest; NaN for missing.
    labels : ndarray of shape (n_train,)
        1 for positive, 0 for negative.
    test : ndarray of shape (n_test, n_columns)
        Rows to score.
    seed : int
        For those that draw.

    Returns
    -------
    dict of str to ndarray of shape (n_test,)
        Scores by name; higher ranks first. ``prior`` scores everybody alike.
    """
    from threadpoolctl import threadpool_limits

    # Boosting cannot bin a column of which it knows no value.
    is_known = ~np.isnan(train).all(axis=0)
    train, test = train[:, is_known], test[:, is_known]
    scores = {PRIOR: np.zeros(len(test)), SINGLE_FEATURE: _best_single_feature(train, labels, test)}
    # OpenMP threads that wait for a busy core spin: several of them are many times slower than one there.
    with threadpool_limits(1):
        for name, model in ((LOGISTIC, logistic()), (BOOSTING, _boosting(seed))):
            scores[name] = model.fit(train, labels).predict_proba(test)[:, 1]
    return scores


def _best_single_feature(
    train: NDArray[np.float32], labels: NDArray[np.int8], test: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Rank by the one column that ranks the training rows best, in whichever direction; missing at the median."""
    medians = np.nanmedian(train, axis=0)
    filled = np.where(np.isnan(train), medians, train)
    gains = np.array([PairwiseAuc(labels, column).value() - 0.5 for column in filled.T])
    best = int(np.argmax(np.abs(gains)))
    column = np.where(np.isnan(test[:, best]), medians[best], test[:, best]).astype(np.float64)
    return column if gains[best] >= 0 else -column


def logistic() -> Any:
    """Give an unfitted logistic regression on standardised columns, missing values at the median and marked."""
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    imputer = SimpleImputer(strategy="median", add_indicator=True)
    return make_pipeline(imputer, StandardScaler(), LogisticRegression(max_iter=1000))


def _boosting(seed: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(random_state=seed)
