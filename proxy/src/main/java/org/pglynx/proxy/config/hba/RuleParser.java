package org.pglynx.proxy.config.hba;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.pglynx.proxy.config.hba.AuthLine.Field;
import org.pglynx.proxy.config.hba.AuthLine.Token;

/**
 * Makes a rule of a record, field by field, as parse_hba_line() of PostgreSQL does, and with its
 * messages. What the proxy cannot decide is refused: a rule that is silently wider or narrower than
 * it reads would be worse than none.
 */
final class RuleParser {
  private final AuthLine line;
  private final AuthFaults faults;
  private int next;

  RuleParser(AuthLine line, AuthFaults faults) {
    this.line = line;
    this.faults = faults;
  }

  HbaRule parse() throws RuleException {
    HbaRule.Way way = way();
    List<NameMatch> databases = names(field("database"), true);
    List<NameMatch> users = names(field("role"), false);
    AddressMatch address = way == HbaRule.Way.LOCAL ? new AddressMatch.Any() : address();
    HbaMethod method = method(way);
    RuleOptions options = new RuleOptions(way, method);
    while (next < line.fields().size()) {
      Field field = line.fields().get(next++);
      for (Token token : field.tokens()) {
        options.read(token.text(), field.column());
      }
    }
    return new HbaRule(
        line.source(),
        way,
        databases,
        users,
        address,
        method,
        options.map(),
        options.certificate());
  }

  private Field field(String what) throws RuleException {
    if (next == line.fields().size()) {
      throw new RuleException(1, "end-of-line before " + what + " specification");
    }
    return line.fields().get(next++);
  }

  private static Token only(Field field, String what) throws RuleException {
    if (field.tokens().size() != 1) {
      throw new RuleException(field.column(), "multiple values specified for " + what);
    }
    return field.tokens().getFirst();
  }

  private HbaRule.Way way() throws RuleException {
    Field field = field("connection type");
    Token token = only(field, "connection type");
    for (HbaRule.Way way : HbaRule.Way.values()) {
      if (way.word().equals(token.text())) {
        if (way == HbaRule.Way.HOST_GSS) {
          faults.notice(
              line, "hostgssenc matches nothing: GSSAPI encryption is not served by the proxy");
        }
        return way;
      }
    }
    throw new RuleException(field.column(), "invalid connection type \"" + token.text() + '"');
  }

  private static List<NameMatch> names(Field field, boolean database) throws RuleException {
    List<NameMatch> names = new ArrayList<>();
    for (Token token : field.tokens()) {
      names.add(name(token, field.column(), database));
    }
    return names;
  }

  private static NameMatch name(Token token, int column, boolean database) throws RuleException {
    if (token.isRegex()) {
      return new NameMatch.Like(regex(token, column));
    }
    if (token.namesFile()) {
      // In a file it has been replaced by what stands there; as a name it would match nobody.
      throw new RuleException(
          column, '"' + token.text() + "\" is only served in the rules of a file; name them here");
    }
    if (token.is("all")) {
      return new NameMatch.All();
    }
    return database ? database(token, column) : user(token, column);
  }

  private static NameMatch database(Token token, int column) throws RuleException {
    if (token.is("sameuser")) {
      return new NameMatch.SameUser();
    }
    if (token.is("replication")) {
      return new NameMatch.Replication();
    }
    if (token.is("samerole") || token.is("samegroup")) {
      throw new RuleException(
          column,
          '"'
              + token.text()
              + "\" is not served: the proxy does not know which roles are members of which; name"
              + " the databases");
    }
    return new NameMatch.Exactly(token.text());
  }

  private static NameMatch user(Token token, int column) throws RuleException {
    if (!token.quoted() && token.text().startsWith("+")) {
      throw new RuleException(
          column,
          '"'
              + token.text()
              + "\" is not served: the proxy does not know which roles are members of which; name"
              + " the users, or keep them in an @file");
    }
    return new NameMatch.Exactly(token.text());
  }

  static Pattern regex(Token token, int column) throws RuleException {
    try {
      return Pattern.compile(token.text().substring(1));
    } catch (PatternSyntaxException e) {
      throw new RuleException(
          column,
          "invalid regular expression \""
              + token.text().substring(1)
              + "\": "
              + e.getDescription());
    }
  }

  private AddressMatch address() throws RuleException {
    Field field = field("IP address");
    Token token = only(field, "host address");
    if (token.is("all")) {
      return new AddressMatch.Any();
    }
    if (token.is("samehost")) {
      return new AddressMatch.SameHost();
    }
    if (token.is("samenet")) {
      return new AddressMatch.SameNet();
    }
    return token.text().indexOf('/') >= 0
        ? Networks.cidr(token.text(), field.column())
        : masked(token.text(), field.column());
  }

  private AddressMatch masked(String address, int column) throws RuleException {
    Networks.address(address, column);
    if (next == line.fields().size()) {
      throw new RuleException(column, "end-of-line before netmask specification");
    }
    Field field = line.fields().get(next++);
    return Networks.masked(address, column, only(field, "netmask").text(), field.column());
  }

  private HbaMethod method(HbaRule.Way way) throws RuleException {
    if (next == line.fields().size()) {
      throw new RuleException(1, "end-of-line before authentication method");
    }
    Field field = line.fields().get(next++);
    String word = only(field, "authentication type").text();
    HbaMethod method = HbaMethod.of(word);
    if (method == null) {
      throw new RuleException(field.column(), unknownMethod(word));
    }
    if (method == HbaMethod.PEER && way != HbaRule.Way.LOCAL) {
      throw new RuleException(
          field.column(), "peer authentication is only supported on local sockets");
    }
    if (method == HbaMethod.CERT && way != HbaRule.Way.HOST_SSL) {
      throw new RuleException(
          field.column(), "cert authentication is only supported on hostssl connections");
    }
    return method;
  }

  private static String unknownMethod(String word) {
    return HbaMethod.NOT_SERVED.contains(word)
        ? "authentication method \""
            + word
            + "\" is not served; use scram-sha-256, cert, peer, md5, password, trust or reject"
        : "invalid authentication method \"" + word + '"';
  }
}
