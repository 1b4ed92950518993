package org.pglynx.proxy.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pglynx.proxy.config.AuthConfig;
import org.pglynx.proxy.config.AuthType;
import org.pglynx.proxy.config.hba.HbaMethod;
import org.pglynx.proxy.session.Admissions.Proof;
import org.pglynx.proxy.session.Caller;
import org.pglynx.proxy.session.Origin;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;

/** Unit: which server a client means that asks for replication=true. */
class ReplicatedServerTest {
  private final List<String> entered = new ArrayList<>();
  private final Directory directory =
      new Directory(
          new Reception(
              new AuthConfig(
                  AuthType.TRUST,
                  Optional.empty(),
                  List.of(),
                  Map.of(),
                  Optional.empty(),
                  false,
                  1,
                  0),
              new LocalNetworks(List.of()),
              new SystemUsers(Map.of())));

  private void pool(String name, String server, String... users) {
    directory.server(name, server);
    for (String user : users) {
      directory.add(
          name,
          user,
          new Account(
              HbaMethod.TRUST,
              new Secrets.Known(null, Map.of(), null, false),
              (database, named, secret, keys) -> {
                entered.add(name + " by " + database + "/" + named);
                throw PgError.fatal(org.pglynx.proxy.wire.SqlState.INTERNAL_ERROR, "in")
                    .toException();
              }));
    }
  }

  private PgError asks(String database, String user) {
    Caller caller = new Caller(database, user, true, Origin.tcp(InetAddress.getLoopbackAddress()));
    Proof proof = (Proof) directory.admit(caller).toCompletableFuture().join();
    return catchThrowableOfType(PgErrorException.class, () -> proof.entry().enter(null)).error();
  }

  @ParameterizedTest
  @CsvSource({"replication", "whatever", "anna"})
  void any_name_means_the_only_server(String database) {
    pool("shop", "db1:5432", "anna");
    pool("other", "db1:5432", "ben");

    asks(database, "anna");
    asks(database, "ben");

    assertThat(entered).containsExactly("shop by shop/anna", "other by other/ben");
  }

  @Test
  void a_pools_name_means_its_server_among_several() {
    pool("shop", "db1:5432", "anna");
    pool("other", "db2:5432", "anna");

    asks("other", "anna");

    assertThat(entered).containsExactly("other by other/anna");
  }

  @Test
  void a_pool_may_be_called_as_the_programs_say() {
    pool("shop", "db1:5432", "anna");
    pool("replication", "db2:5432", "anna");

    asks("replication", "anna");

    assertThat(entered).containsExactly("replication by replication/anna");
  }

  @Test
  void no_name_among_several_servers_is_refused_with_advice() {
    pool("shop", "db1:5432", "anna");
    pool("other", "db2:5432", "anna");

    PgError error = asks("replication", "anna");

    assertThat(entered).isEmpty();
    assertThat(error.code()).isEqualTo("3D000");
    assertThat(error.message()).isEqualTo("database \"replication\" does not exist");
    assertThat(error.hint()).contains("several servers", "dbname");
  }

  @Test
  void the_pool_of_any_name_is_everybodys() {
    pool("shop", "db1:5432", "anna");
    pool("*", "db2:5432", "anna");

    asks("replication", "anna");

    assertThat(entered).containsExactly("* by replication/anna");
  }

  @Test
  void a_user_that_no_pool_knows_is_told_so_only() {
    pool("shop", "db1:5432", "anna");

    assertThat(asks("replication", "stranger").message())
        .isEqualTo("role \"stranger\" does not exist");
  }

  @Test
  void an_ordinary_client_gets_no_such_help() {
    pool("shop", "db1:5432", "anna");
    Caller caller =
        new Caller("replication", "anna", false, Origin.tcp(InetAddress.getLoopbackAddress()));

    Proof proof = (Proof) directory.admit(caller).toCompletableFuture().join();
    PgError error =
        catchThrowableOfType(PgErrorException.class, () -> proof.entry().enter(null)).error();

    assertThat(error.code()).isEqualTo("3D000");
    assertThat(entered).isEmpty();
  }
}
