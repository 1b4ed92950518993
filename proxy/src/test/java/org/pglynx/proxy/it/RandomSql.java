package org.pglynx.proxy.it;

import java.util.List;
import java.util.Random;

/**
 * Texts of SQL by chance that Postgres mostly understands: several statements, with everything
 * between and in them that could be mistaken for an end of one.
 */
final class RandomSql {
  private static final List<String> INSIDE =
      List.of(
          ";",
          "--",
          "/*",
          "*/",
          "$$",
          "$a$",
          "$1",
          "\"",
          "E'",
          "select",
          " ",
          "\\n",
          "begin atomic",
          "(",
          ")",
          "{",
          "\u00e4",
          "-",
          "end",
          "\n",
          "x");

  private static final List<String> BLANKS =
      List.of(
          " ",
          " ",
          "\n",
          "\t",
          "\r\n",
          "\f",
          "\u000b",
          " -- a ; ' \" $$ /* \n",
          "--\n",
          "/* ; ' \" $$ -- */",
          "/* a /* nested ; */ ' */",
          "/**/",
          "/*/ ; */",
          "--\r",
          "-- \\\n");

  private static final List<String> OPERATORS =
      List.of("+", "-", "*", "||", "<>", "!=", "<=", "=", "::text||", "+ +", "- -", "+@", "*-");

  private static final List<String> ENDS =
      List.of(";", ";", ";", ";;", "; ;", ";--;\n", "; /* ; */ ;");

  private final Random random;

  RandomSql(Random random) {
    this.random = random;
  }

  /** A text; its last statement need not end. */
  String text() {
    StringBuilder text = new StringBuilder(random.nextInt(4) == 0 ? of(BLANKS) : "");
    for (int i = random.nextInt(3); i >= 0; i--) {
      text.append(statement());
      text.append(random.nextInt(3) == 0 ? blank() : "");
      text.append(i > 0 || random.nextBoolean() ? of(ENDS) : "");
      text.append(random.nextInt(3) == 0 ? blank() : "");
    }
    return random.nextInt(8) == 0 ? mutated(text) : text.toString();
  }

  /** A character taken away, put in or doubled: most are no longer understood. */
  private String mutated(StringBuilder text) {
    int at = random.nextInt(text.length());
    switch (random.nextInt(3)) {
      case 0 -> text.deleteCharAt(at);
      case 1 -> text.insert(at, of(INSIDE));
      default -> text.insert(at, text.charAt(at));
    }
    return text.toString();
  }

  private String of(List<String> all) {
    return all.get(random.nextInt(all.size()));
  }

  private String blank() {
    StringBuilder blank = new StringBuilder();
    for (int i = random.nextInt(3); i >= 0; i--) {
      blank.append(of(BLANKS));
    }
    return blank.toString();
  }

  private String statement() {
    return switch (random.nextInt(18)) {
      case 0 ->
          "CREATE FUNCTION pg_temp.f"
              + random.nextInt(1_000_000_000)
              + "() RETURNS text BEGIN ATOMIC"
              + blank()
              + select()
              + ";"
              + blank()
              + "SELECT CASE WHEN true THEN 'end' END;"
              + blank()
              + "END";
      case 1 ->
          "CREATE FUNCTION pg_temp.f"
              + random.nextInt(1_000_000_000)
              + "() RETURNS int LANGUAGE sql AS"
              + blank()
              + dollar("SELECT 1; SELECT 2" + blank());
      case 2 -> "DO" + blank() + dollar("BEGIN PERFORM 1; END" + blank());
      case 3 -> "SET LOCAL my.own" + blank() + "=" + blank() + plain();
      case 4 ->
          "CREATE TEMP TABLE t" + random.nextInt(1_000_000_000) + "(a" + blank() + "int DEFAULT 1)";
      case 5 -> "VALUES (" + expression() + "), (" + expression() + ")";
      case 6 -> "WITH x AS (" + select() + ")" + blank() + "SELECT * FROM x";
      case 7 -> "EXPLAIN" + blank() + select();
      case 8 -> "PREPARE p" + random.nextInt(1_000_000_000) + " AS" + blank() + select();
      case 9 -> "(" + select() + ")" + blank() + "LIMIT 1";
      case 10 -> "SHOW" + blank() + "DateStyle";
      default -> select();
    };
  }

