package org.pglynx.proxy.it;

import static org.pglynx.proxy.it.RawConnection.bind;
import static org.pglynx.proxy.it.RawConnection.closePortal;
import static org.pglynx.proxy.it.RawConnection.closeStatement;
import static org.pglynx.proxy.it.RawConnection.copyData;
import static org.pglynx.proxy.it.RawConnection.copyDone;
import static org.pglynx.proxy.it.RawConnection.copyFail;
import static org.pglynx.proxy.it.RawConnection.cstring;
import static org.pglynx.proxy.it.RawConnection.describePortal;
import static org.pglynx.proxy.it.RawConnection.describeStatement;
import static org.pglynx.proxy.it.RawConnection.execute;
import static org.pglynx.proxy.it.RawConnection.flush;
import static org.pglynx.proxy.it.RawConnection.frame;
import static org.pglynx.proxy.it.RawConnection.int16;
import static org.pglynx.proxy.it.RawConnection.int32;
import static org.pglynx.proxy.it.RawConnection.join;
import static org.pglynx.proxy.it.RawConnection.parse;
import static org.pglynx.proxy.it.RawConnection.query;
import static org.pglynx.proxy.it.RawConnection.sync;

import java.util.ArrayList;
import java.util.List;

/**
 * What a client may send, rightly and wrongly, message by message. Each script is played to the
 * server itself and to the proxy, which must answer alike.
 */
final class WireScripts {
  /**
   * Bytes sent at once and the replies awaited.
   *
   * @param replies until which tag replies are read, one character for each
   */
  record Step(byte[] bytes, String replies) {}

  /** A named sequence of steps. */
  record Script(String name, List<Step> steps) {
    @Override
    public String toString() {
      return name;
    }

    /** The shapes of all replies, and whether the session still answers after them. */
    List<String> play(RawConnection connection) {
      List<String> shapes = new ArrayList<>();
      for (Step step : steps) {
        connection.send(step.bytes());
        for (char until : step.replies().toCharArray()) {
          for (RawConnection.Message message : connection.until(until)) {
            shapes.add(message.tag() == '\0' ? "EOF" : message.shape());
          }
        }
      }
      if (!shapes.contains("EOF")) {
        connection.send(sync(), query("ROLLBACK"), query("SELECT 'alive'"));
        connection.untilReady();
        connection.untilReady();
        shapes.addAll(connection.shapes(1));
      }
      return shapes;
    }
  }

  private WireScripts() {}

  static Script script(String name, Step... steps) {
    return new Script(name, List.of(steps));
  }

  /** Messages that one ReadyForQuery ends. */
  static Step once(byte[]... messages) {
    return new Step(join(messages), "Z");
  }

  static Step until(String replies, byte[]... messages) {
    return new Step(join(messages), replies);
  }

  /** The scripts that any session may run. */
  static List<Script> all() {
    List<Script> all = new ArrayList<>();
    all.addAll(simple());
    all.addAll(extended());
    all.addAll(names());
    all.addAll(pipelines());
    all.addAll(copies());
    all.addAll(malformed());
    all.addAll(SessionScripts.all());
    return all;
  }

  /** The scripts after which the server ends the connection, which is all it does. */
  static List<Script> ending() {
    return List.of(
        script(
            "a server told to end itself",
            until("\0", query("SELECT pg_terminate_backend(pg_backend_pid())"))),
        script(
            "a server told to end itself in a batch",
            until(
                "\0",
                parse("", "SELECT pg_terminate_backend(pg_backend_pid())"),
                bind("", ""),
                execute("", 0),
                sync())));
  }

  /** A violation after which nobody knows where the next message begins. */
  static Script copyInCutByAQuery() {
    return script(
        "copy in cut by a query",
        until("G", query("COPY numbers FROM STDIN")),
        until("\0", copyData("1\n"), query("SELECT 1")));
  }

