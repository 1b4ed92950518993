package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.pglynx.proxy.sql.Literals;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenKind;

/**
 * COPY TO STDOUT of a result that one server makes of the rows of several shards. COPY has no
 * parameters: what was collected stands in its text, so that the server itself writes each format
 * with all options.
 *
 * @param words what stands behind the query: TO STDOUT, and the options
 */
record CopyOut(String words) {
  /**
   * The text for the server.
   *
   * @param last the query, of which parameters are what was collected
   * @param names of its columns
   * @param collected texts of arrays
   */
  String text(String last, List<String> names, List<ByteBuf> collected) {
    String columns =
        names.stream().map(Literals::quoteIdentifier).collect(Collectors.joining(", "));
    StringBuilder text = new StringBuilder("COPY (SELECT * FROM (");
    SqlTokens tokens = SqlTokens.of(last);
    int copied = 0;
    for (int i = 0; i < tokens.size(); i++) {
      if (tokens.is(i, TokenKind.PARAMETER)) {
        text.append(last, copied, tokens.start(i));
        literal(text, collected.get(Integer.parseInt(tokens.slice(i).substring(1)) - 1));
        copied = tokens.end(i);
      }
    }
    return text.append(last, copied, last.length())
        .append(") AS pglynx_copy (")
        .append(columns)
        .append(")) ")
        .append(words)
        .toString();
  }

  /** With E, as what a backslash is without it depends on a setting. */
  private static void literal(StringBuilder text, ByteBuf value) {
    text.append("E'")
        .append(value.toString(StandardCharsets.UTF_8).replace("\\", "\\\\").replace("'", "''"))
        .append('\'');
  }
}
