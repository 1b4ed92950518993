package org.pglynx.proxy.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
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
  private static final Pattern CONSOLE =
      Pattern.compile(
          "`((?:SHOW|SET|PAUSE|RESUME|RECONNECT|RELOAD|DRAIN|UNDRAIN|BAN|UNBAN|CANCEL|KILL|KILL_CLIENT"
              + "|WAIT_CLOSE|DISABLE|ENABLE|RESET)(?: [^`]*)?)`");
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

  /** What each line of the page of installing is, and who proves it if it is not run here. */
  private enum Step {
    CHECK("\\./pglynx check .*"),
    COPY("(cp|install -D) .*"),
    RULES("promtool check rules .*"),
    CHART("helm install .*"),
    /** The module demo and {@code DemoTranscriptTest}. */
    DEMO("\\./pglynx demo"),
    /** {@code bench/start} and each test of a process of its own. */
    RUN("\\./pglynx run .*"),
    /** {@code packaging/check}. */
    PACKAGE("packaging/make-image .*|/opt/pglynx/bin/pglynx run .*"),
    /** {@code packaging/check-image}; an image runs there by buildah. */
    IMAGE("docker (build|run) .*"),
    /** Only a machine with systemd has these; {@link PackagingIT} shows it the units. */
    SYSTEM("useradd .*|systemctl (enable --now|reload) pglynx");

    private final Pattern line;

    Step(String line) {
      this.line = Pattern.compile(line);
    }

    static Step of(String command) {
      return Stream.of(values())
          .filter(step -> step.line.matcher(command).matches())
          .findFirst()
          .orElseThrow(() -> new AssertionError("nobody proves: " + command));
    }
  }

  @Test
  void an_installation_goes_as_it_is_told() throws IOException {
    Map<Step, Integer> done = new EnumMap<>(Step.class);
    for (String line : lines(SHELL, text("install.md"))) {
      String command = line.replaceFirst(" +#.*", "");
      Step step = Step.of(command);
      done.merge(step, 1, Integer::sum);
      switch (step) {
        case CHECK -> assertThat(pglynx("check", "../" + command.split(" ")[2])).isZero();
        case COPY -> shell(inDirectory(command).replace("-g pglynx", ""));
        case RULES -> shellIfThere(command);
        case CHART -> shellIfThere(rendered(command));
        case DEMO, RUN, PACKAGE, IMAGE, SYSTEM -> {
          // See Step.
        }
      }
    }
    assertThat(done).containsOnlyKeys(Step.values());
    assertThat(directory.resolve("etc/systemd/system/pglynx.service")).isRegularFile();
    assertThat(pglynx("check", directory.resolve("etc/pglynx/pglynx.toml").toString())).isZero();
  }

  /** Nothing of the machine's own is touched. */
  private String inDirectory(String command) throws IOException {
    Files.createDirectories(directory.resolve("etc/systemd/system"));
    return command.replace(" /etc/", " " + directory + "/etc/");
  }

  /** What would be installed, of a file that is there. */
  private static String rendered(String command) {
    return command
            .replace("helm install", "helm template")
            .replace("config=pglynx.toml", "config=config/minimal.toml")
        + " >/dev/null";
  }

  private static void shellIfThere(String command) throws IOException {
    String program = command.split(" ")[0];
    boolean there =
        Stream.of(System.getenv("PATH").split(":"))
            .anyMatch(path -> Files.isExecutable(Path.of(path, program)));
    if (there) {
      shell(command);
    }
  }

  /** Runs it at the top of the checkout. */
  private static void shell(String command) throws IOException {
    Process process =
        new ProcessBuilder("sh", "-c", command)
            .directory(Path.of("..").toFile())
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      assertThat(process.waitFor()).as(command + "\n" + said).isZero();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static int pglynx(String... words) {
    return PglynxCommand.commandLine(new ProxyServerLauncher())
        .setOut(new PrintWriter(new StringWriter()))
        .setErr(new PrintWriter(new StringWriter()))
        .execute(words);
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

  /** Also those that stand amid a sentence: `UNBAN host`. */
  @Test
  void the_console_knows_each_command_that_operators_read_of() throws Exception {
    Set<String> commands = new TreeSet<>();
    for (String document : new String[] {"operations.md", "operations-monitoring.md"}) {
      CONSOLE.matcher(text(document)).results().forEach(found -> commands.add(found.group(1)));
    }
    assertThat(commands).hasSizeGreaterThan(15);
    ProxyUnderTest proxy = ProxyUnderTest.transactionMode(1).general(AdminTable.OPEN).start();
    try (Connection admin = AdminTable.login(proxy.port());
        Statement statement = admin.createStatement()) {
      for (String command : commands) {
        try {
          statement.execute(command.replaceFirst(" id$", " 7").replace("host:port", "db1:5432"));
        } catch (SQLException e) {
          // There is nobody of that number, and no file behind this proxy: ReloadIT has one.
          assertThat(e.getMessage())
              .as(command)
              .containsAnyOf("there is no client 7", "keys of this configuration cannot be set");
        }
      }
    } finally {
      proxy.stop();
    }
  }

  @Test
  void a_file_is_checked_before_a_deployment_as_it_is_told() throws IOException {
    Files.writeString(
        directory.resolve("pglynx.toml"),
        SmallProxy.toml(TestPostgres.shared().port(), "postgres", 1));

    assertThat(lines(SHELL, text("operations.md")))
        .hasSize(2)
        .allSatisfy(line -> assertThat(run(line)).as(line).isZero());
  }

  @ParameterizedTest
  @ValueSource(strings = {"operations.md", "operations-monitoring.md", "dashboard.md"})
  void the_tables_that_documents_show_are_good(String document) throws IOException {
    Matcher toml = Pattern.compile("```toml\n(.*?)```", Pattern.DOTALL).matcher(text(document));
    int tables = 0;
    while (toml.find()) {
      String pool =
          """
          [pools.shop]
          shards.0 = { servers = [["db1", 5432, "primary"]] }
          users.0 = { username = "anna", auth_type = "trust", pool_size = 5 }
          """;
      assertThat(ConfigLoader.parse(toml.group(1) + pool, document).notices()).isEmpty();
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
