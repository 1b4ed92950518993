package org.pglynx.proxy.config.hba;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pglynx.proxy.config.ConfigFault;

/** Unit: files in the manner of pg_hba.conf. */
class HbaReaderTest {
  @TempDir private Path directory = Path.of("");
  private final HbaReader reader = new HbaReader();

  private Path file(String name, String... lines) {
    try {
      Path path = directory.resolve(name);
      Files.createDirectories(path.getParent());
      return Files.writeString(path, String.join("\n", lines) + "\n");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private List<HbaRule> rules(String... lines) {
    return reader.rules(file("pg_hba.conf", lines), "p.toml", 7, 3);
  }

  private HbaRule rule(String line) {
    List<HbaRule> rules = rules(line);
    assertThat(reader.faults()).isEmpty();
    assertThat(rules).hasSize(1);
    return rules.getFirst();
  }

  private List<String> faults() {
    return reader.faults().stream()
        .map(ConfigFault::toString)
        .map(text -> text.replace(directory + "/", ""))
        .toList();
  }

  private static List<String> names(List<NameMatch> matches) {
    return matches.stream()
        .map(match ->
            switch (match) {
              case NameMatch.All all -> "<all>";
              case NameMatch.SameUser same -> "<sameuser>";
              case NameMatch.Replication replication -> "<replication>";
              case NameMatch.Exactly exactly -> exactly.name();
              case NameMatch.Like like -> "like " + like.expression();
            })
        .toList();
  }

  @Test
  void the_file_of_a_fresh_server_is_taken_as_it_is() {
    List<HbaRule> rules =
        rules(
            "# TYPE  DATABASE        USER            ADDRESS                 METHOD",
            "",
            "# \"local\" is for Unix domain socket connections only",
            "local   all             all                                     peer",
            "host    all             all             127.0.0.1/32            scram-sha-256",
            "host    all             all             ::1/128                 scram-sha-256",
            "local   replication     all                                     peer",
            "host    replication     all             127.0.0.1/32            scram-sha-256",
            "host    replication     all             ::1/128                 scram-sha-256");

    assertThat(reader.faults()).isEmpty();
    assertThat(rules)
        .extracting(HbaRule::method)
        .containsExactly(
            HbaMethod.PEER,
            HbaMethod.SCRAM_SHA_256,
            HbaMethod.SCRAM_SHA_256,
            HbaMethod.PEER,
            HbaMethod.SCRAM_SHA_256,
            HbaMethod.SCRAM_SHA_256);
    assertThat(rules.get(1).source()).isEqualTo(directory.resolve("pg_hba.conf") + ":5");
  }

  @ParameterizedTest
  @ValueSource(strings = {"local", "host", "hostssl", "hostnossl", "hostgssenc", "hostnogssenc"})
  void every_connection_type_is_known(String type) {
    String address = type.equals("local") ? "" : " all";
    assertThat(rule(type + " all all" + address + " reject").way().word()).isEqualTo(type);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "all | <all>",
        "\"all\" | all",
        "sameuser | <sameuser>",
        "replication,a | <replication>,a",
        "a,b,c | a,b,c",
        "a, b,  c | a,b,c",
        "\"a b\",\"c,d\" | a b,c,d",
        "\"with \"\"quotes\"\"\" | with \"quotes\"",
        "\"#no comment\" | #no comment",
        "/^shop_\\d+$ | like ^shop_\\d+$",
        "\"/^a,b$\" | like ^a,b$",
        "pre\"fix ed\" | prefix ed",
        "ALL | ALL",
      })
  void databases_are_read_as_postgres_reads_them(String field, String expected) {
    assertThat(String.join(",", names(rule("local " + field + " all reject").databases())))
        .isEqualTo(expected);
  }

  @Test
  void a_line_goes_on_behind_a_backslash_and_its_number_is_the_first() {
    List<HbaRule> rules = rules("# first", "host all \\", "  all 10.0.0.0/8 \\", "  md5");

    assertThat(reader.faults()).isEmpty();
    assertThat(rules).singleElement().extracting(HbaRule::method).isEqualTo(HbaMethod.MD5);
    assertThat(rules.getFirst().source()).endsWith(":2");
  }

  @Test
  void a_comment_may_follow_a_rule() {
    assertThat(rule("local all all trust# as it is").method()).isEqualTo(HbaMethod.TRUST);
  }

  @Test
  void names_are_taken_from_other_files() {
    file("lists/admins", "anna ben", "# nobody", "\"c d\", @more");
    file("lists/more", "eve");

    assertThat(names(rule("local all @lists/admins,zoe trust").users()))
        .containsExactly("anna", "ben", "c d", "eve", "zoe");
  }

  @Test
  void other_files_are_included_in_their_place() {
    file("one.conf", "local one all trust");
    file("rules/b.conf", "local b all trust");
    file("rules/a.conf", "local a all trust");
    file("rules/.hidden.conf", "local hidden all trust");
    file("rules/a.bak", "local bak all trust");
    List<HbaRule> rules =
        rules(
            "include one.conf",
            "include_if_exists none.conf",
            "include_dir \"rules\"",
            "local last all trust");

    assertThat(faults()).isEmpty();
    assertThat(rules)
        .extracting(rule -> names(rule.databases()).getFirst())
        .containsExactly("one", "a", "b", "last");
  }

  @Test
  void a_file_that_includes_itself_is_refused() {
    assertThat(rules("include pg_hba.conf")).isEmpty();
    assertThat(faults())
        .singleElement()
        .asString()
        .startsWith("pg_hba.conf:1:1: could not open file")
        .endsWith("it includes itself");
  }

  @Test
  @Timeout(20)
  void files_that_include_each_other_often_are_refused_soon() {
    file(
        "other.conf",
        "include pg_hba.conf\n".repeat(9),
        "local @other.conf,@pg_hba.conf all reject");

    assertThat(rules("include other.conf\n".repeat(9))).hasSize(9);
    assertThat(faults()).hasSize(9 * 11).allMatch(fault -> fault.endsWith("it includes itself"));
  }

  @Test
  void files_that_are_named_too_deep_are_refused() {
    for (int i = 0; i < 12; i++) {
      file("deep" + i, "include deep" + (i + 1));
    }

    assertThat(rules("include deep0")).isEmpty();
    assertThat(faults()).singleElement().asString().endsWith("maximum nesting depth exceeded");
  }

  @Test
  void a_file_that_is_missing_is_a_fault_where_it_is_named() {
    reader.rules(directory.resolve("none"), "p.toml", 7, 3);
    rules("include gone.conf", "local all @nobody trust");

    assertThat(faults())
        .containsExactly(
            "p.toml:7:3: could not open file \"none\": No such file or directory",
            "pg_hba.conf:1:1: could not open file \"gone.conf\": No such file or directory",
            "pg_hba.conf:2:11: could not open file \"nobody\": No such file or directory");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "10.0.0.0/8 | 10.255.0.1 | true",
        "10.0.0.0/8 | 11.0.0.1 | false",
        "10.1.2.3/8 | 10.9.9.9 | true",
        "10.0.0.0 255.0.0.0 | 10.3.0.1 | true",
        "10.0.0.0 255.0.0.0 | 12.3.0.1 | false",
        "192.168.1.128/25 | 192.168.1.129 | true",
        "192.168.1.128/25 | 192.168.1.1 | false",
        "0.0.0.0/0 | 8.8.8.8 | true",
        "0.0.0.0/0 | ::1 | false",
        "::/0 | 2001:db8::1 | true",
        "::/0 | 8.8.8.8 | false",
        "2001:db8::/32 | 2001:db8:ffff::1 | true",
        "2001:db8::/33 | 2001:db8:ffff::1 | false",
        "fe80::1 ffff:ffff:ffff:ffff:: | fe80::2 | true",
      })
  void networks_hold_their_addresses(String network, String address, boolean expected) {
    HbaRule rule = rule("host all all " + network + " md5");

    assertThat(((AddressMatch.Network) rule.address()).contains(InetAddress.ofLiteral(address)))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "hosts all all all md5 | 1: invalid connection type \"hosts\"",
        "host,local all all all md5 | 1: multiple values specified for connection type",
        "host | 1: end-of-line before database specification",
        "host all | 1: end-of-line before role specification",
        "host all all | 1: end-of-line before IP address specification",
        "host all all 10.0.0.0/8 | 1: end-of-line before authentication method",
        "host all all 10.0.0.0 | 14: end-of-line before netmask specification",
        "host all all 10.0.0.0 md5 | 23: invalid IP mask \"md5\"",
        "host all all 10.0.0.0 ffff:: md5 | 23: IP address and mask do not match",
        "host all all 10.0.0.0/33 md5 | 14: invalid CIDR mask in address \"10.0.0.0/33\"",
        "host all all 10.0.0.0/x md5 | 14: invalid CIDR mask in address \"10.0.0.0/x\"",
        "host all all ::/129 md5 | 14: invalid CIDR mask in address \"::/129\"",
        "host all all 10.0.0.256/8 md5 | 14: invalid IP address \"10.0.0.256\"",
        "host all all example.org md5 | 14: \"example.org\" is no IP address; host names are not"
            + " served in rules, write the network",
        "host all all .example.org md5 | 14: \".example.org\" is no IP address; host names are not"
            + " served in rules, write the network",
        "local samerole all md5 | 7: \"samerole\" is not served: the proxy does not know which"
            + " roles are members of which; name the databases",
        "local samegroup all md5 | 7: \"samegroup\" is not served: the proxy does not know which"
            + " roles are members of which; name the databases",
        "local all +staff md5 | 11: \"+staff\" is not served: the proxy does not know which roles"
            + " are members of which; name the users, or keep them in an @file",
        "local /[ all md5 | 7: invalid regular expression \"[\": Unclosed character class",
        "local all all krb5 | 15: invalid authentication method \"krb5\"",
        "local all all ident | 15: authentication method \"ident\" is not served; use"
            + " scram-sha-256, cert, peer, md5, password, trust or reject",
        "local all all ldap ldapserver=x | 15: authentication method \"ldap\" is not served; use"
            + " scram-sha-256, cert, peer, md5, password, trust or reject",
        "host all all all peer | 18: peer authentication is only supported on local sockets",
        "host all all all cert | 18: cert authentication is only supported on hostssl connections",
        "local all all md5 quickly | 19: authentication option not in name=value format: quickly",
        "local all all md5 speed=9 | 19: unrecognized authentication option name: \"speed\"",
        "local all all md5 map=m | 19: authentication option \"map\" is only valid for"
            + " authentication methods peer and cert, and behind clientcert=verify-full",
        "host all all all md5 clientcert=verify-ca | 22: clientcert can only be configured for"
            + " \"hostssl\" rows",
        "hostssl all all all md5 clientcert=1 | 25: invalid value for clientcert: \"1\"",
        "hostssl all all all cert clientcert=verify-ca | 26: clientcert only accepts"
            + " \"verify-full\" when using \"cert\" authentication",
        "hostssl all all all cert clientname=DN | 26: clientname=DN is not served; certificates are"
            + " named by their CN",
      })
  void a_faulty_rule_is_named_with_its_place(String line, String fault) {
    assertThat(rules("# a comment", line)).isEmpty();
    assertThat(faults()).containsExactly("pg_hba.conf:2:" + fault);
  }

  @Test
  void options_are_read() {
    HbaRule cert = rule("hostssl all all all cert map=people clientcert=verify-full clientname=CN");
    assertThat(cert.map()).isEqualTo("people");
    assertThat(cert.certificate()).isEqualTo(HbaRule.ClientCertificate.VERIFY_FULL);
    assertThat(rule("hostssl all all all md5 clientcert=verify-ca").certificate())
        .isEqualTo(HbaRule.ClientCertificate.VERIFY_CA);
  }

  @Test
  void an_inline_rule_has_the_place_of_its_table() {
    assertThat(reader.inline("host all all 10.0.0.0/8 md5", "p.toml", 4, 2)).hasSize(1);
    assertThat(reader.inline("host all all nowhere md5", "p.toml", 4, 2)).isEmpty();
    assertThat(faults()).singleElement().asString().startsWith("p.toml:4:2: ");
  }

  @Test
  void an_inline_rule_names_no_file() {
    assertThat(reader.inline("host @names all 10.0.0.0/8 md5", "p.toml", 4, 2)).isEmpty();
    assertThat(faults())
        .containsExactly(
            "p.toml:4:2: \"@names\" is only served in the rules of a file; name them here");
  }

  @ParameterizedTest
  @ValueSource(strings = {"include \"a\0b\"", "include_dir a\0b", "local @a\0b all reject"})
  void what_cannot_be_the_name_of_a_file_is_a_fault(String line) {
    assertThat(rules(line).size()).isLessThanOrEqualTo(1);
    assertThat(faults())
        .singleElement()
        .asString()
        .contains("pg_hba.conf:1:")
        .contains("this is no name of a file: Nul character not allowed");
  }

  @Test
  void whatever_stands_in_a_file_is_a_rule_or_a_fault() {
    Random random = new Random(20261125);
    String[] parts = {
      "host", "hostssl", "local", "all", "replication", "@", "/", "/[", "+", "\"", "\"\"", ",", " ",
      "\t", "#", "\\", "10.0.0.0", "/8", "::", ":", "255.0.0.0", "md5", "cert", "peer", "map=", "=",
      "clientcert=verify-full", "include ", "include_dir ", "ä", "\0", "samehost", "*"
    };
    for (int run = 0; run < 3_000; run++) {
      StringBuilder line = new StringBuilder();
      for (int i = random.nextInt(14); i > 0; i--) {
        line.append(parts[random.nextInt(parts.length)]).append(random.nextBoolean() ? " " : "");
      }
      HbaReader each = new HbaReader();
      List<HbaRule> rules = each.inline(line.toString(), "p.toml", 1, 1);
      assertThat(rules.isEmpty()).isEqualTo(!each.faults().isEmpty());
    }
  }

  private boolean maps(String entry, String outside, String user) {
    List<IdentEntry> entries =
        reader.maps(file("pg_ident.conf", "# MAP SYSTEM USER", entry), "p.toml", 1, 1);
    assertThat(reader.faults()).isEmpty();
    return entries.stream().anyMatch(each -> each.map().equals("m") && each.allows(outside, user));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "m anna app | anna | app | true",
        "m anna app | anna | other | false",
        "m anna app | ANNA | app | false",
        "m anna all | anna | whoever | true",
        "m anna \"all\" | anna | whoever | false",
        "m /^(.*)@shop$ \\1 | anna@shop | anna | true",
        "m /^(.*)@shop$ \\1 | anna@shop | ben | false",
        "m /^(.*)@shop$ \\1 | anna@elsewhere | anna | false",
        "m /^(.*)@shop$ \\1_ro | anna@shop | anna_ro | true",
        "m /^anna /^app_ | anna | app_1 | true",
        "m anna /^app_ | anna | other | false",
        "other anna app | anna | app | false",
      })
  void names_are_mapped(String entry, String outside, String user, boolean expected) {
    assertThat(maps(entry, outside, user)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "m anna | 1: missing entry: database user name",
        "m anna +staff | 8: \"+staff\" is not served: the proxy does not know the members of roles",
        "m /[ app | 3: invalid regular expression \"[\": Unclosed character class",
        "m /x \\1 | 6: regular expression \"x\" has no subexpressions as requested by backreference"
            + " in \"\\1\"",
      })
  void a_faulty_map_is_named_with_its_place(String line, String fault) {
    reader.maps(file("pg_ident.conf", line), "p.toml", 1, 1);
    assertThat(faults()).containsExactly("pg_ident.conf:1:" + fault);
  }
}
