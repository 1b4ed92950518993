package org.pglynx.proxy.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import org.pglynx.proxy.dashboard.Endpoint.Access;
import org.pglynx.proxy.dashboard.Parameter.Kind;

/** The database's own tables, and statements that run in it. */
final class RelationEndpoints {
  private static final int SAMPLE = 10;

  private static final String RELATIONS =
      """
      SELECT format('%I.%I', n.nspname, c.relname) AS relation, n.nspname AS schema,
             c.relname AS name,
             CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
                            WHEN 'f' THEN 'foreign table' ELSE 'table' END AS kind,
             CASE WHEN c.reltuples >= 0 AND c.relkind <> 'v' THEN c.reltuples::bigint END AS rows
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname <> 'information_schema'
        AND n.nspname !~ '^pg_'
        AND NOT (n.nspname = 'pgml' AND c.relname IN ('projects', 'snapshots', 'models',
          'deployments', 'files', 'logs', 'trainings', 'evaluations', 'overview', 'trained_models',
          'deployed_models'))
        AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
      ORDER BY n.nspname, c.relname LIMIT 5000\
      """;

  private static final String COLUMNS =
      """
      SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
             NOT a.attnotnull AS nullable
      FROM pg_catalog.pg_attribute a
      WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped
      ORDER BY a.attnum\
      """;

  private static final String NAME =
      """
      SELECT format('%I.%I', n.nspname, c.relname)
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE c.oid = $1::regclass\
      """;

  private static final String ACTIVITY =
      """
      SELECT pid, usename AS user, application_name AS application, state, wait_event_type,
             wait_event, extract(epoch FROM clock_timestamp() - query_start)::float8 AS seconds,
             left(query, 500) AS query, query_start::text AS began
      FROM pg_catalog.pg_stat_activity
      WHERE datname = current_database() AND backend_type = 'client backend'
        AND pid <> pg_backend_pid() AND state <> 'idle'
      ORDER BY query_start LIMIT 500\
      """;

  /**
   * What has been seen may have ended since, and its process may work for others. A transaction
   * that waits for its client does nothing that could be cancelled.
   */
  private static final String CANCEL =
      """
      SELECT pg_cancel_backend(pid) FROM pg_catalog.pg_stat_activity
      WHERE pid = $1::int AND query_start = $2::timestamptz AND pid <> pg_backend_pid()
        AND state IN ('active', 'fastpath function call')\
      """;

  List<Endpoint> all() {
    return List.of(
        Endpoint.get(
            "/api/relations",
            "Tables and views that may be read.",
            Access.DATABASE,
            List.of(),
            call -> Json.rows(call.ask(RELATIONS))),
        Endpoint.get(
            "/api/relation",
            "The columns of a table or view, and some of its rows.",
            Access.DATABASE,
            List.of(Parameter.needed("name", Kind.TEXT, "as SQL names it")),
            RelationEndpoints::relation),
        Endpoint.get(
            "/api/activity",
            "The statements that run in the database and the transactions that wait for their"
                + " clients, the longest first; of others' as much as pg_stat_activity shows.",
            Access.DATABASE,
            List.of(),
            call -> Json.rows(call.ask(ACTIVITY))),
        Endpoint.post(
            "/api/activity/cancel",
            "Cancels what a process of the database does, if pg_cancel_backend lets the user.",
            Access.DATABASE,
            List.of(
                Parameter.needed("pid", Kind.WHOLE, "as /api/activity has it"),
                Parameter.needed("began", Kind.TEXT, "of the statement; no other is cancelled")),
            RelationEndpoints::cancel));
  }

  private static JsonNode cancel(Call call) throws FaultException, IOException {
    Table told = call.ask(CANCEL, Long.toString(call.whole("pid", 0)), call.text("began"));
    if (told.rows().isEmpty()) {
      throw Fault.of("02000", "the statement has ended").toException();
    }
    return Json.object().put("cancelled", "t".equals(told.value()));
  }

  private static JsonNode relation(Call call) throws FaultException, IOException {
    return call.database(client -> {
      String name = call.text("name");
      // The name comes back as the server quotes it, and is safe in a statement then.
      String quoted = client.ask(NAME, name).value();
      ObjectNode node = Json.object().put("relation", quoted);
      node.set("columns", Json.rows(client.ask(COLUMNS, name)));
      node.set("sample", Json.table(client.ask("SELECT * FROM " + quoted + " LIMIT " + SAMPLE)));
      return node;
    });
  }
}
