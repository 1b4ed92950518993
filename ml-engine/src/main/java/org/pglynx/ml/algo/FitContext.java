package org.pglynx.ml.algo;

import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.ProgressListener;

/**
 * The circumstances of a fit.
 *
 * @param seed of everything random
 * @param threads at most
 * @param cancel asked between rounds, trees and passes
 * @param progress told about them
 */
public record FitContext(long seed, int threads, CancelToken cancel, ProgressListener progress) {}
