"""Few measurements of the same thing: their middle, their spread, and how they compare."""

import statistics


def median(values):
    """The median of those that were taken, or None."""
    taken = [value for value in values if value is not None]
    return statistics.median(taken) if taken else None


def spread(values):
    """(largest - smallest) / median, or None."""
    taken = [value for value in values if value is not None]
    middle = median(taken)
    return (max(taken) - min(taken)) / middle if middle else None


def ratios(values, others):
    """The ratios of what was measured in the same round: a drift of the machine cancels out."""
    pairs = zip(values, others)
    return [mine / peer for mine, peer in pairs if mine is not None and peer]