  private String select() {
    StringBuilder select = new StringBuilder("SELECT").append(blank()).append(expression());
    for (int i = random.nextInt(3); i > 0; i--) {
      select.append(',').append(expression());
      select.append(random.nextInt(3) == 0 ? " AS" + blank() + name() : "");
    }
    return select.append(random.nextInt(4) == 0 ? blank() : "").toString();
  }

  private String name() {
    return switch (random.nextInt(6)) {
      case 0 -> "a$b$c";
      case 1 -> "_\u00e4\u00a0b";
      case 2 -> "U&\"d\\0061t\\+000061\"";
      case 3 -> "a1$$";
      default -> '"' + inside("\"") + "q\"";
    };
  }

  private String expression() {
    return switch (random.nextInt(14)) {
      case 0 -> number() + blank() + of(List.of("+", "-", "*", "-@", "+ -")) + blank() + number();
      case 1 -> plain() + of(OPERATORS) + blank() + plain();
      case 2 -> "(" + blank() + expression() + blank() + ")";
      case 3 -> "ARRAY[" + number() + "," + number() + "]" + of(List.of("", "::int[]", "[1]"));
      case 4 -> "CASE" + blank() + "WHEN true THEN " + plain() + " ELSE " + plain() + " END";
      case 5 -> number();
      case 6 -> "length(" + plain() + ")";
      case 7 -> "(ARRAY['a','b'])[1" + blank() + ":" + blank() + "2]";
      case 8 -> plain() + "::" + blank() + "text";
      default -> plain();
    };
  }

  private String number() {
    return of(
        List.of("1", "1.5", ".5", "1e5", "1.e-1", "0x1F", "0b11", "0o17", "1_000", "1.", "007"));
  }

  private String plain() {
    return switch (random.nextInt(12)) {
      case 0 ->
          "E'"
              + inside("'").replace("\\", "\\\\")
              + of(List.of("\\'", "\\\\", "''", "\\n", ""))
              + "'";
      case 1 -> "U&'" + inside("'").replace("\\", "\\\\") + "\\0061'";
      case 2 -> "N'" + inside("'") + "'";
      case 3 -> "B'101'";
      case 4 -> "x'1F'";
      case 5 -> "'" + inside("'") + "'\n" + "'" + inside("'") + "'";
      case 6 -> "'" + inside("'") + "' -- ; '\n\t'" + inside("'") + "'";
      case 7, 8 -> dollar(inside("$"));
      case 9 ->
          "E'"
              + of(List.of("\\x41", "\\101", "\\u00e4", "\\;"))
              + "'"
              + "\n '"
              + of(List.of("\\'", "a"))
              + "'";
      case 10 -> "U&'!0061;' UESCAPE" + blank() + "'!'";
      default -> "'" + inside("'") + "'";
    };
  }

  /** Characters that mean much elsewhere; the quote is doubled. */
  private String inside(String quote) {
    StringBuilder inside = new StringBuilder();
    for (int i = random.nextInt(5); i > 0; i--) {
      String piece = of(INSIDE);
      inside.append(
          piece.equals(quote) || piece.contains("'") ? piece.replace(quote, quote + quote) : piece);
    }
    return inside.toString();
  }

  private String dollar(String body) {
    String tag = of(List.of("$$", "$a$", "$_b1$", "$\u00e4$", "$select$"));
    return body.contains(tag) || body.endsWith("$")
        ? "$other$" + body.replace("$other$", "") + "\n$other$"
        : tag + body + tag;
  }
}
