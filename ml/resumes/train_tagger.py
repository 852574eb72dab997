"""``python -m ml.resumes.train_tagger TRAIN.jsonl``: train the skill tagger, and write it where it is read from.

The strengths of the two penalties are chosen by five-fold cross-validation over ads; says each one's span F1.
"""

from __future__ import annotations

import argparse
import hashlib
import logging
import tempfile
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from ml.resumes.skillspan import Sentence, read_sentences, tags_of
from ml.resumes.span_scores import SpanCounts
from ml.resumes.tagger import MODEL, SkillTagger, tokens, word_features
from ml.resumes.taxonomy import Taxonomy, read_taxonomy

if TYPE_CHECKING:
    from collections.abc import Sequence

_log = logging.getLogger(__name__)

ABSOLUTE, SQUARED = (0.1, 0.3, 1.0), (0.01, 0.1)
FOLDS = 5
ITERATIONS = 150


def train(sentences: Sequence[Sentence], taxonomy: Taxonomy, *, absolute: float, squared: float) -> bytes:
    """Fit a conditional random field by L-BFGS; the same sentences give the same bytes.

    Parameters
    ----------
    sentences : sequence of Sentence
        To learn from.
    taxonomy : Taxonomy
        Of the words' features.
    absolute, squared : float
        Strength of the penalties on absolute and on squared weights.
    """
    from pycrfsuite import Trainer

    trainer = Trainer(algorithm="lbfgs", verbose=False)
    trainer.set_params(
        {"c1": absolute, "c2": squared, "max_iterations": ITERATIONS, "feature.possible_transitions": True}
    )
    for sentence in sentences:
        words = list(tokens(sentence.text))
        if words:
            trainer.append(word_features(sentence.text, words, taxonomy), tags_of(words, sentence.spans))
    with tempfile.NamedTemporaryFile(suffix=".crfsuite") as file:
        trainer.train(file.name)
        return Path(file.name).read_bytes()


def cross_validated(sentences: Sequence[Sentence], taxonomy: Taxonomy, *, absolute: float, squared: float) -> float:
    """Give the span F1 over sentences that the model did not see, ads kept together."""
    counts = SpanCounts()
    for fold in range(FOLDS):
        train_part = [each for each in sentences if _fold(each) != fold]
        tagger = SkillTagger(taxonomy, train(train_part, taxonomy, absolute=absolute, squared=squared))
        for each in sentences:
            if _fold(each) == fold:
                counts = counts.plus(tagger.find(each.text), each.spans)
    return counts.f1


def _fold(sentence: Sentence) -> int:
    return int(hashlib.sha256(sentence.ad.encode()).hexdigest(), 16) % FOLDS


def main() -> None:
    """Choose the penalties, train on everything and write the model."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    parser = argparse.ArgumentParser(prog="ml.resumes.train_tagger", description=__doc__)
    parser.add_argument("train", type=Path, help="SkillSpan's training file")
    sentences, taxonomy = read_sentences(parser.parse_args().train), read_taxonomy()
    found = {}
    for absolute, squared in product(ABSOLUTE, SQUARED):
        found[absolute, squared] = cross_validated(sentences, taxonomy, absolute=absolute, squared=squared)
        _log.info("c1 %s, c2 %s: span F1 %.3f", absolute, squared, found[absolute, squared])
    absolute, squared = max(found, key=lambda pair: found[pair])
    model = train(sentences, taxonomy, absolute=absolute, squared=squared)
    MODEL.write_bytes(model)
    _log.info("c1 %s, c2 %s: MODEL_HASH %s", absolute, squared, hashlib.sha256(model).hexdigest())


if __name__ == "__main__":
    main()
