package org.pglynx.proxy.ml;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.api.JsonObjects;
import org.pglynx.ml.api.SqlExport;
import org.pglynx.ml.model.Categories;
import org.pglynx.ml.model.Model;
import org.pglynx.proxy.relay.SqlSession;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * Models as functions of the database, which the server calls wherever {@code pgml.predict} stands
 * in a statement that it evaluates itself. Written in the transaction that deploys, so that whoever
 * sees the deployment finds the function.
 */
final class Exports {
  private static final String MISSING =
      """
      SELECT d.model_id FROM pgml.projects p
      CROSS JOIN LATERAL (SELECT s.model_id FROM pgml.deployments s WHERE s.project_id = p.id
                          ORDER BY s.id DESC LIMIT 1) d
      JOIN pg_catalog.pg_namespace n ON n.nspname = 'pgml'
      WHERE pg_catalog.pg_has_role(coalesce(p.owner::oid, n.nspowner), 'USAGE')
        AND NOT pgml._exported(d.model_id)
      ORDER BY 1\
      """;

  private Exports() {}

  /** Whether the model is known to the database already. */
  static boolean done(SqlSession session, long id) throws PgErrorException, InterruptedException {
    return "t".equals(session.query("SELECT pgml._exported($1::bigint)", text(id)).value());
  }

  /**
   * The deployed models that the database does not know yet, because an older version has deployed
   * them, and that the caller may deploy.
   */
  static List<Long> missing(SqlSession session) throws PgErrorException, InterruptedException {
    List<Long> models = new ArrayList<>();
    for (@Nullable String[] row : session.one(MISSING).rows()) {
      models.add(Rows.int8(row, 0));
    }
    return models;
  }

  /** Makes the model's function, or stores why there is none. */
  static void store(SqlSession session, long id, Model model)
      throws PgErrorException, InterruptedException {
    String refusal = SqlExport.refusal(model);
    SqlExport code = refusal == null ? SqlExport.of(model) : new SqlExport(0, 0, 0, 0, "", "", "");
    session.query(
        "SELECT pgml._export_model($1::bigint, $2::jsonb, $3::real[], $4::integer[], $5::text,"
            + " $6::text, $7::text)",
        text(id),
        JsonObjects.write(described(model, refusal)),
        shown(model),
        "{%d,%d,%d,%d}".formatted(code.reals(), code.numbers(), code.integers(), code.arrays()),
        code.common(),
        code.value(),
        code.outputs());
  }

  private static String text(long id) {
    return Long.toString(id);
  }

  private static Map<String, @Nullable Object> described(Model model, @Nullable String refusal) {
    List<Object> missing = new ArrayList<>();
    List<@Nullable Object> codes = new ArrayList<>();
    for (int i = 0; i < model.featureCount(); i++) {
      Categories categories = model.categories(i);
      missing.add(model.acceptsMissing(i));
      codes.add(categories == null ? null : (long) categories.count());
    }
    Map<String, @Nullable Object> described = new LinkedHashMap<>();
    described.put("features", model.featureNames());
    described.put("missing", missing);
    described.put("codes", codes);
    described.put("columns", columns(model));
    described.put("labels", model.classes().names());
    described.put("probabilities", model.providesProbabilities());
    described.put("refused", refusal);
    return described;
  }

  private static List<Object> columns(Model model) {
    List<Object> columns = new ArrayList<>();
    LoadedModel.columns(model)
        .forEach((name, place) -> {
          Map<String, @Nullable Object> column = new LinkedHashMap<>();
          Categories categories = model.categories(place.first());
          column.put("name", name);
          column.put("first", place.first() + 1L);
          column.put("width", (long) place.width());
          column.put("categories", categories == null ? null : categories.texts());
          columns.add(column);
        });
    return columns;
  }

  /** The number that stands for each class; empty where that is its index. */
  private static String shown(Model model) {
    int classes = model.classes().count();
    boolean indexes = IntStream.range(0, classes).allMatch(i -> model.classes().number(i) == i);
    return indexes
        ? "{}"
        : IntStream.range(0, classes)
            .mapToObj(i -> Float.toString(model.classes().number(i)))
            .collect(Collectors.joining(",", "{", "}"));
  }
}
