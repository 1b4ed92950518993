package org.pglynx.proxy.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pglynx.proxy.auth.AuthMethod;
import org.pglynx.proxy.auth.StoredSecret;
import org.pglynx.proxy.config.AuthConfig;
import org.pglynx.proxy.config.AuthType;
import org.pglynx.proxy.config.hba.HbaMethod;
import org.pglynx.proxy.config.hba.HbaReader;
import org.pglynx.proxy.config.hba.HbaRule;
import org.pglynx.proxy.session.Admissions;
import org.pglynx.proxy.session.Admissions.Proof;
import org.pglynx.proxy.session.Admissions.Refusal;
import org.pglynx.proxy.session.Caller;
import org.pglynx.proxy.session.Origin;
import org.pglynx.proxy.wire.PgErrorException;

/** Unit: which caller is asked for what. */
class ReceptionTest {
  private static final StoredSecret SECRET = new StoredSecret.Plain("secret");
  private final List<HbaRule> rules = new ArrayList<>();
  private boolean plaintextAllowed;

  private void rule(String line) {
    HbaReader reader = new HbaReader();
    rules.addAll(reader.inline(line, "pg_hba.conf", rules.size() + 1, 1));
    assertThat(reader.faults()).isEmpty();
  }

  private static Origin from(String address) {
    return Origin.tcp(InetAddress.ofLiteral(address));
  }

  private static Origin tls(@Nullable String certificate) {
    return new Origin(InetAddress.ofLiteral("10.0.0.1"), true, certificate, null);
  }

  private static Origin local(int uid) {
    return Origin.local(new Origin.Peer(uid, 1));
  }

  private Admissions.Answer answer(String database, String user, Origin origin) {
    return answer(new Caller(database, user, false, origin));
  }

  private Admissions.Answer answer(Caller caller) {
    LocalNetworks here =
        new LocalNetworks(
            List.of(new LocalNetworks.Address(InetAddress.ofLiteral("172.16.5.1"), 24)));
    AuthConfig config =
        new AuthConfig(
            AuthType.SCRAM_SHA_256,
            rules.isEmpty() ? Optional.empty() : Optional.of(rules),
            List.of(),
            Map.of(),
            Optional.empty(),
            plaintextAllowed,
            1,
            0);
    Directory directory =
        new Directory(new Reception(config, here, new SystemUsers(Map.of(1000, "anna"))));
    Account.Door door =
        (database, user, secret, keys) -> {
          throw new IllegalStateException("entered");
        };
    directory.add("shop", "anna", new Account(HbaMethod.SCRAM_SHA_256, own(SECRET), door));
    directory.add("shop", "trusted", new Account(HbaMethod.TRUST, own(null), door));
    return directory.admit(caller).toCompletableFuture().join();
  }

  private static Secrets own(@Nullable StoredSecret secret) {
    return new Secrets.Known(secret, Map.of(), null, true);
  }

  private static String message(Admissions.Answer answer) {
    Refusal refusal = (Refusal) answer;
    return refusal.error().code() + " " + refusal.error().message();
  }

  @Test
  void without_rules_each_account_says_how() {
    assertThat(((Proof) answer("shop", "anna", from("10.0.0.1"))).method())
        .isEqualTo(AuthMethod.SCRAM_SHA_256);
    assertThat(((Proof) answer("shop", "trusted", from("10.0.0.1"))).method())
        .isEqualTo(AuthMethod.TRUST);
  }

