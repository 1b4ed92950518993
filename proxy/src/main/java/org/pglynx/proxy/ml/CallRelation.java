package org.pglynx.proxy.ml;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.sql.FunctionCall;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenKind;
import org.pglynx.proxy.sql.TokenRange;
import org.pglynx.proxy.wire.Column;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * A call that is all of FROM.
 *
 * @param name what the relation is called
 * @param columns what its columns are called
 */
record CallRelation(String name, List<String> columns) {
  /**
   * {@code f(…)}, {@code f(…) t} or {@code f(…) AS t (a, b)}; null if FROM has more or something
   * else.
   *
   * @param columns the function's columns
   * @throws PgErrorException if more columns are renamed than there are
   */
  static @Nullable CallRelation of(
      SqlTokens tokens, TokenRange from, FunctionCall call, List<Column> columns)
      throws PgErrorException {
    if (from.from() != call.range().from()) {
      return null;
    }
    List<String> own = columns.stream().map(Column::name).toList();
    int behind = call.range().to();
    if (from.to() == behind) {
      return new CallRelation(call.function(), own);
    }
    int alias = tokens.word(behind, "as") ? behind + 1 : behind;
    if (alias >= from.to() || !tokens.name(alias)) {
      return null;
    }
    String name = tokens.identifier(alias);
    if (from.to() == alias + 1) {
      return new CallRelation(name, isScalar(call, own) ? List.of(name) : own);
    }
    List<String> renamed = names(tokens, new TokenRange(alias + 1, from.to()));
    return renamed == null ? null : new CallRelation(name, named(name, renamed, own));
  }

  /** A function of one value, which calls it as itself; as does an alias of the relation. */
  private static boolean isScalar(FunctionCall call, List<String> own) {
    return own.equals(List.of(call.function()));
  }

  /** {@code (a, b)}. */
  private static @Nullable List<String> names(SqlTokens tokens, TokenRange list) {
    if (!tokens.is(list.from(), TokenKind.LEFT_PAREN)
        || tokens.partner(list.from()) != list.to() - 1) {
      return null;
    }
    List<String> names = new ArrayList<>();
    for (TokenRange each : tokens.commaSeparated(list.from() + 1, list.to() - 1)) {
      if (each.size() != 1 || !tokens.name(each.from())) {
        return null;
      }
      names.add(tokens.identifier(each.from()));
    }
    return names.isEmpty() ? null : names;
  }

  /** The first columns are renamed; the others keep their names. */
  private static List<String> named(String relation, List<String> renamed, List<String> own)
      throws PgErrorException {
    if (renamed.size() > own.size()) {
      throw Refusals.tooManyColumns(relation, own.size(), renamed.size()).toException();
    }
    List<String> names = new ArrayList<>(renamed);
    names.addAll(own.subList(renamed.size(), own.size()));
    return names;
  }
}
