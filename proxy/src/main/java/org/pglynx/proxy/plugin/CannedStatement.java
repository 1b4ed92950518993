package org.pglynx.proxy.plugin;

import io.netty.buffer.ByteBuf;
import java.util.List;
import org.pglynx.proxy.config.PluginsConfig;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.Cancellable;
import org.pglynx.proxy.relay.LocalStatement;
import org.pglynx.proxy.wire.Column;
import org.pglynx.proxy.wire.Formats;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.RowWriter;
import org.pglynx.proxy.wire.SqlState;

/**
 * A statement whose answer stands in the configuration.
 *
 * @param answer as configured
 */
record CannedStatement(PluginsConfig.CannedAnswer answer) implements LocalStatement {
  private static final int ANY_OID = 2276;
  private static final int ANY_ARRAY_OID = 2277;
  private static final int OID_OID = 26;

  @Override
  public List<Column> columns() {
    return answer.columns().stream().map(CannedStatement::column).toList();
  }

  private static Column column(PluginsConfig.CannedColumn column) {
    String name = column.name();
    return switch (column.type()) {
      case "text" -> Column.text(name);
      case "bool" -> Column.bool(name);
      case "int4" -> Column.int4(name);
      case "oid" -> new Column(name, OID_OID, 4);
      case "anyarray" -> new Column(name, ANY_ARRAY_OID, -1);
      default -> new Column(name, ANY_OID, 4);
    };
  }

  @Override
  public Cancellable start(Arguments arguments, AnswerContext context) {
    short[] formats = arguments.resultFormats();
    for (int i = 0; i < answer.columns().size(); i++) {
      if (Formats.of(formats, i) == Formats.BINARY && !hasBinary(answer.columns().get(i))) {
        context.fail(noBinary(answer.columns().get(i)));
        return Cancellable.DONE;
      }
    }
    ByteBuf out = context.allocator().buffer(256);
    RowWriter rows = new RowWriter(out, answer.columns().size(), formats);
    for (List<String> row : answer.rows()) {
      rows.begin();
      for (int i = 0; i < row.size(); i++) {
        boolean binary = Formats.of(formats, i) == Formats.BINARY;
        write(rows, binary ? answer.columns().get(i).type() : "text", row.get(i), context);
      }
      rows.end();
    }
    context.rows(out, answer.rows().size());
    context.complete("SELECT " + answer.rows().size());
    return Cancellable.DONE;
  }

  private static boolean hasBinary(PluginsConfig.CannedColumn column) {
    return !column.type().startsWith("any");
  }

  private static PgError noBinary(PluginsConfig.CannedColumn column) {
    return PgError.error(
            SqlState.FEATURE_NOT_SUPPORTED,
            "column \"%s\" of an intercepted statement has the type %s, which has no binary form"
                .formatted(column.name(), column.type()))
        .withHint("Ask for text, or give the column another type in plugins.intercept.");
  }

  private static void write(RowWriter rows, String type, String configured, AnswerContext context) {
    String value =
        configured.replace("${DATABASE}", context.database()).replace("${USER}", context.user());
    if (value.isEmpty()) {
      rows.nullValue();
      return;
    }
    switch (type) {
      case "bool" -> rows.bool(value.equals("t"));
      case "int4" -> rows.int4(Integer.parseInt(value));
      case "oid" -> rows.int4(Integer.parseUnsignedInt(value));
      default -> rows.text(value);
    }
  }
}
