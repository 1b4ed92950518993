package org.pglynx.ml;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The packages of the engine and what each may see; this table is the rule. */
class ArchitectureTest {
  private static final String BASE = "org.pglynx.ml.";

  /** Package → packages of the engine that it may depend on. */
  /** What a family of algorithms may use. */
  private static final Set<String> FAMILY =
      Set.of("model", "linalg", "exec", "registry", "data", "algo", "sql");

  private static final Map<String, Set<String>> MAY_SEE =
      Map.ofEntries(
          entry("model", Set.of()),
          entry("linalg", Set.of()),
          entry("metrics", Set.of("model", "data")),
          entry("exec", Set.of("model")),
          entry("registry", Set.of("model")),
          entry("data", Set.of("model")),
          entry("sql", Set.of()),
          entry("algo", Set.of("model", "exec", "registry", "data", "sql")),
          entry("linear", FAMILY),
          entry("online", Set.of("model", "linalg", "data", "algo", "linear")),
          entry("robust", Set.of("model", "linalg", "data", "algo", "linear")),
          entry("tree", FAMILY),
          entry(
              "boost",
              Set.of("model", "linalg", "exec", "registry", "data", "algo", "tree", "linear")),
          entry("neighbours", FAMILY),
          entry("bayes", FAMILY),
          entry("neural", FAMILY),
          entry(
              "discriminant",
              Set.of("model", "linalg", "exec", "registry", "data", "algo", "sql", "bayes")),
          entry("kernel", FAMILY),
          entry("cluster", FAMILY),
          entry("projection", FAMILY),
          entry("pipeline", Set.of("model", "registry", "data", "algo", "sql")),
          entry(
              "catalog",
              Set.of(
                  "model",
                  "registry",
                  "algo",
                  "linear",
                  "online",
                  "robust",
                  "tree",
                  "boost",
                  "neighbours",
                  "bayes",
                  "cluster",
                  "projection",
                  "kernel",
                  "pipeline",
                  "discriminant",
                  "neural")),
          entry(
              "api",
              Set.of("model", "metrics", "data", "exec", "algo", "catalog", "pipeline", "sql")));

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("org.pglynx.ml");

  @TestFactory
  Stream<DynamicTest> eachPackageSeesOnlyWhatTheTableAllows() {
    return MAY_SEE.entrySet().stream()
        .map(row ->
            DynamicTest.dynamicTest(
                row.getKey(),
                () ->
                    noClasses()
                        .that()
                        .resideInAPackage(BASE + row.getKey())
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(forbidden(row.getKey()))
                        .check(CLASSES)));
  }

  @Test
  void everyPackageIsInTheTable() {
    List<String> packages =
        CLASSES.stream().map(c -> c.getPackageName()).distinct().sorted().toList();

    assertThat(packages)
        .containsExactlyElementsOf(MAY_SEE.keySet().stream().map(p -> BASE + p).sorted().toList());
  }

  @Test
  void packagesFormNoCycle() {
    slices().matching("org.pglynx.ml.(*)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void theEngineSeesNeitherProxyNorNettyNorJdbc() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.pglynx.proxy..", "io.netty..", "java.sql..", "org.postgresql..")
        .check(CLASSES);
  }

  @Test
  void onlyBoostingSeesNativeLearningLibraries() {
    noClasses()
        .that()
        .resideOutsideOfPackage(BASE + "boost")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("ml.dmlc..", "io.github.metarank..", "com.microsoft..")
        .check(CLASSES);
  }

  @Test
  void nothingUsesJavaSerialization() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.io.ObjectInputStream")
        .check(CLASSES);
  }

  private static String[] forbidden(String name) {
    List<String> others = new ArrayList<>(MAY_SEE.keySet());
    others.remove(name);
    others.removeAll(MAY_SEE.getOrDefault(name, Set.of()));
    return others.stream().map(p -> BASE + p).toArray(String[]::new);
  }
}
