"""Few measurements of the same thing: their middle, their spread, and how they compare."""

import itertools
import math
import statistics


def median(values):
    """The median of those that were taken, or None."""
    taken = [value for value in values if value is not None]
    return statistics.median(taken) if taken else None


def spread(values):
    """(largest - smallest) / median; None of fewer than two, which have no spread."""
    taken = [value for value in values if value is not None]
    middle = median(taken)
    return (max(taken) - min(taken)) / middle if middle and len(taken) > 1 else None


def ratios(values, others):
    """The ratios of what was measured in the same round: a drift of the machine cancels out."""
    pairs = zip(values, others)
    return [mine / peer for mine, peer in pairs if mine is not None and peer]


def chance_of_greater(values, others):
    """How likely values would be as much above others as they are, were both drawn from the same.

    The exact one-sided test of Mann and Whitney: it counts how often one of values is above one of
    others, and among all ways to deal the numbers out how many come to as much. It assumes no
    distribution, and one wild round does not decide it. Of three rounds against three the smallest
    chance is 1 in 20, when all of one are above all of the other.
    """
    observed = wins(values, others)
    pool = [*values, *others]
    count = len(values)
    if math.comb(len(pool), count) > 200_000:
        return normal_chance(observed, count, len(others))
    deals = at_least = 0
    for chosen in itertools.combinations(range(len(pool)), count):
        first = [pool[index] for index in chosen]
        second = [pool[index] for index in range(len(pool)) if index not in chosen]
        deals += 1
        at_least += wins(first, second) >= observed
    return at_least / deals


def wins(values, others):
    """In how many of all pairs the first is greater; a tie counts half."""
    return sum((a > b) + 0.5 * (a == b) for a in values for b in others)


def normal_chance(observed, count, other_count):
    """The same for many rounds, where the exact count would take long."""
    mean = count * other_count / 2
    deviation = math.sqrt(count * other_count * (count + other_count + 1) / 12)
    return 1 - statistics.NormalDist(mean, deviation).cdf(observed - 0.5)
