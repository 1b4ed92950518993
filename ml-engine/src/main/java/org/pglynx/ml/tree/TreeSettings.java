package org.pglynx.ml.tree;

/**
 * How a decision tree grows.
 *
 * @param maxDepth inner levels at most
 * @param minSplit rows a node needs to be split
 * @param minLeaf rows each side of a split needs
 * @param features features looked at per node
 * @param randomThresholds one random threshold per feature (extra trees) instead of the best
 */
record TreeSettings(
    int maxDepth, int minSplit, int minLeaf, int features, boolean randomThresholds) {}
