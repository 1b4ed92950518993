package org.pglynx.proxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.pglynx.proxy.config.LogConfig;
import org.pglynx.proxy.config.LogFormat;
import org.pglynx.proxy.config.LogLevel;
import org.pglynx.proxy.config.StatementLogConfig;
import org.pglynx.proxy.config.TracesConfig;

/** Unit: the log as it is without a file that says otherwise. */
class LogSetupTest {
  private final LoggerContext loggers = new LoggerContext();

  @Test
  void our_classes_tell_more_than_libraries_on_standard_error() {
    Configurator.ExecutionStatus then = new LogSetup().configure(loggers);

    Logger root = loggers.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    assertThat(then).isEqualTo(Configurator.ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY);
    assertThat(root.getLevel()).isEqualTo(Level.WARN);
    assertThat(loggers.getLogger("org.pglynx.proxy.app.Main").getEffectiveLevel())
        .isEqualTo(Level.toLevel(System.getenv("PGLYNX_LOG_LEVEL"), Level.INFO));
    assertThat(loggers.getLogger("query_logger").isInfoEnabled()).isTrue();
    ConsoleAppender<?> appender = standardError();
    assertThat(appender.isStarted()).isTrue();
    assertThat(appender.getTarget()).isEqualTo("System.err");
  }

  @Test
  void a_file_that_is_named_replaces_it() {
    System.setProperty("logback.configurationFile", "other.xml");
    try {
      Configurator.ExecutionStatus then = new LogSetup().configure(loggers);

      assertThat(then).isEqualTo(Configurator.ExecutionStatus.INVOKE_NEXT_IF_ANY);
      assertThat(loggers.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).iteratorForAppenders())
          .isExhausted();
    } finally {
      System.clearProperty("logback.configurationFile");
    }
  }

  private ConsoleAppender<?> standardError() {
    Logger root = loggers.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    LaterLines lines = (LaterLines) root.getAppender("LATER");
    return (ConsoleAppender<?>) lines.target();
  }

  private void become(LogFormat format, Optional<LogLevel> level) {
    LogSetup.become(
        new LogConfig(false, false, format, level, StatementLogConfig.NONE, TracesConfig.NONE),
        loggers);
  }

  @Test
  void a_configuration_changes_format_and_level() {
    new LogSetup().configure(loggers);
    Logger ours = loggers.getLogger("org.pglynx");
    ConsoleAppender<?> appender = standardError();

    become(LogFormat.JSON, Optional.of(LogLevel.ERROR));
    assertThat(appender.getEncoder()).isInstanceOf(JsonLines.class);
    assertThat(ours.getLevel()).isEqualTo(Level.ERROR);

    become(LogFormat.TEXT, Optional.empty());
    assertThat(appender.getEncoder()).isInstanceOf(PatternLayoutEncoder.class);
    assertThat(ours.getLevel())
        .isEqualTo(Level.toLevel(System.getenv("PGLYNX_LOG_LEVEL"), Level.INFO));
  }

  private String line(LogFormat format, String message, Object... values) {
    return new String(
        LogSetup.encoder(format, loggers)
            .encode(
                new LoggingEvent(
                    "", loggers.getLogger("a.b.Door"), Level.INFO, message, null, values)),
        StandardCharsets.UTF_8);
  }

  @Test
  void a_line_of_text_stays_one_whatever_names_are_in_it() {
    assertThat(line(LogFormat.TEXT, "came: user={}", "a\r\nERROR b"))
        .endsWith("INFO  Door came: user=a | ERROR b\n")
        .hasLineCount(1);
  }

  @Test
  void a_line_of_json_has_the_values_that_the_message_names() throws Exception {
    String line =
        line(LogFormat.JSON, "{} came: id={} user={} left={} {}", "x", 7, "a\n\"b", true, "y");

    JsonNode event = new ObjectMapper().readTree(line);
    assertThat(line).hasLineCount(1);
    assertThat(event.get("level").asText()).isEqualTo("INFO");
    assertThat(event.get("logger").asText()).isEqualTo("Door");
    assertThat(event.get("message").asText()).isEqualTo("x came: id=7 user=a\n\"b left=true y");
    assertThat(Instant.parse(event.get("time").asText())).isBefore(Instant.now().plusSeconds(1));
    assertThat(event.get("data").toString())
        .isEqualTo("{\"id\":7,\"user\":\"a\\n\\\"b\",\"left\":true}");
  }

  @Test
  void a_line_of_json_has_the_trace_of_an_error() throws Exception {
    String line =
        new String(
            LogSetup.encoder(LogFormat.JSON, loggers)
                .encode(
                    new LoggingEvent(
                        "",
                        loggers.getLogger("Door"),
                        Level.ERROR,
                        "it broke",
                        new IllegalStateException("why"),
                        null)),
            StandardCharsets.UTF_8);

    assertThat(new ObjectMapper().readTree(line).get("error").asText())
        .startsWith("java.lang.IllegalStateException: why")
        .contains("LogSetupTest");
    assertThat(line).hasLineCount(1);
  }

  @Test
  void logback_finds_it() {
    assertThat(ServiceLoader.load(Configurator.class)).hasAtLeastOneElementOfType(LogSetup.class);
  }
}
