package org.pglynx.proxy.shard;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
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

  private static final Set<String> OF_SEQUENCES = Set.of("nextval", "currval", "lastval", "setval");

  /** It gives rows of the session. */
  private static final Set<String> ON_ONE = Set.of("show");

  /** They are about a cursor. */
  private static final Set<String> OF_CURSORS = Set.of("fetch", "move", "close");

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
      return reads(tokens, rules, reader, range, true);
    }
    String verb = verb(range);
    CursorMove move = OF_CURSORS.contains(verb) ? CursorMove.of(tokens, range) : null;
    if (move != null) {
      return new CursorPlan.Used(move, tokens.slice(range.from(), range.to()));
    }
    if (staying(range)) {
      return Plan.STAY;
    }
    if (ON_ONE.contains(verb) || OF_CURSORS.contains(verb)) {
      return Plan.ANYWHERE;
    }
    return switch (verb) {
      case "insert" -> new WriteReader(tokens, reader).insert(range);
      case "update" -> new WriteReader(tokens, reader).update(range);
      case "delete" -> new WriteReader(tokens, reader).delete(range);
      case "declare" -> declared(range);
      case "copy" -> new CopyReader(tokens, rules, range, reader).plan();
      case "explain" -> explained(range);
      case "merge" ->
          throw new NotProvableException(
              "MERGE is not served (use INSERT ... ON CONFLICT, UPDATE and DELETE)");
      case String about when SchemaReader.VERBS.contains(about) -> definition(range);
      default -> throw new NotProvableException(Unrouted.reason(verb));
    };
  }

  /** Of what is in a schema of one shard: there; else on all. */
  private Plan definition(TokenRange range) throws NotProvableException {
    Set<ShardedTable> schemas = new HashSet<>();
    for (int i = range.from(); i < range.to(); i++) {
      boolean qualifies =
          tokens.name(i) && tokens.is(i + 1, TokenKind.DOT) && !tokens.is(i - 1, TokenKind.DOT);
      ShardedTable schema = qualifies ? rules.ofSchema(tokens.identifier(i)) : null;
      if (schema != null) {
        schemas.add(schema);
      }
    }
    if (schemas.size() > 1) {
      throw new NotProvableException("it names several schemas that are on one shard each");
    }
    return schemas.isEmpty()
        ? new SchemaReader(tokens, range).plan()
        : new Plan.Keyed(
            tokens,
            List.of(TableUse.of(schemas.iterator().next(), "")),
            false,
            Togetherness.of(Together.not("it is about a schema of one shard")));
  }

  /**
   * The plan of a query that has been read.
   *
   * @param streams whether its rows may be merged as they come
   */
  static Plan reads(
      SqlTokens tokens, TableRules rules, QueryReader reader, TokenRange range, boolean streams) {
    boolean locks = AdvisoryLocks.taken(tokens, range);
    if (locks && reader.uses().isEmpty() && !reader.writes()) {
      return AdvisoryLocks.plan(tokens);
    }
    if (locks) {
      return new Plan.Refused(AdvisoryLocks.APART);
    }
    if (reader.writes()) {
      return new Plan.Keyed(
          tokens,
          List.copyOf(reader.uses()),
          true,
          Togetherness.of(
              Together.not(
                  "a WITH that writes is run on one shard only (write its statements one by one)")));
    }
    if (reader.uses().isEmpty()) {
      String sequence = sequence(tokens, range);
      return sequence == null ? Plan.ANYWHERE : new Plan.Refused(sequence);
    }
    if (reader.catalogs()) {
      return new Plan.Refused("it reads sharded tables and a catalog, of which each shard has one");
    }
    String sql = tokens.text();
    Plan.Keyed plan =
        new Plan.Keyed(
            tokens,
            List.copyOf(reader.uses()),
            false,
            new Togetherness(() -> together(sql, range, rules, streams)));
    Nearby nearest = NearestReader.of(tokens, range, reader);
    return nearest == null ? plan : plan.near(nearest);
  }

  /** Why a sequence has nothing to say that holds for all shards; null if none is asked. */
  private static @Nullable String sequence(SqlTokens tokens, TokenRange range) {
    for (int i = range.from(); i < range.to(); i++) {
      if (tokens.name(i)
          && tokens.is(i + 1, TokenKind.LEFT_PAREN)
          && OF_SEQUENCES.contains(tokens.identifier(i))) {
        return tokens.identifier(i)
            + "() is about a sequence, which counts on each shard for itself, so that numbers come"
            + " twice (SELECT pglynx.unique_id() gives others)";
      }
    }
    return null;
  }

  /** Reads the text once more, so that plans of statements that never need it are small. */
  private static Together together(
      String sql, TokenRange range, TableRules rules, boolean streams) {
    SqlTokens tokens = SqlTokens.of(sql);
    QueryReader reader = new QueryReader(tokens, rules);
    try {
      reader.read(range, null, Set.of());
    } catch (NotProvableException e) {
      return Together.not(e.reason());
    }
    return new WaysPlanner(tokens, range, reader, streams, rules.mergeMemory()).plan();
  }

  private Plan declared(TokenRange range) throws NotProvableException {
    int words = range.from() + 2;
    boolean scroll = false;
    boolean hold = false;
    boolean binary = false;
    while (words < range.to() && !tokens.word(words, "for")) {
      scroll |= tokens.word(words, "scroll") && !tokens.word(words - 1, "no");
      hold |= tokens.word(words, "hold") && tokens.word(words - 1, "with");
      binary |= tokens.word(words, "binary");
      words++;
    }
    QueryReader reader = new QueryReader(tokens, rules);
    if (!tokens.name(range.from() + 1) || !reader.query(words + 1)) {
      throw reader.unclear(range.from(), range.to());
    }
    TokenRange query = new TokenRange(words + 1, range.to());
    reader.read(query, null, Set.of());
    Declaration declaration =
        new Declaration(
            tokens.identifier(range.from() + 1), tokens.slice(range.from(), words + 1), hold);
    return new CursorPlan.Declared(
        reads(tokens, rules, reader, query, !scroll), declaration, binary);
  }

  private Plan explained(TokenRange range) throws NotProvableException {
    int at = range.from() + 1;
    if (tokens.is(at, TokenKind.LEFT_PAREN)) {
      at = tokens.partner(at) + 1;
    }
    while (tokens.word(at, "analyze") || tokens.word(at, "analyse") || tokens.word(at, "verbose")) {
      at++;
    }
    TokenRange words = new TokenRange(range.from(), at);
    TokenRange statement = new TokenRange(at, range.to());
    String format = "";
    boolean runs = false;
    for (int i = words.from(); i < words.to(); i++) {
      format = tokens.word(i, "format") ? tokens.slice(i + 1).replace("'", "") : format;
      runs |= tokens.word(i, "analyze") || tokens.word(i, "analyse");
    }
    return new ExplainPlan(
        provable(statement),
        tokens.slice(at, range.to()),
        tokens.slice(words.from(), words.to()),
        ExplainFormat.of(format),
        runs);
  }
}