  private static List<Script> simple() {
    return List.of(
        script("a query", once(query("SELECT 1"))),
        script("an empty query", once(query(""))),
        script("a query of white space and a comment", once(query(" -- nothing\n"))),
        script("several statements", once(query("SELECT 1; SELECT 2; CREATE TEMP TABLE z(a int)"))),
        script("an error amid several statements", once(query("SELECT 1; SELECT 1/0; SELECT 2"))),
        script("a syntax error", once(query("SELEC 1"))),
        script("a notice", once(query("DO $$BEGIN RAISE NOTICE 'hello'; END$$"))),
        script("a reported parameter", once(query("SET TimeZone = 'Asia/Tokyo'"))),
        script(
            "an error in a transaction",
            once(query("BEGIN")),
            once(query("SELECT 1/0")),
            once(query("SELECT 1")),
            once(query("COMMIT"))),
        script(
            "savepoints",
            once(query("BEGIN; SAVEPOINT a")),
            once(query("SELECT 1/0")),
            once(query("ROLLBACK TO a")),
            once(query("COMMIT"))),
        script("a function call", once(frame('F', int32(1610), int16(0), int16(0), int16(0)))),
        script(
            "a function call with an argument",
            once(
                frame(
                    'F',
                    int32(1317),
                    int16(0),
                    int16(1),
                    int32(3),
                    "abc".getBytes(java.nio.charset.StandardCharsets.UTF_8),
                    int16(0)))),
        script(
            "a call of an unknown function",
            once(frame('F', int32(1), int16(0), int16(0), int16(0)))),
        script(
            "queries without waiting",
            until("ZZZ", query("SELECT 1"), query("SELECT 1/0"), query("SELECT 2"))));
  }

  private static List<Script> extended() {
    return List.of(
        script("sync only", once(sync()), until("ZZ", sync(), sync())),
        script(
            "the unnamed statement",
            once(
                parse("", "SELECT $1::int"),
                bind("", "", "7"),
                describePortal(""),
                execute("", 0),
                sync())),
        script(
            "an empty extended query",
            once(parse("", ""), bind("", ""), describePortal(""), execute("", 0), sync())),
        script(
            "describe a statement",
            once(parse("", "SELECT $1::int AS n, $2::text"), describeStatement(""), sync())),
        script(
            "describe a statement without rows",
            once(parse("", "BEGIN"), describeStatement(""), sync())),
        script(
            "a portal in pieces",
            once(
                parse("", "SELECT generate_series(1, 5)"),
                bind("p", ""),
                execute("p", 2),
                execute("p", 2),
                execute("p", 2),
                closePortal("p"),
                sync())),
        script(
            "a portal in pieces over several syncs",
            once(query("BEGIN")),
            once(parse("", "SELECT generate_series(1, 5)"), bind("p", ""), execute("p", 2), sync()),
            once(execute("p", 2), sync()),
            once(execute("p", 0), sync()),
            once(query("COMMIT"))),
        script(
            "flush",
            until("1", parse("", "SELECT 1"), flush()),
            until("2T", bind("", ""), describePortal(""), flush()),
            until("C", execute("", 0), flush()),
            once(sync())),
        script(
            "an error shown by flush",
            until("E", parse("", "SELEC"), flush()),
            once(bind("", ""), execute("", 0), sync())),
        script(
            "an error skips to sync",
            once(parse("", "SELECT 1/0"), bind("", ""), execute("", 0), query("SELECT 2"), sync())),
        script(
            "a query amid a batch",
            until(
                "ZZ",
                parse("", "SELECT 1"),
                bind("", ""),
                execute("", 0),
                query("SELECT 2"),
                sync())),
        script(
            "a wrong parameter count",
            once(parse("", "SELECT $1::int"), bind("", "", "1", "2"), sync())),
        script(
            "a wrong parameter value",
            once(parse("", "SELECT $1::int"), bind("", "", "x"), execute("", 0), sync())),
        script("a bind of no statement", once(bind("", "", "1"), execute("", 0), sync())),
        script("an execute of an unknown portal", once(execute("nowhere", 0), sync())),
        script("a describe of an unknown portal", once(describePortal("nowhere"), sync())),
        script("a close of an unknown portal", once(closePortal("nowhere"), sync())),
        script(
            "a portal that ended with its transaction",
            once(parse("", "SELECT 1"), bind("p", ""), sync()),
            once(execute("p", 0), sync())),
        script(
            "a duplicate portal",
            once(parse("", "SELECT 1"), bind("p", ""), bind("p", ""), sync())));
  }

