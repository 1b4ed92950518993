package org.pglynx.proxy;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaModifier.STATIC;
import static com.tngtech.archunit.core.domain.JavaModifier.SYNTHETIC;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The packages of the proxy, and what each may see: this table is the architecture. */
class ArchitectureTest {
  private static final String ROOT = "org.pglynx.proxy";

  /** Any package of the proxy: only the wiring may. */
  private static final Set<String> EVERYTHING = Set.of("*");

  private static final Map<String, Set<String>> MAY_SEE =
      Map.ofEntries(
          Map.entry("wire", Set.of()),
          Map.entry("sql", Set.of()),
          Map.entry("config", Set.of()),
          Map.entry("stats", Set.of()),
          // What a new configuration changes; app does it.
          Map.entry("reload", Set.of("config")),
          Map.entry("transport", Set.of("config", "stats")),
          // Serves what others mount: it knows none of them.
          Map.entry("http", Set.of("transport")),
          // A client of the proxy that speaks HTTP to people: it knows none of the proxy's inner
          // parts.
          Map.entry("dashboard", Set.of("http", "auth", "wire")),
          Map.entry("relay", Set.of("wire")),
          Map.entry("intercept", Set.of("relay", "sql", "wire")),
          // Where a statement goes, by what it is.
          Map.entry("route", Set.of("relay", "sql")),
          Map.entry("auth", Set.of("wire", "config", "stats")),
          Map.entry(
              "session",
              Set.of("relay", "intercept", "route", "auth", "sql", "wire", "config", "stats")),
          // What others are told of statements.
          Map.entry("telemetry", Set.of("session", "config")),
          // Where rows live; the session is told through the seam of relay.
          Map.entry("shard", Set.of("commit", "relay", "sql", "wire", "config")),
          // Transactions over several servers, whatever they are the servers of.
          Map.entry("commit", Set.of("relay", "wire")),
          // Who may come in: gives the session's door what rules, files and servers say.
          Map.entry("admission", Set.of("session", "auth", "wire", "config", "stats")),
          Map.entry("mirror", Set.of("relay", "wire")),
          Map.entry("plugin", Set.of("intercept", "relay", "sql", "wire", "config")),
          Map.entry("backend", Set.of("relay", "auth", "wire", "config", "stats", "transport")),
          Map.entry("frontend", Set.of("transport", "session", "wire", "config", "stats")),
          Map.entry("pool", Set.of("backend", "relay", "stats", "config", "wire")),
          // Several servers behind one database: one pool for each, and who gets which.
          Map.entry("cluster", Set.of("pool", "backend", "relay", "stats", "config", "wire")),
          // The console is a QueryInterceptor: so its answers need no seam of their own.
          Map.entry(
              "admin",
              Set.of("intercept", "relay", "session", "pool", "wire", "config", "stats", "sql")),
          Map.entry("ml", Set.of("intercept", "relay", "pool", "sql", "wire", "config", "stats")),
          Map.entry("app", EVERYTHING));

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  private static String[] packages(Stream<String> names) {
    return names.map(name -> ROOT + "." + name + "..").toArray(String[]::new);
  }

  private static DescribedPredicate<JavaClass> in(String... names) {
    return resideInAnyPackage(packages(Stream.of(names)));
  }

  static Stream<String> rows() {
    return MAY_SEE.keySet().stream().filter(name -> !MAY_SEE.get(name).equals(EVERYTHING));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void a_package_sees_only_what_the_table_allows(String name) {
    Set<String> forbidden = new TreeSet<>(MAY_SEE.keySet());
    forbidden.removeAll(MAY_SEE.get(name));
    forbidden.remove(name);
    noClasses()
        .that(in(name))
        .should()
        .dependOnClassesThat(resideInAnyPackage(packages(forbidden.stream())))
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void every_package_is_in_the_table() {
    Set<String> found = new TreeSet<>();
    for (JavaClass each : CLASSES) {
      String rest = each.getPackageName().substring(ROOT.length());
      found.add(rest.isEmpty() ? "" : rest.substring(1).split("\\.")[0]);
    }
    // The root holds Main.
    found.remove("");
    assertThat(MAY_SEE.keySet()).containsAll(found);
  }

  @Test
  void packages_form_no_cycle() {
    slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void only_ml_and_the_wiring_see_the_engine() {
    noClasses()
        .that(not(in("ml", "app")))
        .should()
        .dependOnClassesThat(resideInAnyPackage("org.pglynx.ml.."))
        .check(CLASSES);
  }

  @Test
  void only_the_edges_see_channels() {
    noClasses()
        .that(not(in("frontend", "backend", "transport", "http", "pool", "cluster", "app")))
        .should()
        .dependOnClassesThat(resideInAnyPackage("io.netty.channel..", "io.netty.bootstrap.."))
        .check(CLASSES);
  }

  @Test
  void only_telemetry_sees_its_library() {
    noClasses()
        .that(not(in("telemetry")))
        .should()
        .dependOnClassesThat(resideInAnyPackage("io.opentelemetry.."))
        .check(CLASSES);
  }

  @Test
  void only_sql_sees_the_parser_library() {
    noClasses()
        .that(not(in("sql")))
        .should()
        .dependOnClassesThat(resideInAnyPackage("net.sf.jsqlparser.."))
        .check(CLASSES);
  }

  @Test
  void only_app_sees_the_command_line_and_config_the_toml_library() {
    noClasses()
        .that(not(in("app")))
        .should()
        .dependOnClassesThat(resideInAnyPackage("picocli.."))
        .check(CLASSES);
    noClasses()
        .that(not(in("config")))
        .should()
        .dependOnClassesThat(resideInAnyPackage("org.tomlj.."))
        .check(CLASSES);
  }

  @Test
  void there_is_no_static_mutable_state() {
    DescribedPredicate<JavaField> isStatic =
        DescribedPredicate.describe(
            "are static and written by people",
            field ->
                field.getModifiers().contains(STATIC)
                    && !field.getModifiers().contains(SYNTHETIC)
                    && !field.getName().startsWith("$"));
    fields().that(isStatic).should().beFinal().check(CLASSES);
  }
}
