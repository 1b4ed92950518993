package org.pglynx.proxy.ml;

import java.lang.foreign.Arena;
import org.pglynx.ml.data.Budget;
import org.pglynx.ml.data.DataSet;
import org.pglynx.ml.data.DataSetBuilder;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.ml.model.Task;
import org.pglynx.proxy.ml.Snapshots.Snapshot;
import org.pglynx.proxy.relay.SqlSession;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;

/** Finds what a training learns from, and reads it. */
final class TrainingInput {
  /**
   * The seed of a new snapshot's split. One for all: two calls on the same rows then hold out the
   * same ones, so that their metrics, which decide about deployment, compare like with like.
   */
  static final long SEED = 0;

  private final SqlSession session;
  private final TrainNotices notices;
  private final CancelToken cancel;
  private final Budget budget;

  TrainingInput(SqlSession session, TrainNotices notices, CancelToken cancel, Budget budget) {
    this.session = session;
    this.notices = notices;
    this.cancel = cancel;
    this.budget = budget;
  }

  /** The project's newest snapshot, or the new one that the call describes. */
  Snapshot snapshot(TrainCall call, Projects.Project project)
      throws PgErrorException, InterruptedException {
    String relation = call.relation();
    if (relation != null) {
      return new Snapshot(
          0,
          relation,
          call.labels(),
          call.testSize(),
          call.sampling(),
          SEED,
          call.materialize(),
          call.preprocess(),
          call.rows());
    }
    Snapshot newest = project.id() == 0 ? null : Snapshots.newest(session, project.id());
    if (newest == null) {
      if (project.id() != 0) {
        // Those of others' projects are not seen: then that is what is wrong.
        Projects.store(session, project);
      }
      throw MlErrors.invalid(
              "You must pass a `relation_name` and `y_column_name` to snapshot the first time you"
                  + " train a model.")
          .toException();
    }
    return newest;
  }

  /** The relation that the snapshot's rows are in now. */
  TrainingRelation relation(Snapshot snapshot, Task task)
      throws PgErrorException, InterruptedException {
    boolean kept = snapshot.id() != 0 && snapshot.materialized();
    try {
      return TrainingRelation.find(
          session,
          kept ? snapshot.table() : snapshot.relation(),
          snapshot.labels(),
          snapshot.rows(),
          task);
    } catch (PgErrorException e) {
      throw (snapshot.id() == 0 ? e.error() : since(e.error())).toException();
    }
  }

  /** The relation has changed since the project's models were trained on it. */
  private static PgError since(PgError error) {
    return error.withHint(
        "The project's models were trained on it last. Pass relation_name (and y_column_name) to"
            + " train on something else.");
  }

  /**
   * Stores the snapshot if it is new, and keeps its rows if that is wanted. By then the caller has
   * been found to have the rights to all of it, and is told what will take a while.
   */
  Snapshot store(Snapshot snapshot, TrainingRelation relation)
      throws PgErrorException, InterruptedException {
    if (snapshot.id() != 0) {
      notices.reusing(snapshot);
      return snapshot;
    }
    Snapshot stored = Snapshots.insert(session, snapshot.of(relation.name()));
    notices.snapshotting(snapshot.relation());
    if (stored.materialized()) {
      PgmlSchema.createTable(
          session, "CREATE TABLE " + stored.table() + " AS SELECT * FROM " + relation.name());
      notices.materialized(snapshot.relation(), stored);
    }
    return stored;
  }

  /** Reads all rows; many of them live in that memory. */
  DataSet read(Snapshot snapshot, TrainingRelation relation, Arena memory)
      throws PgErrorException, InterruptedException {
    DataSetBuilder builder =
        new DataSetBuilder(
            relation.columns().stream().map(TrainingColumn::spec).toList(), budget, memory);
    String from = snapshot.materialized() ? snapshot.table() : relation.name();
    session.copyRows(
        snapshot.relation(),
        relation.copyStatement(from),
        new BinaryCopyReader(
            relation.columns(),
            builder,
            rows -> notices.rows(rows, builder.estimatedBytes()),
            cancel));
    return builder.build();
  }
}
