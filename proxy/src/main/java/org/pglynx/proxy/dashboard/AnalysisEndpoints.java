package org.pglynx.proxy.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.dashboard.Endpoint.Access;
import org.pglynx.proxy.dashboard.Parameter.Kind;

/** What is in a table or view, before anything is learnt from it. */
final class AnalysisEndpoints {
  private static final String RELATION =
      """
      SELECT format('%I.%I', n.nspname, c.relname), c.relkind IN ('r', 'p', 'm'),
             greatest(c.reltuples, 0)::bigint
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE c.oid = $1::regclass\
      """;

  /** Domains are what they are made of. */
  private static final String COLUMNS =
      """
      SELECT a.attname, quote_ident(a.attname),
             CASE WHEN t.typname = 'bool' THEN 'flag'
                  WHEN t.typname IN ('int2', 'int4', 'int8', 'float4', 'float8', 'numeric')
                    THEN 'number'
                  WHEN t.typname IN ('date', 'timestamp', 'timestamptz') THEN 'time'
                  WHEN t.typcategory = 'A' THEN 'array' ELSE 'text' END,
             format_type(a.atttypid, a.atttypmod)
      FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type d ON d.oid = a.atttypid
      JOIN pg_catalog.pg_type t
        ON t.oid = CASE WHEN d.typtype = 'd' THEN d.typbasetype ELSE d.oid END
      WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped
      ORDER BY a.attnum\
      """
          + " LIMIT "
          + Analysis.MOST_COLUMNS;

  List<Endpoint> all() {
    return List.of(
        Endpoint.get(
            "/api/analysis",
            "What is in the columns of a table or view: counts, missing and distinct values,"
                + " histograms, quartiles, outliers, frequent values, and correlations with a"
                + " target; of so many rows that it is soon done.",
            Access.DATABASE,
            List.of(
                Parameter.needed("name", Kind.TEXT, "the relation, as SQL names it"),
                Parameter.optional("target", Kind.TEXT, "the column to be predicted")),
            AnalysisEndpoints::analysis));
  }

  private static JsonNode analysis(Call call) throws FaultException, IOException {
    return call.database(client -> {
      String name = call.text("name");
      List<@Nullable String> relation = client.ask(RELATION, name).rows().getFirst();
      List<Analysis.Column> columns = new ArrayList<>();
      for (List<@Nullable String> row : client.ask(COLUMNS, name).rows()) {
        columns.add(
            new Analysis.Column(
                String.valueOf(row.get(0)),
                String.valueOf(row.get(1)),
                Analysis.Kind.of(String.valueOf(row.get(2))),
                String.valueOf(row.get(3))));
      }
      Analysis analysis =
          new Analysis(
              String.valueOf(relation.get(0)),
              "t".equals(relation.get(1)),
              Long.parseLong(String.valueOf(relation.get(2))),
              columns);
      return columns.isEmpty()
          ? found(analysis, new Table(List.of(), List.of(), "", false))
          : found(analysis, client.ask(analysis.sql(call.textOrNull("target"))));
    });
  }

  private static ObjectNode found(Analysis analysis, Table table) {
    ObjectNode node = Json.object().put("relation", analysis.relation());
    node.put("rows", 0);
    ArrayNode columns = node.putArray("columns");
    for (int i = 0; i < table.rows().size(); i++) {
      Analysis.Column column = analysis.columns().get(i);
      ObjectNode one = columns.addObject().put("name", column.name()).put("type", column.type());
      one.put("kind", column.kind().text());
      one.setAll((ObjectNode) Json.value(Json.JSONB, table.rows().get(i).get(1)));
      node.set("rows", one.get("rows"));
    }
    boolean cut = node.get("rows").asLong() >= Analysis.MOST_ROWS;
    return node.put("sampled", cut || analysis.drawn());
  }
}
