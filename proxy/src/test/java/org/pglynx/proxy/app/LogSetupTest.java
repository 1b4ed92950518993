package org.pglynx.proxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.core.ConsoleAppender;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

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
    ConsoleAppender<?> appender = (ConsoleAppender<?>) root.getAppender("STDERR");
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

  @Test
  void logback_finds_it() {
    assertThat(ServiceLoader.load(Configurator.class)).hasAtLeastOneElementOfType(LogSetup.class);
  }
}
