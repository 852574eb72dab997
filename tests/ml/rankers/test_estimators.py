"""Which estimators scikit-learn's own checks are run on, and why not on the others (docs/adr/0032)."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable

import pyarrow as pa
import pytest
from sklearn.base import BaseEstimator
from sklearn.exceptions import NotFittedError
from sklearn.utils import estimator_checks, get_tags

from ml import rankers
from ml.rankers.calibration import PlattCalibration
from ml.rankers.encoding import FeatureEncoder
from ml.rankers.forest import VotingForestClassifier
from ml.rankers.linear import LinearScore
from ml.rankers.recipe import FacetRanker
from ml.rankers.support import TrainingSupport

CHECKED = {VotingForestClassifier, LinearScore}
EXEMPT = {
    PlattCalibration: "takes one column, and every check gives it a matrix",
    FeatureEncoder: "takes tables with named columns, and every check gives it a matrix",
    TrainingSupport: "takes tables with named columns, and folds instead of labels",
    FacetRanker: "is what a model file holds: made of fitted parts, never fitted itself",
}
# fit_transform leaves each row's own label out, transform cannot; the checks want the same of both.
CROSS_FITTED = {
    "check_transformer_general": "training rows are cross-fitted",
    "check_transformer_data_not_an_array": "training rows are cross-fitted",
}
OF_PARAMETERS = (
    estimator_checks.check_do_not_raise_errors_in_init_or_set_params,
    estimator_checks.check_estimator_cloneable,
    estimator_checks.check_estimator_repr,
    estimator_checks.check_estimator_tags_renamed,
    estimator_checks.check_get_params_invariance,
    estimator_checks.check_mixin_order,
    estimator_checks.check_no_attributes_set_in_init,
    estimator_checks.check_set_params,
    estimator_checks.check_valid_tag_types,
)
YEARS = (("years", "numeric"),)


def test_every_estimator_is_checked_or_exempt() -> None:
    modules = [importlib.import_module(f"ml.rankers.{found.name}") for found in pkgutil.iter_modules(rankers.__path__)]
    classes = {value for module in modules for value in vars(module).values() if isinstance(value, type)}
    own = {each for each in classes if issubclass(each, BaseEstimator) and each.__module__.startswith("ml.")}
    assert own == CHECKED | set(EXEMPT)


def test_the_linear_score_passes_all_checks_but_those_that_cross_fitting_breaks() -> None:
    results = estimator_checks.check_estimator(LinearScore(), expected_failed_checks=CROSS_FITTED, on_skip=None)
    assert {each["check_name"] for each in results if each["status"] == "xfail"} == set(CROSS_FITTED)
    assert sum(each["status"] == "passed" for each in results) > 40


@pytest.mark.parametrize("check", OF_PARAMETERS, ids=lambda check: check.__name__)
@pytest.mark.parametrize(
    "estimator",
    [PlattCalibration(), FeatureEncoder(YEARS), TrainingSupport(YEARS)],
    ids=lambda each: type(each).__name__,
)
def test_parameters_of_the_exempt_are_those_of_any_estimator(
    estimator: BaseEstimator, check: Callable[[str, BaseEstimator], None]
) -> None:
    check(type(estimator).__name__, estimator)


def test_the_calibration_says_that_it_takes_no_matrix() -> None:
    tags = get_tags(PlattCalibration()).input_tags
    assert (tags.one_d_array, tags.two_d_array) == (True, False)


@pytest.mark.parametrize("ask", [FeatureEncoder(YEARS).transform, TrainingSupport(YEARS).is_outside])
def test_those_that_take_tables_say_when_they_are_not_fitted(ask: Callable[[pa.Table], object]) -> None:
    with pytest.raises(NotFittedError):
        ask(pa.table({"years": [1.0]}))
