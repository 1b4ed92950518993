package org.pglynx.proxy.ml;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.model.Task;
import org.pglynx.proxy.relay.SqlSession;
import org.pglynx.proxy.relay.SqlSession.SqlResult;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/** Rows of pgml.projects. */
final class Projects {
  /** An index of the server has the names, and notifications of deployments tell them. */
  private static final int MOST_BYTES = 2_000;

  private static final int SHOWN = 40;

  private Projects() {}

  /**
   * A project.
   *
   * @param id its id, or 0 if it is not stored yet
   * @param name its name
   * @param task what its models learn, as the enum's label
   */
  record Project(long id, String name, String task) {
    /** The task if this engine serves it. */
    Task engineTask() throws PgErrorException {
      return Task.bySqlName(task)
          .orElseThrow(() ->
              MlErrors.notServed("task \"%s\" is not served yet".formatted(task)).toException());
    }
  }

  /**
   * The name of a project that a call trains or imports a model for.
   *
   * @throws PgErrorException if there can be none of the name
   */
  static String named(@Nullable String name) throws PgErrorException {
    if (name == null || name.isEmpty()) {
      throw MlErrors.invalid("project_name must not be NULL or empty").toException();
    }
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MOST_BYTES) {
      throw MlErrors.invalid(
              "project_name has %d bytes, and must not have more than %d"
                  .formatted(bytes, MOST_BYTES))
          .withDetail("It begins with \"%s…\".".formatted(name.substring(0, SHOWN)))
          .toException();
    }
    return name;
  }

  /** The project of the name, or null. */
  static @Nullable Project find(SqlSession session, String name)
      throws PgErrorException, InterruptedException {
    SqlResult found =
        session.one("SELECT id, task::text FROM pgml.projects WHERE name = $1::text", name);
    if (found.rows().isEmpty()) {
      return null;
    }
    @Nullable String[] row = found.rows().get(0);
    return new Project(Rows.int8(row, 0), name, Rows.text(row, 1));
  }

  /** The project of the name and task, stored or to be stored. */
  static Project findOrNew(SqlSession session, String name, @Nullable Task task)
      throws PgErrorException, InterruptedException {
    Project found = find(session, name);
    if (found == null) {
      if (task == null) {
        throw PgError.error(
                SqlState.INVALID_PARAMETER,
                "Project `%s` does not exist. To create a new project, you must specify a `task`."
                    .formatted(name))
            .withHint(
                "Pass task => 'regression', 'classification', 'clustering', 'decomposition' or"
                    + " 'rank'; SELECT name FROM pgml.projects lists the projects that exist.")
            .toException();
      }
      return new Project(0, name, task.sqlName());
    }
    if (task != null && !task.sqlName().equals(found.task())) {
      throw otherTask(found).toException();
    }
    return found;
  }

  private static PgError otherTask(Project found) {
    return PgError.error(
        SqlState.INVALID_PARAMETER,
        "Project `\"%s\"` already exists with a different task: `%s`. Create a new project instead."
            .formatted(found.name(), found.task()));
  }

  /**
   * Stores the project unless it is there; whoever does so first owns it.
   *
   * @throws PgErrorException if it is not the caller's, or of another task
   */
  static Project store(SqlSession session, Project project)
      throws PgErrorException, InterruptedException {
    SqlResult stored =
        session.numbered(
            "SELECT pgml._store_project($1::text, $2::text)", project.name(), project.task());
    return new Project(Rows.int8(stored.rows().get(0), 0), project.name(), project.task());
  }
}
