package org.pglynx.proxy.ml;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pglynx.ml.model.MlException;
import org.pglynx.proxy.wire.Column;
import org.pglynx.proxy.wire.Oid;
import org.pglynx.proxy.wire.PgError;

/** The text of {@code docs/ml/functions.md}, made of what the code says. */
final class FunctionsReference {
  private static final Pattern DEFAULT =
      Pattern.compile("(\\w+) [\\w.]+ DEFAULT ('[^']*'|[\\w.]+)");
  private static final Pattern CREATED =
      Pattern.compile(
          "CREATE OR REPLACE (FUNCTION|AGGREGATE) pgml\\.([a-z]\\w*)\\(([^)]*)\\)"
              + "(?:\\s+RETURNS (TABLE\\([^)]*\\)|[\\w:]+(?:\\[\\])?))?");

  private final Properties words = properties();
  private final Map<String, String> defaults = new TreeMap<>();
  private final StringBuilder text = new StringBuilder();

  private FunctionsReference() {
    for (String created : script("rights.sql").split("CREATE FUNCTION pgml\\.")) {
      String function = created.substring(0, Math.max(0, created.indexOf('(')));
      Matcher found = DEFAULT.matcher(created);
      while (found.find()) {
        defaults.put(function + ' ' + found.group(1), found.group(2));
      }
    }
  }

  /** The whole text. */
  static String text() {
    return new FunctionsReference().write();
  }

  private String write() {
    line("# Functions of schema `pgml`");
    line("");
    line("Made from the code by `FunctionsReferenceTest` with `-Dwrite=true`: edit");
    line("`proxy/src/test/resources/ml/functions.properties` for the words.");
    section("Train, deploy, predict");
    line(
        "The proxy answers these. Arguments are literals, parameters, or expressions that depend on no row");
    line("around the call, such as `(SELECT max(id) FROM …)`.");
    line("");
    line(
        "- `predict`, `predict_label`, `predict_proba`, `predict_joint` and `decompose` stand in the outermost");
    line(
        "  select list, too, and run for each row; elsewhere [the server evaluates the model](predict-in-sql.md).");
    line(
        "- `export_model`, `version` and `xgboost_version` stand anywhere in a SELECT, VALUES, INSERT, UPDATE,");
    line(
        "  DELETE, MERGE, CREATE TABLE AS or COPY; `explain` and `feature_importance`, which give rows, in any FROM");
    line(
        "  or USING of these, also in subqueries, but not WITH ORDINALITY. `SELECT pgml.explain(…)` must be all of");
    line(
        "  its statement; elsewhere it is `SELECT e FROM pgml.explain(…) e`. They are answered first, and the server");
    line("  gets their rows. `models_compare` is a function of the database.");
    line(
        "- All others must be alone in their statement: `SELECT * FROM pgml.f(…)`, also with columns chosen and");
    line(
        "  renamed, `SELECT d FROM pgml.train(…) AS t(a, b, c, d)`; `SELECT pgml.f(…)`; `SELECT (pgml.f(…)).*`.");
    line(
        "- Texts are UTF-8. Where texts matter and `client_encoding` is another one, the server's functions");
    line(
        "  predict; of the calls that only the proxy answers, those in ASCII are, outside of a transaction.");
    for (PgmlFunction function : PgmlFunction.values()) {
      section(function);
    }
    arguments();
    inDatabase();
    errors();
    return text.toString();
  }

  private void section(String title) {
    line("");
    line("## " + title);
    line("");
  }

  private void section(PgmlFunction function) {
    line("");
    line("### pgml." + function.sqlName());
    line("");
    line(word("function." + function.sqlName()));
    line("");
    line("```");
    forms(function).forEach(this::line);
    line("```");
  }

  private List<String> forms(PgmlFunction function) {
    if (function.predicts()) {
      String type = type(PredictCall.columnOf(function, ""));
      return ofModels(function.sqlName()).map(form -> form + " → " + type).toList();
    }
    List<Signature> signatures =
        signatures().stream().filter(one -> one.function().equals(function.sqlName())).toList();
    return switch (function) {
      case EXPLAIN ->
          ofModels("explain").map(form -> form + result(signatures.getFirst())).toList();
      case PREDICT_BATCH ->
          List.of(
              "pgml.predict_batch(project_name text, features)" + result(Signatures.PREDICT_BATCH),
              "pgml.predict_batch(model_id bigint, features)"
                  + result(Signatures.PREDICT_BATCH_OF_MODEL));
      default -> signatures.stream().map(one -> call(one) + result(one)).toList();
    };
  }

  private static Stream<String> ofModels(String name) {
    return Stream.of("project_name text", "model_id bigint")
        .map(model -> "pgml.%s(%s, features)".formatted(name, model));
  }

  /** All that there are, also those that will be added. */
  static List<Signature> signatures() {
    List<Signature> signatures = new ArrayList<>();
    for (Field field : Signatures.class.getDeclaredFields()) {
      if (Modifier.isStatic(field.getModifiers()) && field.getType() == Signature.class) {
        try {
          signatures.add((Signature) Objects.requireNonNull(field.get(null)));
        } catch (IllegalAccessException e) {
          throw new IllegalStateException(e);
        }
      }
    }
    return signatures;
  }

