package org.pglynx.proxy.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import org.pglynx.proxy.dashboard.Endpoint.Access;
import org.pglynx.proxy.dashboard.Parameter.Kind;

/** Predictions for one row. */
final class PredictionEndpoints {
  private static final List<Parameter> ROW =
      List.of(
          Parameter.needed("id", Kind.WHOLE, "the model's"),
          Parameter.needed(
              "features",
              Kind.FEATURES,
              "the values by column, or numbers in the order of the columns"));

  private static final String KIND =
      """
      SELECT p.task::text, coalesce(cardinality(s.y_column_name), 1)
      FROM pgml.models m JOIN pgml.projects p ON p.id = m.project_id
      LEFT JOIN pgml.snapshots s ON s.id = m.snapshot_id WHERE m.id = $1::bigint\
      """;

  List<Endpoint> all() {
    return List.of(
        Endpoint.post(
            "/api/predict",
            "What a model predicts for a row: the value, and of classes the label and the"
                + " probabilities.",
            Access.DATABASE,
            ROW,
            PredictionEndpoints::predict),
        Endpoint.post(
            "/api/explain",
            "How much each feature adds to the prediction for a row.",
            Access.DATABASE,
            ROW,
            call ->
                Json.rows(
                    call.ask(
                        "SELECT * FROM pgml.explain($1::bigint, " + cast(call) + ")",
                        id(call),
                        features(call)))));
  }

  private static JsonNode predict(Call call) throws FaultException, IOException {
    return call.database(client -> {
      Table kind = client.ask(KIND, id(call));
      if (kind.rows().isEmpty()) {
        throw Fault.of("02000", "there is no such model").toException();
      }
      String task = String.valueOf(kind.rows().getFirst().getFirst());
      boolean several = !"1".equals(kind.rows().getFirst().get(1));
      ObjectNode node = Json.object().put("task", task);
      switch (task) {
        case "classification" -> {
          node.set("prediction", value(client, "predict", call));
          node.set("label", value(client, "predict_label", call));
          node.set("probabilities", value(client, "predict_proba", call));
        }
        case "decomposition" -> node.set("prediction", value(client, "decompose", call));
        default ->
            node.set("prediction", value(client, several ? "predict_joint" : "predict", call));
      }
      return node;
    });
  }

  private static JsonNode value(SqlClient client, String function, Call call)
      throws FaultException, IOException {
    Table table =
        client.ask(
            "SELECT pgml." + function + "($1::bigint, " + cast(call) + ")",
            id(call),
            features(call));
    return Json.value(table.columns().getFirst().type(), table.value());
  }

  private static String id(Call call) {
    return Long.toString(call.whole("id", 0));
  }

  private static String cast(Call call) {
    return call.json("features").isArray() ? "$2::real[]" : "$2::jsonb";
  }

  private static String features(Call call) throws FaultException {
    JsonNode features = call.json("features");
    if (!features.isArray()) {
      return features.toString();
    }
    StringBuilder text = new StringBuilder("{");
    for (JsonNode each : features) {
      if (!each.isNumber() && !each.isNull()) {
        throw Fault.of("22023", "features in an array are numbers")
            .withHint("Send others by the names of their columns.")
            .toException();
      }
      text.append(text.length() > 1 ? "," : "").append(each.isNull() ? "NULL" : each.asText());
    }
    return text.append('}').toString();
  }
}
