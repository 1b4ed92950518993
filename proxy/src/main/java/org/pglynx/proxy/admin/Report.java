package org.pglynx.proxy.admin;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * A table of the console.
 *
 * @param <R> what a row is made of
 */
interface Report<R> {
  /** The columns: PgBouncer's first, then pgcat's, then our own. */
  Layout<R> layout();

  /** The rows as they are now. */
  CompletionStage<List<R>> rows();
}
