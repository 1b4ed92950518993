package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.config.hba.AddressMatch;
import org.pglynx.proxy.config.hba.HbaReader;
import org.pglynx.proxy.config.hba.HbaRule;
import org.pglynx.proxy.config.hba.NameMatch;

/** PostgreSQL itself says, by pg_hba_file_rules, how the same lines must be read. */
class HbaDifferentialIT {
  private static final List<String> LINES =
      List.of(
          "local all all trust",
          "local   all \t all   peer  # a comment",
          "host all all 127.0.0.1/32 scram-sha-256",
          "host all all ::1/128 md5",
          "host all all 10.1.2.3 255.255.0.0 password",
          "host all all 10.1.2.3/16 reject",
          "host all all 2001:db8:: ffff:ffff:: md5",
          "host all all all md5",
          "host all all samehost md5",
          "host all all samenet md5",
          "hostnossl a,b c,d 0.0.0.0/0 md5",
          "hostnogssenc a, b c 0.0.0.0/0 md5",
          "host \"a b\",\"c,d\" \"e\"\"f\" 0.0.0.0/0 md5",
          "host \"all\" \"all\" all md5",
          "host sameuser,replication all all md5",
          "host \"sameuser\" \"replication\" all md5",
          "host pre\"fix ed\" x all md5",
          "host a#b c all md5",
          "host /^shop_ \"/^a,b$\" all md5",
          "host \"#x\" y all md5",
          "host all all 10.0.0.0/8 md5 \\",
          "host all all 10.0.0.0/8 scram-sha-256",
          "hosts all all all md5",
          "host all",
          "host all all",
          "host all all 10.0.0.0",
          "host all all 10.0.0.0 md5",
          "host all all 10.0.0.0/33 md5",
          "host all all 10.0.0.0/ md5",
          "host all all 10.0.0.0 ffff:: md5",
          "host all all 300.0.0.0/8 md5",
          "host all all ::/129 md5",
          "host,local all all all md5",
          "host all all all,all md5",
          "host all all all md5,trust",
          "host all all all peer",
          "local all all cert",
          "host all all all cert",
          "local all all md5 map=x",
          "local all all peer map=x",
          "local all all md5 clientcert=verify-ca",
          "local all all md5 nonsense",
          "local all all md5 nonsense=1",
          "local all all krb5",
          "host \"unclosed all all md5",
          "local all @/no/such/file trust",
          "include /no/such/file",
          "include_if_exists /no/such/file",
          "host all all 10.0.0.0/8 md5");

  private final TestPostgres postgres = TestPostgres.shared();
  private Path file = Path.of("");
  private String before = "";

  @BeforeEach
  void keepTheFile() throws IOException {
    file = postgres.dataDirectory().resolve("pg_hba.conf");
    before = Files.readString(file);
  }

  @AfterEach
  void restoreTheFile() throws IOException {
    Files.writeString(file, before);
  }

  /** What PostgreSQL makes of the lines: by number, the rule or the word error. */
  private Map<Integer, String> asPostgresReadsThem(Path read) throws Exception {
    Files.writeString(file, "include " + read + "\n" + before);
    Map<Integer, String> rules = new TreeMap<>();
    try (Connection connection = postgres.connect("postgres");
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT line_number, type, array_to_string(database, '|'),"
                    + " array_to_string(user_name, '|'), address, netmask, auth_method, error"
                    + " FROM pg_hba_file_rules WHERE file_name = '"
                    + read
                    + "'")) {
      while (row.next()) {
        rules.put(row.getInt(1), described(row));
      }
    }
    return rules;
  }

  private static String described(ResultSet row) throws SQLException {
    if (row.getString(8) != null) {
      return "error";
    }
    String address = row.getString(5) == null ? "all" : row.getString(5);
    String mask = row.getString(6) == null ? "" : "/" + row.getString(6);
    return String.join(
        " ",
        row.getString(2),
        row.getString(3),
        row.getString(4),
        address + mask,
        row.getString(7));
  }

  private static String described(HbaRule rule) {
    String way = rule.way().name().toLowerCase(java.util.Locale.ROOT).replace("_", "");
    return String.join(
        " ",
        way.replace("hostgss", "hostgssenc").replace("hostnogss", "hostnogssenc"),
        names(rule.databases()),
        names(rule.users()),
        address(rule.address()),
        rule.method().word());
  }

  private static String names(List<NameMatch> names) {
    List<String> texts = new ArrayList<>();
    for (NameMatch name : names) {
      texts.add(
          switch (name) {
            case NameMatch.All all -> "all";
            case NameMatch.SameUser same -> "sameuser";
            case NameMatch.Replication replication -> "replication";
            case NameMatch.Exactly exactly -> exactly.name();
            case NameMatch.Like like -> "/" + like.expression();
          });
    }
    return String.join("|", texts);
  }

  private static String address(AddressMatch match) {
    return switch (match) {
      case AddressMatch.Any any -> "all";
      case AddressMatch.SameHost host -> "samehost";
      case AddressMatch.SameNet net -> "samenet";
      case AddressMatch.Network network ->
          io.netty.util.NetUtil.toAddressString(network.address())
              + "/"
              + io.netty.util.NetUtil.toAddressString(network.mask());
    };
  }

  @Test
  void rules_are_read_as_postgres_reads_them() throws Exception {
    Path read = file.resolveSibling("pg_hba_differential.conf");
    Files.writeString(read, String.join("\n", LINES) + "\n");
    HbaReader reader = new HbaReader();
    Map<Integer, String> ours = new TreeMap<>();
    for (HbaRule rule : reader.rules(read, "test", 1, 1)) {
      ours.put(
          Integer.parseInt(rule.source().substring(rule.source().lastIndexOf(':') + 1)),
          described(rule));
    }
    reader.faults().forEach(fault -> ours.put(fault.line(), "error"));

    try {
      assertThat(ours).hasSizeGreaterThan(40).containsValue("error");
      assertThat(ours).isEqualTo(asPostgresReadsThem(read));
    } finally {
      Files.delete(read);
    }
  }
}
