package org.pglynx.proxy.config.hba;

import java.util.regex.Pattern;
import org.pglynx.proxy.config.hba.AuthLine.Field;
import org.pglynx.proxy.config.hba.AuthLine.Token;

/** Makes an entry of a record of pg_ident.conf, as parse_ident_line() of PostgreSQL does. */
final class IdentParser {
  private static final Pattern NEVER = Pattern.compile("(?!)");

  private final AuthLine line;

  IdentParser(AuthLine line) {
    this.line = line;
  }

  IdentEntry parse() throws RuleException {
    Token map = value(0, "map name");
    Token system = value(1, "system user name");
    Token user = value(2, "database user name");
    if (line.fields().size() > 3) {
      throw new RuleException(line.fields().get(3).column(), "too many fields");
    }
    int column = line.fields().get(2).column();
    if (!user.quoted() && user.text().startsWith("+")) {
      throw new RuleException(
          column,
          '"' + user.text() + "\" is not served: the proxy does not know the members of roles");
    }
    Pattern expression = expression(system, 1);
    if (system.isRegex()
        && user.text().contains("\\1")
        && expression.matcher("").groupCount() == 0) {
      throw new RuleException(
          column,
          "regular expression \""
              + system.text().substring(1)
              + "\" has no subexpressions as"
              + " requested by backreference in \""
              + user.text()
              + '"');
    }
    return new IdentEntry(map.text(), system, expression, user, expression(user, 2));
  }

  private Pattern expression(Token token, int field) throws RuleException {
    return token.isRegex() ? RuleParser.regex(token, line.fields().get(field).column()) : NEVER;
  }

  private Token value(int index, String what) throws RuleException {
    if (index >= line.fields().size()) {
      throw new RuleException(1, "missing entry: " + what);
    }
    Field field = line.fields().get(index);
    if (field.tokens().size() != 1) {
      throw new RuleException(field.column(), "multiple values in ident field");
    }
    return field.tokens().getFirst();
  }
}
