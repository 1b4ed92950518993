package org.pglynx.proxy.ml;

import org.pglynx.ml.data.DataSet;
import org.pglynx.ml.data.Split;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.pipeline.Preprocess;
import org.pglynx.proxy.wire.PgErrorException;

/** Everything that computing needs. */
record PreparedTraining(
    TrainCall call,
    Preprocess preprocess,
    Projects.Project project,
    Snapshots.Snapshot snapshot,
    TrainingRelation relation,
    DataSet data,
    Split split,
    Models.Stored model) {
  /** What the project is for. */
  Task task() throws PgErrorException {
    return project.engineTask();
  }
}
