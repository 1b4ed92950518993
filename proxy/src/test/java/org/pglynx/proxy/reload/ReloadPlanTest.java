package org.pglynx.proxy.reload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.proxy.config.ConfigLoader;
import org.pglynx.proxy.config.ProxyConfig;
import org.pglynx.proxy.config.Setting;

/** Unit: what leads from one configuration to another. */
class ReloadPlanTest {
  private static final String FILE =
      """
      [general]
      port = 6432
      max_client_conn = 10
      client_login_timeout = 1000
      admin_username = "admin"
      admin_password = "secret"
      [ml]
      threads = 2
      [pools.shop]
      pool_mode = "transaction"
      [pools.shop.shards.0]
      database = "shop"
      servers = [["db", 5432, "primary"]]
      [pools.shop.users.0]
      username = "anna"
      password = "a"
      pool_size = 5
      [pools.shop.users.1]
      username = "bert"
      password = "b"
      pool_size = 6
      """;

  private static ProxyConfig config(String text) {
    return ConfigLoader.parse(text, "p.toml");
  }

  private static ReloadPlan plan(String from, String to) {
    assertThat(FILE).contains(from);
    return ReloadPlan.of(config(FILE), config(FILE.replace(from, to)));
  }

  private static List<String> names(ReloadPlan plan) {
    return plan.changes().stream().map(change -> change.getClass().getSimpleName()).toList();
  }

  @Test
  void the_same_file_changes_nothing() {
    ReloadPlan plan = ReloadPlan.of(config(FILE), config(FILE));

    assertThat(plan.isEmpty()).isTrue();
  }

  @Test
  void only_the_user_that_differs_changes() {
    ReloadPlan plan = plan("pool_size = 5", "pool_size = 7");

    assertThat(plan.changes())
        .filteredOn(Change.ChangePool.class::isInstance)
        .singleElement()
        .isInstanceOfSatisfying(
            Change.ChangePool.class, change -> assertThat(change.user().poolSize()).isEqualTo(7));
    assertThat(plan.keys()).containsExactly("pools.shop.users.0.pool_size");
  }

  @Test
  void what_a_database_says_changes_all_its_users() {
    ReloadPlan plan = plan("\"db\"", "\"other\"");

    assertThat(names(plan))
        .containsExactly(
            "ChangeLimits",
            "ChangePool",
            "ChangePool",
            "ChangeAutoPools",
            "ChangeAccess",
            "ChangeDoor");
  }

  @Test
  void a_password_changes_the_pool_and_the_access_though_no_setting_shows_it() {
    ReloadPlan plan = plan("password = \"b\"", "password = \"c\"");

    assertThat(plan.keys()).isEmpty();
    assertThat(names(plan)).contains("ChangePool", "ChangeAccess");
  }

  @Test
  void a_secret_of_auth_file_changes_the_pools_made_on_demand_too(@TempDir Path directory)
      throws IOException {
    String everybody =
        FILE.replace("[ml]", "auth_file = \"users.txt\"\n[ml]")
            .replace("username = \"bert\"\npassword = \"b\"", "username = \"*\"");
    Path file = Files.writeString(directory.resolve("p.toml"), everybody);
    Path users = Files.writeString(directory.resolve("users.txt"), "\"carl\" \"old\"\n");
    ProxyConfig before = ConfigLoader.load(file);
    Files.writeString(users, "\"carl\" \"new\"\n");

    ReloadPlan plan = ReloadPlan.of(before, ConfigLoader.load(file));

    assertThat(names(plan)).containsSubsequence("ChangeLimits", "ChangeAutoPools", "ChangeAccess");
  }

  @Test
  void users_come_and_go() {
    ReloadPlan plan = plan("username = \"bert\"", "username = \"carl\"");

    assertThat(plan.changes())
        .contains(new Change.RemovePool("shop", "bert"))
        .anySatisfy(change ->
            assertThat(change)
                .isInstanceOfSatisfying(
                    Change.AddPool.class,
                    add -> assertThat(add.user().username()).isEqualTo("carl")));
  }

