package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pglynx.proxy.app.ProxyServerLauncher;
import org.pglynx.proxy.app.cli.PglynxCommand;
import org.pglynx.proxy.config.ConfigLoader;

/** What the documents of operators tell to type works, with the files that they show. */
class DocumentedCommandsIT {
  private static final Path DOCS = Path.of("..", "docs");

  /** A block, and the file that the words before it name: "Say this is `pgcat.toml`:". */
  private static final Pattern SHOWN =
      Pattern.compile("this(?: is)? `([a-z.]+)`:\n\n```[a-z]+\n(.*?)```", Pattern.DOTALL);

  private static final Pattern SHELL = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);
  private static final Pattern SQL = Pattern.compile("```sql\n(.*?)```", Pattern.DOTALL);

  @TempDir private Path directory = Path.of("");

  private static String text(String document) throws IOException {
    return Files.readString(DOCS.resolve(document));
  }

  private static List<String> lines(Pattern blocks, String text) {
    List<String> lines = new ArrayList<>();
    Matcher block = blocks.matcher(text);
    while (block.find()) {
      block.group(1).lines().filter(line -> !line.isBlank()).forEach(lines::add);
    }
    return lines;
  }

  /** Runs one, with the files that are shown in place of those of the working directory. */
  private int run(String command) throws IOException {
    String[] parts = command.split(" > ");
    List<String> words = new ArrayList<>();
    for (String word : parts[0].replaceFirst("^pglynx ", "").split(" ")) {
      words.add(word.matches(".*\\.(ini|toml)") ? directory.resolve(word).toString() : word);
    }
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        PglynxCommand.commandLine(new ProxyServerLauncher())
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(words.toArray(String[]::new));
    if (parts.length == 2) {
      Files.writeString(directory.resolve(parts[1]), out.toString());
    }
    assertThat(err.toString()).as(command).isEmpty();
    return code;
  }

  @Test
  void a_migration_goes_as_it_is_told() throws IOException {
    String text = text("migrating.md");
    Matcher shown = SHOWN.matcher(text);
    int files = 0;
    while (shown.find()) {
      Files.writeString(directory.resolve(shown.group(1)), shown.group(2));
      files++;
    }
    assertThat(files).isEqualTo(3);

    int commands = 0;
    for (String line : lines(SHELL, text)) {
      // Those need servers of these names: InspectionIT and PgbouncerIniIT have some.
      if (!line.contains("--connect") && !line.startsWith("pglynx run")) {
        assertThat(run(line)).as(line).isZero();
        commands++;
      }
    }
    assertThat(commands).isEqualTo(6);
  }

  /** What installs something is run by {@code packaging/check} and {@link PackagingIT}. */
  @Test
  void an_installation_begins_as_it_is_told() throws IOException {
    int checked = 0;
    for (String line : lines(SHELL, text("install.md"))) {
      String command = line.replaceFirst(" +#.*", "");
      if (command.startsWith("./pglynx check ")) {
        String file = Path.of("..").resolve(command.substring(15)).toString();
        StringWriter err = new StringWriter();
        int code =
            PglynxCommand.commandLine(new ProxyServerLauncher())
                .setOut(new PrintWriter(new StringWriter()))
                .setErr(new PrintWriter(err))
                .execute("check", file);
        assertThat(code).as(err.toString()).isZero();
        checked++;
      } else {
        assertThat(command)
            .matches(
                "(\\./pglynx (demo|run)|packaging/make-image|/opt/pglynx/bin/pglynx run|useradd|cp"
                    + "|systemctl|docker (build|run)|helm install|promtool check rules) ?.*");
      }
    }
    assertThat(checked).isEqualTo(1);
  }

  @Test
  void the_console_takes_what_operators_are_told_to_type() throws Exception {
    ProxyUnderTest proxy = ProxyUnderTest.transactionMode(1).general(AdminTable.OPEN).start();
    List<String> commands = lines(SQL, text("operations.md"));
    assertThat(commands).hasSizeGreaterThan(4);
    try (Connection admin = AdminTable.login(proxy.port());
        Statement statement = admin.createStatement()) {
      for (String command : commands) {
        statement.execute(command.replace("shop", ProxyUnderTest.DATABASE));
      }
    } finally {
      proxy.stop();
    }
  }

  @Test
  void the_tables_that_documents_show_are_good() throws IOException {
    String text = text("operations.md");
    Matcher toml = Pattern.compile("```toml\n(.*?)```", Pattern.DOTALL).matcher(text);
    int tables = 0;
    while (toml.find()) {
      String pool =
          """
          [pools.shop]
          shards.0 = { servers = [["db1", 5432, "primary"]] }
          users.0 = { username = "anna", auth_type = "trust", pool_size = 5 }
          """;
      assertThat(ConfigLoader.parse(toml.group(1) + pool, "operations.md").notices()).isEmpty();
      tables++;
    }
    assertThat(tables).isPositive();
  }

  @Test
  void every_path_that_is_told_is_there() throws IOException {
    Pattern path = Pattern.compile("(?:\\./)?((?:packaging|config)/[A-Za-z0-9@._/-]*[a-z])");
    for (String document : new String[] {"install.md", "migrating.md", "operations.md"}) {
      Matcher named = path.matcher(text(document));
      while (named.find()) {
        assertThat(Path.of("..").resolve(named.group(1))).as(document).exists();
      }
    }
  }
}
