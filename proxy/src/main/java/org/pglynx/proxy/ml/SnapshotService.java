package org.pglynx.proxy.ml;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.data.Budget;
import org.pglynx.ml.data.DataSet;
import org.pglynx.ml.data.Split;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.Sampling;
import org.pglynx.ml.model.Task;
import org.pglynx.ml.pipeline.Preprocess;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.relay.SqlSession;
import org.pglynx.proxy.wire.PgErrorException;

/** pgml.snapshot: keeps the rows of a relation as a table, and describes them. */
final class SnapshotService implements ServiceStatement.OneRow {
  private final Budget budget;

  /**
   * The service.
   *
   * @param budget memory that the rows may use
   */
  SnapshotService(Budget budget) {
    this.budget = budget;
  }

  @Override
  public List<@Nullable Object> run(CallValues values, AnswerContext context, CancelToken cancel)
      throws PgErrorException, InterruptedException {
    String relation = values.text("relation_name");
    String label = values.text("y_column_name");
    if (relation == null || label == null) {
      throw MlErrors.invalid("relation_name and y_column_name must not be NULL").toException();
    }
    float testSize = values.real("test_size", 0.25f);
    TrainCall.checkTestSize(testSize);
    Sampling sampling = TrainCall.sampling(values.text("test_sampling", "stratified"));
    String preprocess = values.text("preprocess", "{}");
    Preprocess plans = TrainCall.preprocessing(preprocess);
    TrainNotices notices = new TrainNotices(context, TrainingJob.unlisted());
    Snapshots.Snapshot wanted =
        new Snapshots.Snapshot(
            0,
            relation,
            List.of(label),
            testSize,
            sampling,
            TrainingInput.SEED,
            true,
            preprocess,
            RowColumns.NONE);
    try (SqlSession session = context.servers().open()) {
      CallersEncoding.requireUtf8(session);
      PgmlSchema.ensure(session);
      TrainingInput input = new TrainingInput(session, notices, cancel, budget);
      Transactions.execute(session, () -> take(session, input, wanted, plans, cancel));
    }
    return Arrays.asList(relation, label);
  }

  private static void take(
      SqlSession session,
      TrainingInput input,
      Snapshots.Snapshot wanted,
      Preprocess plans,
      CancelToken cancel)
      throws PgErrorException, InterruptedException {
    // A class can be anything that a label may be; what it is to be learnt for is not known yet.
    TrainingRelation relation = input.relation(wanted, Task.CLASSIFICATION);
    relation.require(plans);
    Snapshots.Snapshot stored = input.store(wanted, relation);
    try (Arena memory = Arena.ofShared()) {
      DataSet data = input.read(stored, relation, memory);
      Split split = Split.of(data, stored.testSize(), stored.sampling(), stored.seed());
      SnapshotColumns columns =
          new SnapshotColumns(plans.withOrders(relation.orders()), data, split.train(), cancel);
      Snapshots.describe(session, stored, columns.json(relation), data.rowCount());
    }
  }
}
