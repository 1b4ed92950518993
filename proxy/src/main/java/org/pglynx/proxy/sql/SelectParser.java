package org.pglynx.proxy.sql;

import net.sf.jsqlparser.parser.CCJSqlParser;
import net.sf.jsqlparser.parser.ParseException;
import net.sf.jsqlparser.parser.StringProvider;
import net.sf.jsqlparser.parser.TokenMgrException;
import net.sf.jsqlparser.statement.Statement;
import net.sf.jsqlparser.statement.select.PlainSelect;

/**
 * A second opinion on a {@link SelectShape}, from JSqlParser's grammar. It is asked once per text
 * and only before rows are rewritten; the rewriting itself works on character ranges of the
 * client's own text, because a text printed from the parser's tree is not byte for byte what the
 * client wrote.
 */
public final class SelectParser {
  /** Longer texts are not parsed: 2 kB take most of a millisecond, on an event loop. */
  public static final int MAX_LENGTH = 4096;

  private SelectParser() {}

  /** What the parser says of a shape. */
  public enum Opinion {
    /** It reads the same. */
    AGREES,
    /** It reads a statement of another shape. */
    DISAGREES,
    /** It cannot read the text: it does not know all of PostgreSQL's syntax. */
    NONE
  }

  /** Compares the parser's reading of the statement with the shape. */
  public static Opinion check(String statement, SelectShape shape) {
    // JSqlParser has no dollar quotes and reads U&'' as an expression: it would mislead.
    if (statement.length() > MAX_LENGTH || statement.contains("$$") || statement.contains("&'")) {
      return Opinion.NONE;
    }
    try {
      Statement parsed = parser(statement).Statement();
      return parsed instanceof PlainSelect select && agrees(select, shape)
          ? Opinion.AGREES
          : Opinion.DISAGREES;
    } catch (ParseException | TokenMgrException e) {
      return Opinion.NONE;
    }
  }

  /**
   * The generated parser itself: CCJSqlParserUtil makes a thread per call (and takes 200 µs and
   * more for it). Complex parsing off bounds the look-ahead, so no time-out is needed.
   */
  private static CCJSqlParser parser(String statement) {
    return new CCJSqlParser(new StringProvider(statement)).withAllowComplexParsing(false);
  }

  private static boolean agrees(PlainSelect select, SelectShape shape) {
    return select.getSelectItems().size() == shape.items().size()
        && (select.getDistinct() != null) == shape.distinct()
        && (select.getFromItem() != null) == shape.has(SelectShape.Clause.FROM)
        && (select.getGroupBy() != null) == shape.has(SelectShape.Clause.GROUP)
        && (select.getOrderByElements() != null) == shape.has(SelectShape.Clause.ORDER);
  }
}
