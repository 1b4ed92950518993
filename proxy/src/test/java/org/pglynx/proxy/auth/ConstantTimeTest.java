package org.pglynx.proxy.auth;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.security.MessageDigest;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** How proofs are compared. */
class ConstantTimeTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .importUrl(ScramServer.class.getProtectionDomain().getCodeSource().getLocation())
          .that(resideInAPackage("org.pglynx.proxy.auth"));

  @Test
  void nothing_of_a_login_is_compared_in_a_time_that_tells_c9499446() {
    noClasses()
        .that()
        // What a certificate's hash is, everybody may know.
        .doNotHaveSimpleName("ChannelBinding")
        .should()
        .callMethod(Arrays.class, "equals", byte[].class, byte[].class)
        .check(CLASSES);
    classes()
        .that()
        .haveSimpleName("ScramServer")
        .or()
        .haveSimpleName("Md5Authenticator")
        .should()
        .callMethod(MessageDigest.class, "isEqual", byte[].class, byte[].class)
        .check(CLASSES);
  }
}
