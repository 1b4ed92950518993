package org.pglynx.proxy.ml;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.SqlSession;
import org.pglynx.proxy.relay.SqlSession.SqlResult;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/** What can be wrong with a deployment, with what there is instead. */
final class DeployErrors {
  private static final String STRATEGIES = "best_score, most_recent and rollback";
  private static final Set<String> OTHER_STRATEGIES = Set.of("new_score", "specific");
  private static final int NAMES_SHOWN = 12;
  private static final String PROJECTS =
      "SELECT name FROM pgml.projects ORDER BY updated_at DESC, id DESC LIMIT " + (NAMES_SHOWN + 1);
  private static final String ALGORITHMS =
      """
      SELECT algorithm, count(*) FROM pgml.models
      WHERE project_id = $1::bigint AND status = 'successful' GROUP BY algorithm ORDER BY algorithm\
      """;

  private DeployErrors() {}

  static PgError notGiven(String argument) {
    return MlErrors.invalid(argument + " must not be NULL")
        .withHint(
            "Write pgml.deploy('project', 'best_score'), or pgml.deploy(id) with one of"
                + " pgml.models.");
  }

  /** Of those that the enum has, some say in pgml.deployments what else has deployed a model. */
  static PgError strategy(String name) {
    PgError error =
        OTHER_STRATEGIES.contains(name)
            ? MlErrors.invalid("invalid strategy: \"%s\"".formatted(name))
            : EnumErrors.invalid("strategy", name, STRATEGIES);
    return error
        .withDetail("It is argument strategy of pgml.deploy.")
        .withHint("Strategies are %s.".formatted(STRATEGIES));
  }

  static PgError algorithm(String name, List<String> known) {
    return EnumErrors.invalid("algorithm", name, String.join(", ", known))
        .withDetail("It is argument algorithm of pgml.deploy.");
  }

  static PgError modelId(PgError error) {
    return error.withHint(
        "A project is deployed with a strategy: pgml.deploy('project', 'best_score'); strategies are "
            + STRATEGIES
            + ".");
  }

  /** With the names of others: those that were used last. */
  static PgError noSuchProject(@Nullable SqlSession session, String name)
      throws PgErrorException, InterruptedException {
    List<String> names =
        session == null
            ? List.of()
            : session.one(PROJECTS).rows().stream().map(row -> Rows.text(row, 0)).toList();
    String some = String.join(", ", names.subList(0, Math.min(NAMES_SHOWN, names.size())));
    return PgError.error(
            SqlState.UNDEFINED_OBJECT, "Project named `%s` does not exist.".formatted(name))
        .withHint(
            names.isEmpty()
                ? "There is no project yet: pgml.train makes one."
                : "Projects are %s%s. SELECT name FROM pgml.projects lists what is there."
                    .formatted(some, names.size() > NAMES_SHOWN ? ", …" : ""));
  }

  /** With the algorithms that the project has models of. */
  static PgError noQualifiedModel(SqlSession session, Projects.Project project, String strategy)
      throws PgErrorException, InterruptedException {
    SqlResult found = session.one(ALGORITHMS, Long.toString(project.id()));
    String algorithms =
        found.rows().stream()
            .map(row -> Rows.text(row, 0) + " (" + Rows.text(row, 1) + ")")
            .collect(Collectors.joining(", "));
    return PgError.error(
            SqlState.NOT_IN_PREREQUISITE_STATE, "No qualified models exist for this deployment.")
        .withDetail(
            algorithms.isEmpty()
                ? "Project \"%s\" has no successful model.".formatted(project.name())
                : "Project \"%s\" has successful models of these algorithms: %s."
                    .formatted(project.name(), algorithms))
        .withHint(
            models(project.name())
                + (strategy.equals("rollback")
                    ? " A rollback needs two deployments of different models."
                    : ""));
  }

  /** How the project's models are listed. */
  static String models(String project) {
    return "SELECT * FROM pgml.models_compare('%s') lists its models."
        .formatted(project.replace("'", "''"));
  }
}
