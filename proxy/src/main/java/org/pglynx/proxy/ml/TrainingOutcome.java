package org.pglynx.proxy.ml;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.pglynx.ml.api.TrainedModel;
import org.pglynx.ml.model.MlException;

/**
 * What computing gave, ready to be stored.
 *
 * @param trained the model and its metrics
 * @param bytes the model as it is stored
 * @param columns what is known of the columns, as JSON text: found while the server stores
 */
@SuppressWarnings("ArrayRecordComponent")
record TrainingOutcome(TrainedModel trained, byte[] bytes, FutureTask<String> columns)
    implements AutoCloseable {
  /** Waits for the columns. */
  String describedColumns() throws InterruptedException {
    try {
      return columns.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof MlException known) {
        throw known;
      }
      throw new IllegalStateException("columns were not described", e.getCause());
    }
  }

  /** Nobody wants the columns any longer: what they are found from is about to go. */
  @Override
  public void close() {
    columns.cancel(true);
  }
}
