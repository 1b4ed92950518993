package org.pglynx.proxy.ml;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pglynx.ml.api.JsonObjects;
import org.pglynx.ml.data.BuiltInDataset;
import org.pglynx.ml.data.DatasetRows;
import org.pglynx.ml.data.Datasets;
import org.pglynx.ml.model.CancelToken;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.relay.SqlSession;
import org.pglynx.proxy.sql.Literals;
import org.pglynx.proxy.wire.PgErrorException;

/** pgml.load_dataset: makes {@code pgml.<name>} anew from a data set that is in the jar. */
final class LoadDataset implements ServiceStatement.OneRow {
  private static final int CHUNK = 64 * 1024;

  @Override
  public List<@Nullable Object> run(CallValues values, AnswerContext context, CancelToken cancel)
      throws PgErrorException, InterruptedException {
    BuiltInDataset dataset = dataset(values);
    Long limit = values.bigint("limit");
    if (limit != null && limit < 0) {
      throw MlErrors.invalid("limit must not be negative: " + limit).toException();
    }
    long rows = limit == null ? dataset.rowCount() : Math.min(limit, dataset.rowCount());
    try (SqlSession session = context.servers().open()) {
      PgmlSchema.ensure(session);
      Transactions.execute(session, () -> create(session, dataset, rows));
    }
    return Arrays.asList("pgml." + dataset.name(), rows);
  }

  private static BuiltInDataset dataset(CallValues values) throws PgErrorException {
    String source = values.text("source");
    if (source == null) {
      throw MlErrors.invalid("source must not be NULL").toException();
    }
    BuiltInDataset dataset = Datasets.find(source).orElse(null);
    if (dataset == null) {
      String known =
          Datasets.all().stream().map(BuiltInDataset::name).collect(Collectors.joining(", "));
      throw MlErrors.invalid("data set \"%s\" is not built in".formatted(source))
          .withHint("Built in are %s. Nothing is fetched from the network.".formatted(known))
          .toException();
    }
    if (values.text("subset") != null) {
      throw MlErrors.invalid("data set \"%s\" has no subsets".formatted(source)).toException();
    }
    Map<String, @Nullable Object> kwargs = JsonObjects.parse(values.text("kwargs", "{}"), "kwargs");
    if (!kwargs.isEmpty()) {
      throw MlErrors.invalid("built-in data sets take no kwargs, got " + kwargs.keySet())
          .toException();
    }
    return dataset;
  }

  private static void create(SqlSession session, BuiltInDataset dataset, long rows)
      throws PgErrorException, InterruptedException {
    String table = "pgml." + Literals.quoteIdentifier(dataset.name());
    String columns =
        dataset.columns().stream()
            .map(column -> Literals.quoteIdentifier(column.name()) + " " + column.sqlType())
            .collect(Collectors.joining(", "));
    session.query("DROP TABLE IF EXISTS " + table + " CASCADE");
    PgmlSchema.createTable(session, "CREATE TABLE " + table + " (" + columns + ")");
    try (DatasetRows source = dataset.open()) {
      session.copyIn(
          "COPY " + table + " FROM STDIN", new TextRows(source, dataset.columns().size(), rows));
    }
  }

  /** The rows in COPY's text format; the values need no escapes. */
  private static final class TextRows implements SqlSession.CopySource {
    private final DatasetRows source;
    private final int columns;
    private long left;

    TextRows(DatasetRows source, int columns, long rows) {
      this.source = source;
      this.columns = columns;
      this.left = rows;
    }

    @Override
    public byte @Nullable [] next() {
      ByteArrayOutputStream chunk = new ByteArrayOutputStream();
      while (left > 0 && chunk.size() < CHUNK && source.next()) {
        for (int i = 0; i < columns; i++) {
          chunk.writeBytes(source.text(i).getBytes(StandardCharsets.UTF_8));
          chunk.write(i + 1 < columns ? '\t' : '\n');
        }
        left--;
      }
      return chunk.size() == 0 ? null : chunk.toByteArray();
    }
  }
}