  private static List<Script> names() {
    return List.of(
        script(
            "a named statement used twice",
            once(parse("s", "SELECT $1::int"), sync()),
            once(bind("", "s", "1"), execute("", 0), sync()),
            once(bind("", "s", "2"), describePortal(""), execute("", 0), sync())),
        script(
            "a named statement described",
            once(parse("s", "SELECT $1::int"), describeStatement("s"), sync()),
            once(describeStatement("s"), sync())),
        script(
            "a duplicate name",
            once(parse("s", "SELECT 1"), sync()),
            once(parse("s", "SELECT 2"), sync()),
            once(bind("", "s"), execute("", 0), sync())),
        script(
            "a duplicate name in one batch",
            once(parse("s", "SELECT 1"), parse("s", "SELECT 1"), sync())),
        script("an unknown name", once(bind("", "unknown", "1"), execute("", 0), sync())),
        script("a describe of an unknown name", once(describeStatement("unknown"), sync())),
        script("a close of an unknown name", once(closeStatement("unknown"), sync())),
        script(
            "a closed name",
            once(parse("s", "SELECT 1"), closeStatement("s"), sync()),
            once(bind("", "s"), sync())),
        script(
            "a closed name used again",
            once(parse("s", "SELECT 1"), sync()),
            once(
                closeStatement("s"),
                parse("s", "SELECT 2"),
                bind("", "s"),
                execute("", 0),
                sync())),
        script(
            "a statement that failed to parse leaves its name free",
            once(parse("s", "SELEC"), sync()),
            once(parse("s", "SELECT 1"), bind("", "s"), execute("", 0), sync())),
        script(
            "a statement behind an error leaves its name free",
            once(parse("", "SELEC"), parse("s", "SELECT 1"), sync()),
            once(parse("s", "SELECT 2"), bind("", "s"), execute("", 0), sync())),
        script(
            "an unknown name in a transaction",
            once(query("BEGIN")),
            once(bind("", "unknown"), execute("", 0), sync()),
            once(query("SELECT 1")),
            once(query("ROLLBACK"))),
        script(
            "an unnamed portal and statement behind an unknown name in a transaction",
            once(query("BEGIN")),
            once(parse("", "SELECT 7, 8"), bind("", "unknown"), sync()),
            once(describePortal(""), sync()),
            once(query("ROLLBACK"))),
        script(
            "a duplicate name in a transaction",
            once(query("BEGIN")),
            once(parse("s", "SELECT 1"), sync()),
            once(parse("s", "SELECT 1"), sync()),
            once(query("SELECT 1")),
            once(query("ROLLBACK"))),
        script(
            "a duplicate name in a failed transaction",
            once(parse("s", "SELECT 1"), sync()),
            until("ZZZ", query("BEGIN"), query("SELECT 1/0"), parse("s", "SELECT 2"), sync()),
            once(query("ROLLBACK"))),
        script(
            "a named rollback in a failed transaction",
            once(parse("r", "ROLLBACK"), parse("q", "SELECT 1"), sync()),
            once(query("BEGIN")),
            once(query("SELECT 1/0")),
            once(bind("", "q"), execute("", 0), sync()),
            once(bind("", "r"), execute("", 0), sync())),
        script(
            "a close behind an error is skipped",
            once(parse("s", "SELECT 1"), sync()),
            once(parse("", "SELEC"), closeStatement("s"), sync()),
            once(bind("", "s"), execute("", 0), sync())),
        script(
            "a close and a parse behind an error are skipped",
            once(parse("s", "SELECT 1"), sync()),
            once(parse("", "SELEC"), closeStatement("s"), parse("s", "SELECT 2, 3"), sync()),
            once(bind("", "s"), describePortal(""), execute("", 0), sync())),
        script(
            "a parse and a close behind an error are skipped",
            once(parse("", "SELEC"), parse("s", "SELECT 1"), closeStatement("s"), sync()),
            once(bind("", "s"), execute("", 0), sync()),
            once(parse("s", "SELECT 2"), bind("", "s"), execute("", 0), sync())),
        script(
            "a close behind an error already seen is skipped",
            once(parse("s", "SELECT 1"), sync()),
            until("E", parse("", "SELEC"), flush()),
            once(closeStatement("s"), sync()),
            once(bind("", "s"), execute("", 0), sync())));
  }

