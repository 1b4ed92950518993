package org.pglynx.proxy.ml;

import org.pglynx.ml.api.TrainedModel;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.relay.SqlSession;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/**
 * Stores how a training has ended: its model and, if it is the better one, its deployment; or why
 * not.
 */
final class TrainingStorage {
  private final AnswerContext context;
  private final TrainNotices notices;

  TrainingStorage(AnswerContext context, TrainNotices notices) {
    this.context = context;
    this.notices = notices;
  }

  /** Stores the model; gives whether it was deployed. */
  boolean store(SqlSession session, PreparedTraining prepared, TrainingOutcome outcome)
      throws PgErrorException, InterruptedException {
    long model = prepared.model().id();
    if (!Models.still(session, prepared.model())) {
      throw PgError.error(
              SqlState.NOT_IN_PREREQUISITE_STATE,
              "model %d of project \"%s\" is not there any more"
                  .formatted(model, prepared.project().name()))
          .withHint("Its project was deleted while it was trained: train it again.")
          .toException();
    }
    Models.succeed(session, model, outcome.trained(), prepared.snapshot().rows(), outcome.bytes());
    long project = prepared.project().id();
    Deployments.lock(session, project);
    boolean deploy = decide(session, prepared, outcome.trained());
    if (deploy) {
      notices.deploying(model);
      Exports.store(session, model, outcome.trained().model());
      Deployments.insert(session, project, model, "new_score");
    }
    Snapshots.describe(
        session, prepared.snapshot(), outcome.describedColumns(), prepared.data().rowCount());
    return deploy;
  }

  private boolean decide(SqlSession session, PreparedTraining prepared, TrainedModel trained)
      throws PgErrorException, InterruptedException {
    if (!prepared.call().deploy()) {
      notices.warning("Automatic deployment disabled via configuration.");
      return false;
    }
    return AutomaticDeploy.decide(
        session, prepared.project().id(), prepared.task(), trained.keyMetric(), notices);
  }

  /** On a connection of its own; what fails here must not hide why the training failed. */
  void markFailed(PreparedTraining prepared, PgError failure) {
    // A cancel leaves the thread interrupted, and then no conversation would begin.
    boolean interrupted = Thread.interrupted();
    try (SqlSession session = context.servers().open()) {
      Transactions.execute(
          session,
          () -> {
            // It may be this very limit that has stopped the training.
            session.query("SET LOCAL statement_timeout = 0");
            if (Models.still(session, prepared.model())) {
              Models.fail(session, prepared.model().id(), failure);
            }
          });
    } catch (PgErrorException | InterruptedException e) {
      notices.warning(
          "the status of model %d could not be stored: %s"
              .formatted(prepared.model().id(), e.getMessage()));
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
