package org.pglynx.proxy.config;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * pgcat's plugins of a pool.
 *
 * @param prewarm what each new server connection runs before it is used
 * @param log which statements are logged, and how
 * @param deniedTables relations that no statement may name
 * @param answers statements that are answered by the proxy
 */
public record PluginsConfig(
    List<String> prewarm,
    Optional<QueryLog> log,
    Set<String> deniedTables,
    List<CannedAnswer> answers) {
  /** None. */
  public static final PluginsConfig NONE =
      new PluginsConfig(List.of(), Optional.empty(), Set.of(), List.of());

  /** Copies the collections. */
  public PluginsConfig {
    prewarm = List.copyOf(prewarm);
    deniedTables = Set.copyOf(deniedTables);
    answers = List.copyOf(answers);
  }

  /**
   * What is logged of statements.
   *
   * @param percent how many in a hundred
   * @param redact whether literals are left out
   * @param leastMillis those that take less are not logged
   */
  public record QueryLog(int percent, boolean redact, long leastMillis) {}

  /**
   * A statement with its answer.
   *
   * @param query its text, whatever its blanks and letters
   * @param columns of the answer
   * @param rows as text; an empty one is NULL, and ${USER} and ${DATABASE} are the client's
   */
  public record CannedAnswer(String query, List<CannedColumn> columns, List<List<String>> rows) {
    /** Copies the lists. */
    public CannedAnswer {
      columns = List.copyOf(columns);
      rows = rows.stream().map(List::copyOf).toList();
    }
  }

  /**
   * A column of an answer.
   *
   * @param name as the client sees it
   * @param type one of pgcat's words: text, anyarray, oid, bool, int4 or any
   */
  public record CannedColumn(String name, String type) {}

  /** Whether statements have to be looked at before they go on. */
  public boolean reads() {
    return !deniedTables.isEmpty() || !answers.isEmpty();
  }
}
