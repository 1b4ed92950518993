package org.pglynx.proxy.config.hba;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pglynx.proxy.config.hba.AuthLine.Token;

/**
 * One record of pg_ident.conf: a name of the outside (of a certificate, of the operating system)
 * that may be a user of the database.
 */
public final class IdentEntry {
  private final String map;
  private final Token system;
  private final Pattern systemExpression;
  private final Token user;
  private final Pattern userExpression;

  IdentEntry(
      String map, Token system, Pattern systemExpression, Token user, Pattern userExpression) {
    this.map = map;
    this.system = system;
    this.systemExpression = systemExpression;
    this.user = user;
    this.userExpression = userExpression;
  }

  /** The map it belongs to. */
  public String map() {
    return map;
  }

  /** Whether somebody of this name outside may be this user. */
  public boolean allows(String outside, String asked) {
    if (!system.isRegex()) {
      return system.text().equals(outside) && isUser(user.text(), asked);
    }
    Matcher found = systemExpression.matcher(outside);
    return found.find() && isUser(substituted(found), asked);
  }

  /** {@code \1} is what the first group of the expression has found. */
  private String substituted(Matcher found) {
    String group = found.groupCount() > 0 && found.group(1) != null ? found.group(1) : "";
    return user.isRegex() ? user.text() : user.text().replace("\\1", group);
  }

  private boolean isUser(String name, String asked) {
    if (user.isRegex()) {
      return userExpression.matcher(asked).find();
    }
    return user.is("all") || name.equals(asked);
  }
}