  private String call(Signature signature) {
    List<String> parameters =
        signature.parameters().stream()
            .map(one -> one.name() + " " + one.type().sqlName() + defaultOf(signature, one))
            .toList();
    String joined = String.join(", ", parameters);
    String all = joined.length() > 80 ? "\n  " + String.join(",\n  ", parameters) : joined;
    return "pgml." + signature.function() + "(" + all + ")";
  }

  /** Those of train_joint and snapshot are train's, see {@link TrainCall}. */
  private String defaultOf(Signature signature, Signature.Parameter parameter) {
    if (parameter.required()) {
      return "";
    }
    boolean deploys = signature.function().equals("deploy");
    String key = (deploys ? "deploy " : "train ") + parameter.name();
    String other = parameter.type() == ArgumentType.JSONB ? "'{}'" : "NULL";
    return " DEFAULT " + defaults.getOrDefault(key, other);
  }

  private static String result(Signature signature) {
    return signature.columns().stream()
        .map(column -> column.name() + " " + type(column))
        .collect(Collectors.joining(", ", " → ", ""));
  }

  private static String type(Column column) {
    return switch (column.typeOid()) {
      case Oid.TEXT -> "text";
      case Oid.BOOL -> "boolean";
      case Oid.INT8 -> "bigint";
      case Oid.BYTEA -> "bytea";
      case Oid.FLOAT4 -> "real";
      case Oid.FLOAT8 -> "double precision";
      case Oid.FLOAT4_ARRAY -> "real[]";
      default -> throw new IllegalStateException("no name for the type of " + column);
    };
  }

  private void arguments() {
    section("Arguments");
    line("| argument | |");
    line("|---|---|");
    Stream<String> named =
        signatures().stream().flatMap(one -> one.parameters().stream()).map(one -> one.name());
    Stream.concat(named, Stream.of("model_id", "features"))
        .distinct()
        .forEach(name -> line("| `" + name + "` | " + word("argument." + name) + " |"));
  }

  private void inDatabase() {
    section("In the database");
    line(
        "These are functions of the server, made with the schema: they are served anywhere in SQL. `T` is `real`");
    line("or `double precision`; vectors of different lengths are an error.");
    line("");
    line("```");
    for (String script : List.of("vectors.sql", "metrics.sql", "models.sql")) {
      Matcher created = CREATED.matcher(script(script).replace(":type", "T"));
      while (created.find()) {
        String kind = created.group(1).equals("AGGREGATE") ? "  -- aggregate" : "";
        String result = created.group(4) == null ? "" : " → " + created.group(4);
        line(one("pgml." + created.group(2) + "(" + created.group(3) + ")" + result) + kind);
      }
    }
    line("```");
  }

  private static String one(String lines) {
    return lines.replaceAll("\\s+", " ").replace("( ", "(");
  }

  private void errors() {
    section("Errors");
    line("Every error has a SQLSTATE, says where, and hints at what to do.");
    line("");
    line("| SQLSTATE | when |");
    line("|---|---|");
    Map<String, List<String>> kinds = new TreeMap<>();
    for (MlException.Kind kind : MlException.Kind.values()) {
      put(kinds, MlErrors.of(new MlException(kind, "")), name(kind));
    }
    put(kinds, PredictionErrors.noDeployedModel("p"), "no deployed model");
    put(kinds, PredictionErrors.noSuchModel(1), "no such model");
    put(kinds, PredictionErrors.noStoredModel(1), "a model without a file that can be read");
    put(kinds, EnumErrors.invalid("sampling", "x", "y"), "a word that the enum does not have");
    put(kinds, Refusals.notServed("x"), "a function that is not served");
    put(kinds, Refusals.notAlone("train"), "a call that stands where it is not served");
    put(kinds, Refusals.argumentTwice("task"), "an argument that is given twice");
    kinds.forEach((state, when) -> line("| " + state + " | " + String.join("; ", when) + " |"));
    line("");
    String refused =
        new TreeSet<>(PgmlFunction.notServed())
            .stream().map(name -> "`" + name + "`").collect(Collectors.joining(", "));
    line("Functions of PostgresML that are refused by name: " + refused + ".");
  }

  private static String name(MlException.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static void put(Map<String, List<String>> kinds, PgError error, String when) {
    kinds.computeIfAbsent(error.code(), state -> new ArrayList<>()).add(when);
  }

  private void line(String line) {
    text.append(line).append('\n');
  }

  private String word(String key) {
    String word = words.getProperty(key);
    if (word == null) {
      throw new AssertionError("functions.properties says nothing about " + key);
    }
    return word;
  }

  private static String script(String name) {
    try (InputStream in = resource(PgmlSchema.class, name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Properties properties() {
    try (Reader reader =
        new InputStreamReader(
            resource(FunctionsReference.class, "/ml/functions.properties"),
            StandardCharsets.UTF_8)) {
      Properties properties = new Properties();
      properties.load(reader);
      return properties;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream resource(Class<?> near, String name) {
    return Objects.requireNonNull(near.getResourceAsStream(name), name);
  }
}
