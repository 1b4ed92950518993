package org.pglynx.proxy.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.relay.ServerRole;
import org.pglynx.proxy.sql.StatementClass;

class RouterTest {
  /** What a database with the corpus' schema says, as far as the corpus asks. */
  private static final FunctionCatalog CATALOG =
      FunctionCatalog.of(
          Set.of(
              """
              count sum max array_agg string_agg lower upper length now clock_timestamp
              statement_timestamp random generate_series unnest json_to_record pg_sleep
              pg_backend_pid version pg_relation_size pg_size_pretty pg_total_relation_size
              row_number rank percentile_cont stable_sum pure to_char date_trunc
              jsonb_build_object jsonb_agg gen_random_uuid left right has_table_privilege
              current_setting obj_description format_type bernoulli txid_current
              pg_current_xact_id
              """
                  .strip()
                  .split("\\s+")),
          Set.of(
              """
              writes of_row overloaded defaulting counted counting ##> checks checked guarded
              next_view over_next_view lock_view scratch scratch_view nextval setval
              """
                  .strip()
                  .split("\\s+")));

  private final Router router = new Router(new RoutingPolicy(RoleSetting.AUTO, false, 1 << 20));

  private RoutePlan plan(String sql) {
    return plan(sql, false);
  }

  private RoutePlan plan(String sql, boolean plainBackslashes) {
    ByteBuf text = Unpooled.copiedBuffer(sql, StandardCharsets.UTF_8);
    return router.on(Runnable::run).plan(text, 0, text.readableBytes(), plainBackslashes);
  }

  @Test
  void each_statement_of_the_corpus_goes_where_it_may_run() {
    router.knows(CATALOG);

    List<StatementCorpus.Case> wrong =
        StatementCorpus.all().stream()
            .filter(each -> plan(each.sql()).reads(router.catalog(), false) != each.replica())
            .toList();

    assertThat(wrong).isEmpty();
    assertThat(StatementCorpus.all()).hasSizeGreaterThan(200);
  }

  @Test
  void an_unknown_database_is_trusted_with_nothing_that_it_names() {
    assertThat(plan("SELECT 1").reads(router.catalog(), false)).isTrue();
    assertThat(plan("SELECT id FROM t").reads(router.catalog(), false)).isFalse();
    assertThat(plan("SELECT now()").reads(router.catalog(), false)).isFalse();
  }

  @Test
  void a_plan_is_judged_anew_when_the_database_says_something_else() {
    router.knows(CATALOG);
    assertThat(plan("SELECT pure(1)").reads(router.catalog(), false)).isTrue();

    router.knows(FunctionCatalog.of(Set.of("lower"), Set.of("pure")));

    assertThat(plan("SELECT pure(1)").reads(router.catalog(), false)).isFalse();
  }

  @Test
  void the_same_answer_of_the_database_leaves_the_plans_as_they_are() {
    router.knows(CATALOG);
    FunctionCatalog first = router.catalog();

    router.knows(FunctionCatalog.of(Set.of("a"), Set.of()));
    router.knows(FunctionCatalog.of(Set.of("a"), Set.of()));

    FunctionCatalog second = router.catalog();
    router.knows(FunctionCatalog.of(Set.of("a"), Set.of()));
    assertThat(second).isNotSameAs(first);
    assertThat(router.catalog()).isSameAs(second);
  }

  @Test
  void texts_that_differ_in_literals_are_read_once() {
    plan("SELECT id FROM t WHERE id = 1 AND name = 'a'");
    plan("select ID  from T where id=22 and name = E'b\\'' ; ");
    plan("SELECT id /* x */ FROM t WHERE id = 3 AND name = $$c$$ -- y");

    assertThat(router.counts().misses()).isEqualTo(1);
    assertThat(router.counts().hits()).isEqualTo(2);
    assertThat(router.counts().plans()).isEqualTo(1);
  }

  @Test
  void a_text_that_is_known_allocates_nothing() {
    Router.Texts texts = router.on(Runnable::run);
    ByteBuf text =
        Unpooled.copiedBuffer(
            "SELECT abalance FROM pgbench_accounts WHERE aid = 12345 /* x */;",
            StandardCharsets.UTF_8);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long bytes = Long.MAX_VALUE;
    for (int round = 0; round < 20; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 2_000; i++) {
        texts.plan(text, 0, text.readableBytes(), false).reads(router.catalog(), false);
      }
      bytes = Math.min(bytes, threads.getCurrentThreadAllocatedBytes() - before);
    }

    assertThat(bytes).isLessThan(2_000);
  }

  @Test
  void literals_of_another_kind_make_another_plan() {
    plan("SELECT 1");
    plan("SELECT 'a'");
    plan("SELECT B'1'");
    plan("SELECT $1");
    plan("SELECT \"a\"");
    plan("SELECT a");

    assertThat(router.counts().plans()).isEqualTo(6);
  }

  @Test
  void a_text_that_cannot_be_read_is_counted() {
    plan("SELECT 'open");
    plan("SELECT (1");
    plan("nonsense");

    assertThat(router.counts().failures()).isEqualTo(3);
  }

  @Test
  void a_text_longer_than_the_limit_is_not_read() {
    Router small = new Router(new RoutingPolicy(RoleSetting.AUTO, false, 10));
    ByteBuf text = Unpooled.copiedBuffer("SELECT 12345", StandardCharsets.UTF_8);

    RoutePlan plan = small.on(Runnable::run).plan(text, 0, text.readableBytes(), false);

    assertThat(plan).isSameAs(RoutePlan.DOUBTFUL);
  }

  @Test
  void a_comment_directs_its_text() {
    assertThat(plan("/* role: primary */ SELECT 1").direction()).isEqualTo(ServerRole.PRIMARY);
    assertThat(plan("SELECT 1 -- role=replica").direction()).isEqualTo(ServerRole.REPLICA);
    assertThat(plan("SELECT /* x, ROLE : 'Any' */ 1").direction()).isEqualTo(ServerRole.ANY);
    assertThat(plan("/*pgdog_role: replica*/ DELETE FROM t").direction())
        .isEqualTo(ServerRole.REPLICA);
    assertThat(plan("/* pglynx_role: primary */ SELECT 1").direction())
        .isEqualTo(ServerRole.PRIMARY);
  }

  @Test
  void other_comments_direct_nothing() {
    assertThat(plan("/* role: admin */ SELECT 1").direction()).isNull();
    assertThat(plan("/* role: primarykey */ SELECT 1").direction()).isNull();
    assertThat(plan("/* payrole: primary */ SELECT 1").direction()).isNull();
    assertThat(plan("SELECT '/* role: primary */'").direction()).isNull();
    assertThat(plan("SELECT role FROM t -- primary").direction()).isNull();
  }

  @Test
  void backslashes_that_escape_hide_no_statement() {
    // With standard_conforming_strings off the second quote does not end the string.
    String sql = "SELECT 'a\\'; DELETE FROM t; --'";

    assertThat(plan(sql).kind()).isEqualTo(StatementClass.SEVERAL);
    assertThat(plan(sql, true).reads(CATALOG, false)).isFalse();
  }

  @Test
  void begin_reads_if_the_session_reads_by_default() {
    assertThat(plan("BEGIN").reads(CATALOG, true)).isTrue();
    assertThat(plan("BEGIN").reads(CATALOG, false)).isFalse();
    assertThat(plan("BEGIN READ WRITE").reads(CATALOG, true)).isFalse();
    assertThat(plan("BEGIN ISOLATION LEVEL SERIALIZABLE").reads(CATALOG, true)).isFalse();
  }
}
