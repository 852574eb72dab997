"""Labels that nothing predicts: the version is registered and goes no further, and the batches after it say so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from ml.config import Settings
from ml.jobs import NothingToDoError, retrain, score
from ml.jobs.installation import Installation
from ml.warehouse.roles import REVIEWER, TRANSFORMER
from tests.ml.jobs.training import JULY, OCTOBER, build, make_organisation, opened, train
from tests.ml.rankers.factories import make_table
from tests.ml.scores.world import insert, make_marts, rows

MAY = JULY.replace(month=5)
VERSIONS = "select model_version, status, sentence from governance.model_versions where as_of_date = %s"
QUALITY = (
    "select models.is_present, models.model_version, models.status, models.sentence from scores.batch_models as models"
    " inner join scores.batches using (batch_id) where as_of_date = %s and facet = 'q'"
)


def refuse_noise(installation: Installation, as_of_date: date) -> str:
    """Retrain on labels that nothing predicts, open a batch, and give why the version went no further."""
    build(installation.warehouse, make_table(800, signal=0.0, days=440), as_of_date)
    with pytest.raises(NothingToDoError) as nothing:
        retrain.fit(retrain.freeze("quality", as_of_date))
    make_marts(installation.warehouse)
    insert(
        installation.warehouse, "intermediate.application_lifecycle", TRANSFORMER, as_of_date=as_of_date,
        application_id="a00000", candidate_id="c00000", requisition_id="r000",
    )  # fmt: skip
    score.open_batch(as_of_date)
    return str(nothing.value)


@pytest.fixture(scope="module")
def installation(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    own = make_organisation(settings, "nosignal", tmp_path_factory.mktemp("nosignal"))
    with opened(own) as installation:
        yield installation


@pytest.fixture(scope="module")
def sentences(installation: Installation) -> dict[date, str]:
    """Why the retrainings of May and October went no further; between them July's gave a champion."""
    before = refuse_noise(installation, MAY)
    build(installation.warehouse, make_table(800, signal=2.5, days=500), JULY)
    assert train(JULY) == "2"
    return {MAY: before, OCTOBER: refuse_noise(installation, OCTOBER)}


@pytest.mark.parametrize(("as_of_date", "number"), [(MAY, "1"), (OCTOBER, "3")])
def test_the_version_is_registered_and_the_record_says_why(
    installation: Installation, sentences: dict[date, str], as_of_date: date, number: str
) -> None:
    sentence = sentences[as_of_date]
    assert sentence.startswith("quality: not reliably better than chance. AUC ")
    noted = rows(installation.warehouse, VERSIONS, as_of_date, role=REVIEWER)
    assert noted == [(number, "no usable signal", sentence)]
    assert installation.registry.version("quality", number).tags["status"] == "no usable signal"
    predicted = "select count(*) from scores.validation_predictions where model_version = %s"
    assert rows(installation.warehouse, predicted, number) != [(0,)]


def test_without_a_champion_the_batch_leaves_the_facet_out_and_says_so(
    installation: Installation, sentences: dict[date, str]
) -> None:
    assert rows(installation.warehouse, QUALITY, MAY) == [(False, None, "no usable signal", sentences[MAY])]


def test_a_champion_of_before_keeps_scoring(installation: Installation, sentences: dict[date, str]) -> None:
    assert installation.registry.champion_number("quality") == "2"
    scored_by = (True, "2", "champion", "Scored by version 2 of the quality ranker.")
    assert rows(installation.warehouse, QUALITY, OCTOBER) == [scored_by]
    with pytest.raises(NothingToDoError, match=r"^No ranker has a new champion as of 2025-10-01\.$"):
        retrain.announce(OCTOBER)