  private static List<Script> pipelines() {
    byte[] good = join(parse("", "SELECT 1"), bind("", ""), execute("", 0));
    byte[] bad = join(parse("", "SELECT 1/0"), bind("", ""), execute("", 0));
    return List.of(
        script("a pipeline of syncs", until("ZZZ", good, sync(), good, sync(), good, sync())),
        script("an error amid a pipeline", until("ZZZ", good, sync(), bad, sync(), good, sync())),
        script(
            "an error in a long batch",
            until("ZZ", good, good, bad, good, good, sync(), good, sync())),
        script(
            "a transaction in a pipeline",
            until("ZZZ", query("BEGIN"), good, sync(), query("COMMIT"))),
        script(
            "named statements in a pipeline with errors",
            until(
                "ZZZZ",
                parse("a", "SELECT $1::int"),
                bind("", "a", "1"),
                execute("", 0),
                sync(),
                bind("", "a", "x"),
                execute("", 0),
                sync(),
                parse("b", "SELECT 1"),
                bind("", "nowhere"),
                execute("", 0),
                sync(),
                bind("", "a", "2"),
                execute("", 0),
                bind("", "b"),
                execute("", 0),
                sync())),
        script(
            "a local error amid pending replies",
            until("ZZ", good, bind("", "unknown"), execute("", 0), sync(), good, sync())),
        script(
            "a multi statement error in a pipeline",
            until("ZZ", query("SELECT 1; SELECT 1/0"), good, sync())));
  }

  private static List<Script> copies() {
    byte[] into = query("COPY numbers FROM STDIN");
    return List.of(
        script("copy in", until("G", into), once(copyData("1\n2\n"), copyDone())),
        script("copy in sent without waiting", once(into, copyData("1\n2\n"), copyDone())),
        script("copy in that the client fails", until("G", into), once(copyFail("no more"))),
        script(
            "copy in with a wrong value",
            until("G", into),
            once(copyData("x\n"), copyDone()),
            once(query("SELECT 1"))),
        script(
            "copy in to an unknown table",
            once(query("COPY nowhere FROM STDIN"), copyData("1\n"), copyDone()),
            once(query("SELECT 1"))),
        script(
            "copy in with a flush and a sync",
            until("G", into),
            once(copyData("1\n"), flush(), sync(), copyDone())),
        script("copy out", once(query("COPY (SELECT generate_series(1, 3)) TO STDOUT"))),
        script(
            "copy out fails on its way",
            once(query("COPY (SELECT 1/(3 - i) FROM generate_series(1, 5) i) TO STDOUT"))),
        script(
            "extended copy in",
            until("G", parse("", "COPY numbers FROM STDIN"), bind("", ""), execute("", 0), flush()),
            once(copyData("4\n"), copyDone(), sync())),
        script(
            "extended copy in with a sync sent ahead",
            until("G", parse("", "COPY numbers FROM STDIN"), bind("", ""), execute("", 0), sync()),
            once(copyData("4\n"), copyDone(), sync())),
        script(
            "extended copy in that the client fails",
            until("G", parse("", "COPY numbers FROM STDIN"), bind("", ""), execute("", 0), flush()),
            once(copyFail("no more"), sync())),
        script(
            "extended copy in with a wrong value",
            until("G", parse("", "COPY numbers FROM STDIN"), bind("", ""), execute("", 0), flush()),
            once(copyData("x\n"), copyDone(), sync()),
            once(query("SELECT 1"))),
        script(
            "copy data without a copy",
            once(copyData("1\n"), copyDone(), copyFail("?"), query("SELECT 1"))),
        script(
            "copy data without a copy behind replies",
            once(query("BEGIN")),
            until("ZZZ", query("SELECT 1"), copyDone(), query("SELECT 2"), copyFail("?"), sync()),
            once(copyDone(), parse("", "SELECT 3"), bind("", ""), execute("", 0), sync()),
            once(query("COMMIT"))),
        script(
            "copy data without a copy in a transaction",
            once(query("BEGIN")),
            once(copyData("1\n"), copyDone(), query("SELECT 1")),
            once(query("COMMIT"))));
  }

