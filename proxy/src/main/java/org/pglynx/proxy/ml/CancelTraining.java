package org.pglynx.proxy.ml;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.relay.SqlSession;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/**
 * pgml.cancel_training: like pg_cancel_backend, for members of the role that trains. False if no
 * training of this database has the id. One of another proxy is known once it computes.
 */
final class CancelTraining implements ServiceStatement.OneRow {
  private final TrainingJobs jobs;
  private final String cluster;

  /**
   * The service.
   *
   * @param cluster the server database whose trainings may be cancelled
   */
  CancelTraining(TrainingJobs jobs, String cluster) {
    this.jobs = jobs;
    this.cluster = cluster;
  }

  @Override
  public List<@Nullable Object> run(CallValues values, AnswerContext context, CancelToken cancel)
      throws PgErrorException, InterruptedException {
    Long id = values.bigint("training_id");
    if (id == null) {
      return Arrays.asList((Object) null);
    }
    TrainingJob job = jobs.find(id);
    if (job == null) {
      return Arrays.asList(elsewhere(id, context));
    }
    if (!job.place().cluster().equals(cluster)
        || !job.place().database().equals(context.database())) {
      return Arrays.asList(false);
    }
    if (!job.place().user().equals(context.user())) {
      checkMember(context, job.place().user());
    }
    job.cancel();
    return Arrays.asList(true);
  }

  /** Whether another proxy has it, which hears of it within half a second. */
  private static boolean elsewhere(long id, AnswerContext context)
      throws PgErrorException, InterruptedException {
    try (SqlSession session = context.servers().open()) {
      // A schema of an older version, or none, has no such function.
      String known = session.one("SELECT to_regproc('pgml._cancel_training')").value();
      return known != null
          && "t"
              .equals(
                  session
                      .one("SELECT pgml._cancel_training($1::bigint)", Long.toString(id))
                      .value());
    }
  }

  /** The server decides with the caller's present role, which SET ROLE may have changed. */
  private static void checkMember(AnswerContext context, String user)
      throws PgErrorException, InterruptedException {
    try (SqlSession session = context.servers().open()) {
      String member =
          session
              .one(
                  "SELECT pg_has_role(oid, 'USAGE') FROM pg_catalog.pg_roles"
                      + " WHERE rolname = $1::text",
                  user)
              .value();
      if (!"t".equals(member)) {
        throw PgError.error(
                SqlState.INSUFFICIENT_PRIVILEGE, "permission denied to cancel this training")
            .withDetail(
                "Only roles with privileges of the role whose training it is may cancel it.")
            .toException();
      }
    }
  }
}