  @Test
  void the_first_rule_that_matches_decides() {
    rule("host all all 10.0.0.0/8 md5");
    rule("host all all all trust");

    assertThat(((Proof) answer("shop", "anna", from("10.0.0.1"))).method())
        .isEqualTo(AuthMethod.MD5);
    assertThat(((Proof) answer("shop", "anna", from("11.0.0.1"))).method())
        .isEqualTo(AuthMethod.TRUST);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "10.1.2.3 | 28000 no pg_hba.conf entry for host \"10.1.2.3\", user \"anna\", database"
            + " \"shop\", no encryption",
        "2001:db8::1 | 28000 no pg_hba.conf entry for host \"2001:db8::1\", user \"anna\", database"
            + " \"shop\", no encryption",
      })
  void without_a_rule_nobody_comes_in_in_the_words_of_postgres(String address, String expected) {
    rule("host other all all trust");

    assertThat(message(answer("shop", "anna", from(address)))).isEqualTo(expected);
  }

  @Test
  void the_words_name_encryption_sockets_and_replication() {
    rule("host other all all trust");

    assertThat(message(answer("shop", "anna", tls(null)))).endsWith("SSL encryption");
    assertThat(message(answer("shop", "anna", local(1)))).contains("host \"[local]\"");
    assertThat(message(answer(new Caller("anna", "anna", true, from("10.0.0.1")))))
        .isEqualTo(
            "28000 no pg_hba.conf entry for replication connection from host \"10.0.0.1\", user"
                + " \"anna\", no encryption");
  }

  @Test
  void a_rule_may_reject() {
    rule("host all anna all reject");
    rule("host all all all trust");

    assertThat(message(answer("shop", "anna", from("10.0.0.1"))))
        .isEqualTo(
            "28000 pg_hba.conf rejects connection for host \"10.0.0.1\", user \"anna\", database"
                + " \"shop\", no encryption");
    assertThat(answer("shop", "trusted", from("10.0.0.1"))).isInstanceOf(Proof.class);
  }

  @ParameterizedTest
  @CsvSource({
    "hostssl, true, true",
    "hostssl, false, false",
    "hostnossl, true, false",
    "hostnossl, false, true",
    "host, true, true",
    "hostnogssenc, true, true",
    "hostgssenc, true, false"
  })
  void the_type_of_a_rule_asks_for_encryption(String type, boolean encrypted, boolean matches) {
    rule(type + " all all all md5");

    assertThat(answer("shop", "anna", encrypted ? tls(null) : from("10.0.0.1")) instanceof Proof)
        .isEqualTo(matches);
  }

  @ParameterizedTest
  @CsvSource({
    "samehost, 172.16.5.1, true",
    "samehost, 172.16.5.2, false",
    "samenet, 172.16.5.2, true",
    "samenet, 172.16.6.2, false",
    "samenet, ::1, false"
  })
  void rules_know_the_networks_of_this_machine(String word, String address, boolean matches) {
    rule("host all all " + word + " md5");

    assertThat(answer("shop", "anna", from(address)) instanceof Proof).isEqualTo(matches);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "sameuser all | anna | anna | true",
        "sameuser all | shop | anna | false",
        "/^sh all | shop | anna | true",
        "/^sh all | cash | anna | false",
        "all /^an | shop | anna | true",
        "all /^an | shop | joan | false",
        "shop,till anna,ben | till | ben | true",
        "shop,till anna,ben | till | eve | false",
        "replication all | replication | anna | false",
        "\"replication\" all | replication | anna | true",
      })
  void names_match(String fields, String database, String user, boolean matches) {
    rule("host " + fields + " all md5");

    assertThat(answer(database, user, from("10.0.0.1")) instanceof Proof).isEqualTo(matches);
  }

  @Test
  void all_is_not_replication() {
    rule("host all all all trust");
    Caller streaming = new Caller("anna", "anna", true, from("10.0.0.1"));
    assertThat(answer(streaming)).isInstanceOf(Refusal.class);
    rule("host replication anna all md5");
    assertThat(answer(streaming)).isInstanceOf(Proof.class);
  }

  @Test
  void a_certificate_must_be_the_users() {
    rule("hostssl all all all cert");

    assertThat(((Proof) answer("shop", "anna", tls("anna"))).method()).isEqualTo(AuthMethod.TRUST);
    assertThat(message(answer("shop", "anna", tls("ben"))))
        .isEqualTo("28000 certificate authentication failed for user \"anna\"");
    assertThat(message(answer("shop", "anna", tls(null))))
        .isEqualTo("28000 connection requires a valid client certificate");
  }

  @Test
  void a_certificate_besides_the_password_fails_like_a_wrong_password() {
    rule("hostssl all all all scram-sha-256 clientcert=verify-full");

    assertThat(((Proof) answer("shop", "anna", tls("anna"))).secret()).isEqualTo(SECRET);
    assertThat(((Proof) answer("shop", "anna", tls("ben"))).secret()).isNull();
  }

  @Test
  void the_peer_on_a_socket_must_be_the_user() {
    rule("local all all peer");

    assertThat(((Proof) answer("shop", "anna", local(1000))).method()).isEqualTo(AuthMethod.TRUST);
    assertThat(message(answer("shop", "trusted", local(1000))))
        .isEqualTo("28000 Peer authentication failed for user \"trusted\"");
    assertThat(message(answer("shop", "anna", local(77)))).contains("Peer authentication failed");
    assertThat(message(answer("shop", "anna", Origin.local(null))))
        .contains("Peer authentication failed");
  }

  @Test
  void a_password_in_clear_needs_a_connection_that_nobody_hears() {
    rule("host all all all password");
    rule("local all all password");

    assertThat(message(answer("shop", "anna", from("10.0.0.1")))).contains("in clear");
    assertThat(answer("shop", "anna", tls(null))).isInstanceOf(Proof.class);
    assertThat(answer("shop", "anna", local(1))).isInstanceOf(Proof.class);
    plaintextAllowed = true;
    assertThat(answer("shop", "anna", from("10.0.0.1"))).isInstanceOf(Proof.class);
  }

  @Test
  void a_trusted_stranger_is_told_that_he_does_not_exist() {
    rule("host all all all trust");
    Proof proof = (Proof) answer("shop", "stranger", from("10.0.0.1"));

    PgErrorException refused =
        catchThrowableOfType(PgErrorException.class, () -> proof.entry().enter(null));
    assertThat(refused.error().code()).isEqualTo("28000");
    assertThat(refused.error().message()).isEqualTo("role \"stranger\" does not exist");
  }

  @Test
  void a_stranger_is_asked_as_everybody() {
    Proof proof = (Proof) answer("shop", "stranger", from("10.0.0.1"));

    assertThat(proof.method()).isEqualTo(AuthMethod.SCRAM_SHA_256);
    assertThat(proof.secret()).isNull();
  }

  private static Proof anyUser(Map<String, KnownSecret> listed, String user) {
    AuthConfig config =
        new AuthConfig(
            AuthType.TRUST, Optional.empty(), List.of(), Map.of(), Optional.empty(), false, 1, 0);
    Directory directory =
        new Directory(
            new Reception(config, new LocalNetworks(List.of()), new SystemUsers(Map.of())));
    directory.add(
        "shop",
        "*",
        new Account(
            HbaMethod.TRUST,
            new Secrets.Known(null, listed, null, false),
            (database, name, secret, keys) -> {
              throw new IllegalStateException(name + " has come in");
            }));
    return (Proof)
        directory
            .admit(new Caller("shop", user, false, from("10.0.0.1")))
            .toCompletableFuture()
            .join();
  }

  @Test
  void a_trusted_user_must_be_known_where_users_are_listed() {
    Map<String, KnownSecret> listed = Map.of("anna", KnownSecret.of(null));

    assertThatThrownBy(() -> anyUser(listed, "anna").entry().enter(null))
        .hasMessage("anna has come in");
    assertThatThrownBy(() -> anyUser(listed, "stranger").entry().enter(null))
        .isInstanceOf(PgErrorException.class);
  }

  @Test
  void where_nobody_lists_users_the_server_says_who_exists() {
    assertThatThrownBy(() -> anyUser(Map.of(), "whoever").entry().enter(null))
        .hasMessage("whoever has come in");
  }
}
