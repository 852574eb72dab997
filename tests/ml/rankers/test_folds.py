from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ml.rankers.folds import LabelledRows, grouped_folds, rolling_origins

DAY = np.timedelta64(1, "D")


def made(
    entered: list[str], *, labels: list[int] | None = None, window: int = 30, known_after: int = 5, **ids: list[str]
) -> LabelledRows:
    """Rows that entered on days, mature after ``window`` days, known after ``known_after``."""
    days = np.array(entered, "datetime64[us]")
    n = len(days)
    own = np.array([f"p{i}" for i in range(n)], dtype=object)
    return LabelledRows(
        labels=np.array(labels if labels is not None else np.arange(n) % 2, np.int8),
        candidates=np.array(ids.get("candidates", own), dtype=object),
        requisitions=np.array(ids.get("requisitions", own), dtype=object),
        entered_at=days,
        matured_at=days + window * DAY,
        labelled_at=days + known_after * DAY,
    )


def spread(n: int, **changes: object) -> LabelledRows:
    """Rows evenly over 2024 and 2025."""
    days = np.datetime64("2024-01-01") + np.arange(n) * 730 // n
    return made([str(day) for day in days], **changes)  # type: ignore[arg-type]


def split(rows: LabelledRows, **changes: object) -> dict[str, tuple[set[int], set[int]]]:
    settings = {"minimum_labels": 1, "minimum_rarer": 1, **changes}
    folds = rolling_origins(rows, **settings)  # type: ignore[arg-type]
    return {fold.name: (set(fold.train.tolist()), set(fold.test.tolist())) for fold in folds}


def test_each_quarter_is_tested_by_what_was_mature_before_it() -> None:
    rows = spread(800)
    folds = split(rows)
    assert list(folds) == ["2025Q1", "2025Q2", "2025Q3", "2025Q4"]
    for name, (train, test) in folds.items():
        quarter = pd.Period(name)
        origin = np.datetime64(quarter.start_time, "us")
        assert test == set(np.flatnonzero(pd.DatetimeIndex(rows.entered_at).to_period("Q") == quarter))
        assert train == set(np.flatnonzero(rows.matured_at <= origin))
        assert rows.entered_at[list(train)].max() <= origin - 30 * DAY


def test_a_row_that_matures_at_the_origin_trains_and_one_known_at_it_does_not() -> None:
    others = ["2025-01-10"] * 20
    # Entered on 2 December: 30 days later is the origin, 1 January. Known at 1 January 00:00 is not known before it.
    rows = made(["2024-12-02", "2024-12-02", "2024-12-03", *others])
    assert split(rows)["2025Q1"][0] == {0, 1}
    late = made(["2024-12-02", "2024-12-02", "2024-12-03", *others], known_after=30)
    assert split(late) == {}


def test_nobody_is_on_both_sides() -> None:
    people = [f"c{i % 300}" for i in range(800)]
    for train, test in split(spread(800, candidates=people)).values():
        assert not {people[i] for i in train} & {people[i] for i in test}
    assert split(spread(800, candidates=people)), "the folds above must not be empty"


def test_requisitions_may_be_the_groups() -> None:
    positions = [f"r{i % 300}" for i in range(800)]
    folds = split(spread(800, requisitions=positions), group_by="requisition")
    assert folds
    for train, test in folds.values():
        assert not {positions[i] for i in train} & {positions[i] for i in test}


def test_origins_with_too_few_rows_are_left_out() -> None:
    # 800 rows over 730 days: about 100 a quarter; 250 mature rows exist from the fourth origin on, 2024Q4.
    assert list(split(spread(800), minimum_labels=450)) == ["2025Q2", "2025Q3", "2025Q4"]
    assert split(spread(800), minimum_rarer=401) == {}


def test_quarters_with_too_few_of_the_rarer_class_are_left_out() -> None:
    labels = np.ones(800, int)
    labels[:400:2] = 0
    # Only negatives of 2024 exist: no quarter of 2025 has ten to test.
    folds = split(spread(800, labels=labels.tolist()))
    assert folds
    assert all(name.startswith("2024") for name in folds)


def test_rows_of_one_day_give_no_quarter() -> None:
    assert split(made(["2024-01-01"] * 100)) == {}


@pytest.mark.parametrize("seed", range(5))
def test_grouped_folds_keep_groups_whole_and_test_every_row_once(seed: int) -> None:
    random = np.random.default_rng(seed)
    people = [f"c{i}" for i in random.integers(120, size=400)]
    rows = spread(400, candidates=people, labels=(random.random(400) < 0.1).astype(int).tolist())
    folds = grouped_folds(rows, n_folds=5, seed=seed)
    assert sorted(np.concatenate([fold.test for fold in folds])) == list(range(400))
    for fold in folds:
        assert not {people[i] for i in fold.train} & {people[i] for i in fold.test}
        assert len(fold.train) + len(fold.test) == 400
        # About 40 positives: 8 a fold.
        assert 4 <= rows.labels[fold.test].sum() <= 12


def test_grouped_folds_do_not_depend_on_the_order_of_the_rows() -> None:
    rows = spread(200)
    order = np.random.default_rng(0).permutation(200)
    moved = LabelledRows(**{name: getattr(rows, name)[order] for name in vars(rows)})
    kept, shuffled = (grouped_folds(r, n_folds=5, seed=1) for r in (rows, moved))
    for a, b in zip(kept, shuffled, strict=True):
        assert set(rows.candidates[a.test]) == set(moved.candidates[b.test])
    assert set(rows.candidates[grouped_folds(rows, n_folds=5, seed=2)[0].test]) != set(rows.candidates[kept[0].test])
