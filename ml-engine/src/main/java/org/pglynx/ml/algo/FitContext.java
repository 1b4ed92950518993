package org.pglynx.ml.algo;

import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.ProgressListener;

/**
 * The circumstances of a fit.
 *
 * @param seed of everything random
 * @param threads at most, of the usual priority
 * @param idleThreads at most, of those that run only where a core would idle
 * @param cancel asked between rounds, trees and passes
 * @param progress told about them
 */
public record FitContext(
    long seed, int threads, int idleThreads, CancelToken cancel, ProgressListener progress) {
  /** As many threads of the one kind as of the other. */
  public FitContext(long seed, int threads, CancelToken cancel, ProgressListener progress) {
    this(seed, threads, threads, cancel, progress);
  }
}
