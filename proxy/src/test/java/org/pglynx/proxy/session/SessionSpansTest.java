package org.pglynx.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pglynx.proxy.wire.BackendBytes.bindComplete;
import static org.pglynx.proxy.wire.BackendBytes.complete;
import static org.pglynx.proxy.wire.BackendBytes.error;
import static org.pglynx.proxy.wire.BackendBytes.noData;
import static org.pglynx.proxy.wire.BackendBytes.parameterDescription;
import static org.pglynx.proxy.wire.BackendBytes.parseComplete;
import static org.pglynx.proxy.wire.BackendBytes.ready;
import static org.pglynx.proxy.wire.FrontendBytes.bind;
import static org.pglynx.proxy.wire.FrontendBytes.execute;
import static org.pglynx.proxy.wire.FrontendBytes.parse;
import static org.pglynx.proxy.wire.FrontendBytes.query;
import static org.pglynx.proxy.wire.FrontendBytes.sync;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.pglynx.proxy.backend.ScriptedServer;

/** Layer 2: which statements are told as parts of traces, and what of them. */
class SessionSpansTest {
  private static final String SPAN = "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7";
  private static final String KEPT = "00-" + SPAN + "-01";
  private static final String OTHER = "00-" + SPAN.replace('4', '5') + "-03";

  @RegisterExtension final Rig rig = new Rig();
  private final ScriptedServer server = rig.server();
  private final List<TracedStatement> told = new ArrayList<>();

  @BeforeEach
  void listen() {
    rig.registry.traces(
        new TraceSink() {
          @Override
          public boolean wanted() {
            return true;
          }

          @Override
          public void take(TracedStatement statement) {
            told.add(statement);
          }
        });
  }

  private static String of(String trace) {
    return " /*action='a',traceparent='" + trace + "'*/";
  }

  private void answers() {
    server.says(complete("SELECT 1"), ready('I'));
  }

  @Test
  void a_query_is_told_when_it_has_been_answered() {
    TestClient client = rig.client();
    client.sends(query("select 'x'" + of(KEPT)));
    assertThat(told).isEmpty();
    answers();

    assertThat(told)
        .singleElement()
        .satisfies(statement -> {
          assertThat(statement.traceParent()).isEqualTo(KEPT);
          assertThat(statement.database()).isEqualTo("shop");
          assertThat(statement.user()).isEqualTo("app");
          assertThat(statement.text().shown()).isEqualTo("select ?");
          assertThat(statement.nanos()).isPositive();
          assertThat(statement.error()).isNull();
        });
  }

  @Test
  void a_comment_in_front_and_one_before_a_semicolon_are_found() {
    TestClient client = rig.client();
    client.sends(query(of(KEPT) + "select 1"));
    answers();
    client.sends(query("select 1" + of(OTHER) + " ;\n"));
    answers();

    assertThat(told).extracting(TracedStatement::traceParent).containsExactly(KEPT, OTHER);
  }

  @Test
  void a_trace_that_is_not_kept_is_not_told() {
    TestClient client = rig.client();
    client.sends(query("select 1" + of("00-" + SPAN + "-00")));
    answers();
    client.sends(query("select 1" + of("00-" + SPAN + "-02")));
    answers();

    assertThat(told).isEmpty();
  }

  @Test
  void what_only_looks_like_a_trace_is_none() {
    TestClient client = rig.client();
    client.sends(query("select 'traceparent=''" + KEPT + "'''"));
    answers();
    client.sends(query("select 1 /*traceparent='" + KEPT.substring(3) + "'*/"));
    answers();

    assertThat(told).isEmpty();
  }

  @Test
  void a_comment_behind_a_long_text_is_found() {
    TestClient client = rig.client();
    client.sends(query("select " + "x".repeat(8000) + of(KEPT)));
    answers();

    assertThat(told).singleElement().extracting(TracedStatement::traceParent).isEqualTo(KEPT);
  }

  @Test
  void answers_of_queries_sent_ahead_are_told_with_their_own_traces() {
    TestClient client = rig.client();
    client.sends(query("select 1" + of(KEPT)), query("select 2"), query("select 3" + of(OTHER)));
    server.says(complete("SELECT 1"), ready('I'));
    assertThat(told).extracting(TracedStatement::traceParent).containsExactly(KEPT);
    server.says(complete("SELECT 1"), ready('I'));
    assertThat(told).hasSize(1);
    server.says(error("22012", "division by zero"), ready('I'));

    assertThat(told).extracting(TracedStatement::traceParent).containsExactly(KEPT, OTHER);
    assertThat(told.getLast().error()).isEqualTo("22012");
    assertThat(told.getFirst().error()).isNull();
  }

  @Test
  void a_batch_is_told_as_one_and_an_empty_sync_is_nobodys() {
    TestClient client = rig.client();
    client.sends(
        parse("", "select $1" + of(KEPT)),
        bind("", "", "secret"),
        execute("", 0),
        execute("", 0),
        sync(),
        sync(),
        query("select 2" + of(OTHER)));
    server.says(
        parseComplete(), bindComplete(), complete("SELECT 1"), complete("SELECT 0"), ready('I'));
    assertThat(told).singleElement().extracting(TracedStatement::statements).isEqualTo(2);
    server.says(ready('I'));
    assertThat(told).hasSize(1);
    answers();

    assertThat(told).extracting(TracedStatement::traceParent).containsExactly(KEPT, OTHER);
  }

  @Test
  void a_prepared_statement_is_told_each_time() {
    TestClient client = rig.client();
    client.sends(parse("s", "select $1" + of(KEPT)), sync());
    server.says(parseComplete(), parameterDescription(25), noData(), ready('I'));
    assertThat(told).isEmpty();
    for (int i = 0; i < 2; i++) {
      client.sends(bind("", "s", "secret"), execute("", 0), sync());
      server.says(bindComplete(), complete("SELECT 1"), ready('I'));
    }

    assertThat(told).hasSize(2).allMatch(statement -> statement.traceParent().equals(KEPT));
    assertThat(told.getFirst().text().shown()).isEqualTo("select $1");
  }

  @Test
  void what_was_under_way_before_anybody_wanted_to_know_is_not_told() {
    TestClient client = rig.client();
    client.sends(query("select 1"));
    rig.registry.traces(rig.registry.statementLog().traces());
    rig.loop.run();
    client.sends(query("select 2" + of(KEPT)));
    answers();
    answers();
    assertThat(told).isEmpty();
    client.sends(query("select 3" + of(OTHER)));
    answers();

    assertThat(told).singleElement().extracting(TracedStatement::traceParent).isEqualTo(OTHER);
  }

  @Test
  void a_statement_whose_server_is_lost_is_told_as_failed() {
    TestClient client = rig.client();
    client.sends(query("select 1" + of(KEPT)));
    server.dies();

    assertThat(told)
        .singleElement()
        .satisfies(statement -> assertThat(statement.error()).startsWith("08"));
  }
}
