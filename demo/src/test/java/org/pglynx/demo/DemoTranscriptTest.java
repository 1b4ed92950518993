package org.pglynx.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.app.ProxyServerLauncher;
import org.pglynx.proxy.app.cli.ExitCode;
import org.pglynx.proxy.app.cli.PglynxCommand;
import picocli.CommandLine;

/**
 * Real PostgreSQL, whole product: the README shows what the demo prints. When they differ, copy
 * {@code demo/target/transcript.txt} into the README after looking at the difference.
 */
class DemoTranscriptTest {
  private static final Path README = Path.of("..", "README.md");
  private static final Path PRINTED = Path.of("target", "transcript.txt");
  private static final String COMMAND = "$ ./pglynx demo";

  @Test
  void theReadmeShowsWhatTheDemoPrints() throws Exception {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = PglynxCommand.commandLine(new ProxyServerLauncher());
    line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));

    int exitCode =
        line.execute(
            "demo", "--once", "--port", "0", "--directory", DemoDatabaseTest.DIRECTORY.toString());

    Files.writeString(PRINTED, out.toString());
    assertThat(err.toString()).isEmpty();
    assertThat(exitCode).isEqualTo(ExitCode.OK);
    assertThat(masked(out.toString().lines().toList())).isEqualTo(masked(readmeTranscript()));
  }

  /** The lines of the README's code block after the command, without the last, for serving on. */
  private static List<String> readmeTranscript() throws Exception {
    return Files.readAllLines(README).stream()
        .dropWhile(line -> !line.equals(COMMAND))
        .skip(1)
        .takeWhile(line -> !line.startsWith("```"))
        .filter(line -> !line.equals("Ctrl-C stops everything."))
        .toList();
  }

  /**
   * Times and ports differ from run to run, the first start says that it is the first, and a
   * training reports its progress once a second if it takes that long.
   */
  private static List<String> masked(List<String> transcript) {
    return transcript.stream()
        .filter(line -> !line.startsWith("First start: "))
        .filter(line -> !line.startsWith("INFO:  Training: "))
        .map(line -> line.replaceAll("\\d+(\\.\\d+)? (ms|s)\\b", "TIME"))
        .map(line -> line.replaceAll("_time\":[0-9.E-]+", "_time\":TIME"))
        .map(line -> line.replaceAll("127\\.0\\.0\\.1(:| -p )\\d+", "127.0.0.1$1PORT"))
        .toList();
  }
}
