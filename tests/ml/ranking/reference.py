"""Design section 8, written down as plainly as possible and computed in exact fractions."""

from __future__ import annotations

from fractions import Fraction
from hashlib import md5

FACETS = ("t", "q", "o", "v")


def exact(number):
    return None if number is None else Fraction(str(number))


def is_in_blind_slice(application_id, blind_share):
    """Read the first 32 bits of a salted hash of the id as a fraction of one."""
    digest = md5(f"blind slice {application_id}".encode(), usedforsecurity=False).hexdigest()
    return Fraction(int(digest[:8], 16), 2**32) < exact(blind_share)


def level(person, thresholds):
    """Walk up the thresholds; a facet that the organisation does not have stops nobody."""
    for number, facet in enumerate("tqo"):
        if facet not in thresholds:
            continue
        if person[facet] is None or exact(person[facet]) < exact(thresholds[facet]):
            return number
    return 3


def weighted(person, reached, weights, suffix=""):
    """Weighted mean of the facets up to the level that the organisation and the person have."""
    names = [
        facet
        for facet in FACETS[: reached + 1]
        if facet in weights and person[facet + suffix * (facet != "t")] is not None
    ]
    if not names:
        return None
    total = sum(exact(weights[facet]) * exact(person[facet + suffix * (facet != "t")]) for facet in names)
    mean = total / sum(exact(weights[facet]) for facet in names)
    return Fraction(round(mean * 10**12), 10**12)


def rank(people, weights, thresholds, present):
    """Rank people, each a dict with id, applied_at, is_opted_out, is_blind, t, q, o, v, qp, op, vp.

    Returns (rank or None, id, status, level, weighted score) for each: ranked ones in order, then the others by
    status, id.
    """
    weights = {facet: weights[facet] for facet in FACETS if facet in present}
    thresholds = {facet: thresholds[facet] for facet in "tqo" if facet in present}
    ranked, others = [], []
    for person in people:
        if person["is_opted_out"]:
            others.append((None, person["id"], "opted out", None, None))
            continue
        is_lacking = any(facet in present and person[facet] is None for facet in "tq")
        reached = None if is_lacking else level(person, thresholds)
        score = None if is_lacking else weighted(person, reached, weights)
        if score is None:
            others.append((None, person["id"], "needs a person", None, None))
            continue
        if person["is_blind"]:
            others.append((None, person["id"], "blind", None, None))
            continue
        probability = weighted(person, reached, weights, "p")
        # Later dates and greater ids come last: everything else is "greater first".
        key = (-reached, -score, -probability, person["applied_at"], person["id"].encode())
        ranked.append((key, person["id"], "ranked", reached, score))
    ranked.sort()
    return [(place, *row[1:]) for place, row in enumerate(ranked, start=1)] + sorted(
        others, key=lambda row: (row[2], row[1].encode())
    )
