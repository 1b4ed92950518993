package org.pglynx.ml.tree;

/**
 * How a decision tree grows.
 *
 * @param maxDepth inner levels at most
 * @param maxLeaves leaves at most, the best splits first; 0 for as many as there are
 * @param minSplit rows a node needs to be split
 * @param minLeaf rows each side of a split needs
 * @param minLeafWeight the weight each side of a split needs, as a share of the whole
 * @param minDecrease how much a split must lower the impurity of the whole tree
 * @param features features looked at per node
 * @param randomThresholds one random threshold per feature (extra trees) instead of the best
 * @param criterion what splits improve
 */
record TreeSettings(
    int maxDepth,
    int maxLeaves,
    int minSplit,
    int minLeaf,
    double minLeafWeight,
    double minDecrease,
    int features,
    boolean randomThresholds,
    Criterion criterion) {}