  private static List<Script> malformed() {
    byte[] unended = {'a', 'b'};
    return List.of(
        script("a query without its end", once(frame('Q', unended))),
        script("a query of no byte", once(frame('Q'))),
        script("a query with bytes behind its end", once(frame('Q', cstring("SELECT 1"), unended))),
        script("a parse of a name without its end", once(frame('P', unended), sync())),
        script("a parse of no byte", once(frame('P'), sync())),
        script(
            "a named parse without its text's end",
            once(frame('P', cstring("s"), unended), sync())),
        script("a parse without types", once(frame('P', cstring(""), cstring("SELECT 1")), sync())),
        script(
            "a named parse without types",
            once(frame('P', cstring("s"), cstring("SELECT 1")), sync())),
        script(
            "a named parse with a bad count of types",
            once(frame('P', cstring("s"), cstring("SELECT 1"), int16(9)), sync()),
            once(bind("", "s"), sync())),
        script("a bind of names without an end", once(frame('B', unended), sync())),
        script(
            "a bind of a statement without an end", once(frame('B', cstring(""), unended), sync())),
        script("a bind of no byte", once(frame('B'), sync())),
        script(
            "a bind with a negative parameter length",
            once(
                parse("", "SELECT $1::text"),
                frame('B', cstring(""), cstring(""), int16(0), int16(1), int32(-5), int16(0)),
                sync())),
        script(
            "a bind with a parameter longer than the message",
            once(
                parse("", "SELECT $1::text"),
                frame('B', cstring(""), cstring(""), int16(0), int16(1), int32(1000), int16(0)),
                sync())),
        script(
            "a named bind cut short",
            once(
                parse("s", "SELECT $1::text"),
                frame('B', cstring(""), cstring("s"), int16(0), int16(1)),
                sync())),
        script(
            "a bind with bytes behind its end",
            once(
                parse("", "SELECT 1"),
                frame('B', cstring(""), cstring(""), int16(0), int16(0), int16(0), unended),
                sync())),
        script("a describe of no byte", once(frame('D'), sync())),
        script("a describe of a kind only", once(frame('D', new byte[] {'S'}), sync())),
        script(
            "a describe of a name without its end",
            once(frame('D', new byte[] {'S'}, unended), sync())),
        script(
            "a describe of an unknown kind",
            once(frame('D', new byte[] {'X'}, cstring("")), sync())),
        script(
            "a describe with bytes behind its end",
            once(
                parse("s", "SELECT 1"),
                frame('D', new byte[] {'S'}, cstring("s"), unended),
                sync())),
        script("a close of no byte", once(frame('C'), sync())),
        script(
            "a close of a name without its end",
            once(frame('C', new byte[] {'S'}, unended), sync())),
        script(
            "a close of an unknown kind", once(frame('C', new byte[] {'X'}, cstring("")), sync())),
        script("an execute of no byte", once(frame('E'), sync())),
        script("an execute without a limit", once(frame('E', cstring("")), sync())),
        script("an execute of a name without its end", once(frame('E', unended), sync())),
        script("a sync with a body", once(frame('S', unended))),
        script("a flush with a body", once(frame('H', unended), sync())),
        script("an empty function call", once(frame('F'))),
        script("an unknown message type", until("\0", frame('!'))),
        script("a password out of turn", until("\0", frame('p', cstring("secret")))),
        script("a backend's message type", until("\0", frame('Z', new byte[] {'I'}))));
  }
}