  @ParameterizedTest
  @CsvSource({
    "max_client_conn = 10,max_client_conn = 20,ChangeClientLimits",
    "client_login_timeout = 1000,client_login_timeout = 2000,ChangeDoor",
  })
  void a_general_setting_changes_what_it_is_of(String from, String to, String change) {
    assertThat(names(plan(from, to))).containsExactly(change);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "login_notify_message = \"hello\"",
        "application_name_add_host = true",
        "target_session_attrs = \"primary\"",
      })
  void what_clients_meet_with_at_the_door_changes_it(String setting) {
    assertThat(names(plan("port = 6432", "port = 6432\n" + setting))).containsExactly("ChangeDoor");
  }

  @ParameterizedTest
  @CsvSource({
    "port = 6432,port = 6433,general.port",
    "threads = 2,threads = 3,ml.threads",
  })
  void what_needs_a_restart_keeps_its_value(String from, String to, String key) {
    ReloadPlan plan = plan(from, to);

    assertThat(plan.needRestart()).containsExactly(key);
    assertThat(plan.changes()).isEmpty();
    assertThat(plan.effective().general().port()).isEqualTo(6432);
    assertThat(plan.effective().ml().threads()).isEqualTo(2);
    assertThat(plan.effective().settings()).containsAll(values(key));
  }

  private static List<Setting> values(String key) {
    return config(FILE).settings().stream().filter(each -> each.key().equals(key)).toList();
  }

  // ---- the reloader ----------------------------------------------------------------------------

  /** Notes what is asked of it. */
  private static final class Target implements ReloadTarget {
    final List<Change> applied = new ArrayList<>();
    boolean unusable;
    boolean breaks;

    @Override
    public void prepare(ProxyConfig config) throws ReloadException {
      if (unusable) {
        throw new ReloadException(List.of("the key is unreadable"));
      }
    }

    @Override
    public void apply(Change change, ProxyConfig config) {
      applied.add(change);
      if (breaks) {
        throw new IllegalStateException("a fault");
      }
    }
  }

  private final Target target = new Target();
  private String file = FILE;
  private final Reloader reloader = new Reloader(config(FILE), () -> config(file), target);

  @Test
  void a_reload_makes_every_change_and_is_in_effect() throws ReloadException {
    file = FILE.replace("pool_size = 5", "pool_size = 7");

    ReloadPlan plan = reloader.reload();

    assertThat(target.applied).isEqualTo(plan.changes()).isNotEmpty();
    assertThat(reloader.config()).isEqualTo(plan.effective());
    assertThat(reloader.reload().isEmpty()).isTrue();
  }

  @Test
  void a_faulty_file_changes_nothing_and_names_every_fault() {
    file = FILE.replace("pool_size = 5", "pool_size = 0").replace("port = 6432", "prot = 1");

    assertThatThrownBy(reloader::reload)
        .isInstanceOfSatisfying(
            ReloadException.class, refused -> assertThat(refused.faults()).hasSize(2));
    assertThat(target.applied).isEmpty();
    assertThat(reloader.config()).isEqualTo(config(FILE));
  }

  @Test
  void what_cannot_be_prepared_changes_nothing() {
    file = FILE.replace("pool_size = 5", "pool_size = 7");
    target.unusable = true;

    assertThatThrownBy(reloader::reload).hasMessage("the key is unreadable");
    assertThat(target.applied).isEmpty();
    assertThat(reloader.config()).isEqualTo(config(FILE));
  }

  @Test
  void a_change_that_breaks_does_not_keep_the_others_from_being_made() throws ReloadException {
    file = FILE.replace("pool_size = 5", "pool_size = 7");
    target.breaks = true;

    ReloadPlan plan = reloader.reload();

    assertThat(target.applied).isEqualTo(plan.changes()).hasSizeGreaterThan(1);
  }
}
