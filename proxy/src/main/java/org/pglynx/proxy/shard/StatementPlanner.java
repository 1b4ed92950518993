package org.pglynx.proxy.shard;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.pglynx.proxy.relay.ShardedStatement;
import org.pglynx.proxy.relay.TransactionEffect;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.Statements;
import org.pglynx.proxy.sql.TokenKind;
import org.pglynx.proxy.sql.TokenRange;

/** Finds out from a statement's text where it may run. */
final class StatementPlanner {
  /** Statements about the session or its transaction: on several shards they are run on all. */
  private static final Set<String> STAYING =
      Set.of(
          "begin",
          "start",
          "commit",
          "end",
          "rollback",
          "abort",
          "savepoint",
          "release",
          "set",
          "reset",
          "discard",
          "deallocate",
          "close");

  /** They give rows, or move what gives them. */
  private static final Set<String> ON_ONE = Set.of("show", "fetch", "move");

  private final SqlTokens tokens;
  private final TableRules rules;

  private StatementPlanner(SqlTokens tokens, TableRules rules) {
    this.tokens = tokens;
    this.rules = rules;
  }

  /** The plan of a text. */
  static ShardedStatement plan(String sql, TableRules rules) {
    SqlTokens tokens = SqlTokens.of(sql);
    if (tokens.broken()) {
      // The server says what is wrong with it.
      return Plan.STAY;
    }
    List<Plan> plans = new ArrayList<>();
    for (TokenRange each : Statements.split(tokens)) {
      plans.add(new StatementPlanner(tokens, rules).plan(each));
    }
    return switch (plans.size()) {
      case 0 -> Plan.STAY;
      case 1 -> plans.getFirst();
      default -> Plan.all(plans);
    };
  }

  private Plan plan(TokenRange range) {
    TransactionEffect effect = new TransactionWords(tokens).effect(range);
    if (effect != TransactionEffect.NONE) {
      return effect == TransactionEffect.MARKS ? marking(range) : new Plan.Control(effect);
    }
    return elsewhere(range);
  }

  /** It stays in the transaction of its server, which no other may join then. */
  private Plan marking(TokenRange range) {
    return new Plan.Marking(elsewhere(range));
  }

  private Plan elsewhere(TokenRange range) {
    if (rules.empty()) {
      // Nothing says where it goes; but on several shards at once it would be done once on each.
      return staying(range) ? Plan.STAY : Plan.ANYWHERE;
    }
    try {
      return provable(range);
    } catch (NotProvableException e) {
      return new Plan.Refused(e.reason());
    }
  }

  private String verb(TokenRange range) {
    int from = range.from();
    return tokens.is(from, TokenKind.WORD) ? tokens.identifier(from) : "";
  }

  private boolean staying(TokenRange range) {
    return STAYING.contains(verb(range)) && !tokens.word(range.from() + 1, "prepared");
  }

  private Plan provable(TokenRange range) throws NotProvableException {
    int from = range.from();
    QueryReader reader = new QueryReader(tokens, rules);
    if (reader.query(from)) {
      reader.read(range, null, Set.of());
      return reads(reader, range);
    }
    if (staying(range)) {
      return Plan.STAY;
    }
    String verb = verb(range);
    if (ON_ONE.contains(verb)) {
      return Plan.ANYWHERE;
    }
    return switch (verb) {
      case "insert" -> new WriteReader(tokens, reader).insert(range);
      case "update" -> new WriteReader(tokens, reader).update(range);
      case "delete" -> new WriteReader(tokens, reader).delete(range);
      case "explain" -> explained(range);
      case String about when SchemaReader.VERBS.contains(about) ->
          new SchemaReader(tokens, range).plan();
      default ->
          throw new NotProvableException(
              verb.toUpperCase(Locale.ROOT) + " is not routed by what it says");
    };
  }

  private Plan reads(QueryReader reader, TokenRange range) {
    if (reader.uses().isEmpty()) {
      return Plan.ANYWHERE;
    }
    if (reader.catalogs()) {
      return new Plan.Refused("it reads sharded tables and a catalog, of which each shard has one");
    }
    String sql = tokens.text();
    TableRules known = rules;
    return new Plan.Keyed(
        tokens,
        List.copyOf(reader.uses()),
        false,
        new Togetherness(() -> together(sql, range, known)));
  }

  /** Reads the text once more, so that plans of statements that never need it are small. */
  private static Together together(String sql, TokenRange range, TableRules rules) {
    SqlTokens tokens = SqlTokens.of(sql);
    QueryReader reader = new QueryReader(tokens, rules);
    try {
      reader.read(range, null, Set.of());
    } catch (NotProvableException e) {
      return Together.not(e.reason());
    }
    return new WaysPlanner(tokens, range, reader, rules.mergeMemory()).plan();
  }

  private Plan explained(TokenRange range) throws NotProvableException {
    int at = range.from() + 1;
    if (tokens.is(at, TokenKind.LEFT_PAREN)) {
      at = tokens.partner(at) + 1;
    }
    while (tokens.word(at, "analyze") || tokens.word(at, "analyse") || tokens.word(at, "verbose")) {
      at++;
    }
    Plan inner = provable(new TokenRange(at, range.to()));
    return inner instanceof Plan.Keyed keyed ? keyed.alone() : inner;
  }
}
