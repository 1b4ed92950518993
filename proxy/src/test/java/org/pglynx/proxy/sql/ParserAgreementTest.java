package org.pglynx.proxy.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.sf.jsqlparser.parser.CCJSqlParser;
import net.sf.jsqlparser.parser.ParseException;
import net.sf.jsqlparser.parser.StringProvider;
import net.sf.jsqlparser.parser.TokenMgrException;
import net.sf.jsqlparser.statement.ExplainStatement;
import net.sf.jsqlparser.statement.ShowStatement;
import net.sf.jsqlparser.statement.Statement;
import net.sf.jsqlparser.statement.UnsupportedStatement;
import net.sf.jsqlparser.statement.select.Select;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.route.StatementCorpus;

/** What is taken for a read is one to JSqlParser's grammar, too, where that can read it. */
class ParserAgreementTest {
  @Test
  void no_statement_that_reads_is_something_else_to_the_parser_library() {
    List<String> other = new ArrayList<>();
    int agreed = 0;
    for (StatementCorpus.Case each : StatementCorpus.all()) {
      if (StatementReader.read(each.sql()).kind() == StatementClass.READ) {
        for (Statement parsed : parsed(each.sql())) {
          boolean reads =
              parsed instanceof Select
                  || parsed instanceof ShowStatement
                  || parsed instanceof ExplainStatement;
          agreed += reads ? 1 : 0;
          if (!reads) {
            other.add(each.sql() + ": " + parsed.getClass().getSimpleName());
          }
        }
      }
    }

    assertThat(other).isEmpty();
    assertThat(agreed).isGreaterThan(80);
  }

  /** Nothing of a text that it cannot read, as it cannot a quarter of PostgreSQL's statements. */
  private static List<Statement> parsed(String sql) {
    try {
      return new CCJSqlParser(new StringProvider(sql))
          .withAllowComplexParsing(false).Statements().stream()
              .filter(statement -> !(statement instanceof UnsupportedStatement))
              .toList();
    } catch (ParseException | TokenMgrException e) {
      return List.of();
    }
  }
}
