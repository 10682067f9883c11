package dev.fleetwright.core;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import dev.fleetwright.core.engine.Time;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/// The sentences of ARCHITECTURE.md that a machine can check.
class ArchitectureTest {

  private static final JavaClasses CODE =
      new ClassFileImporter()
          .withImportOption(new DoNotIncludeTests())
          .importPackages("dev.fleetwright.core");

  @Test
  void core_knows_no_json_sql_http_or_vendor() {
    classes()
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "dev.fleetwright.core..",
            "java.io..",
            "java.lang..",
            "java.math..",
            // Only the package itself: URLEncoder, and not java.net.http.
            "java.net",
            "java.nio..",
            "java.security..",
            "java.time..",
            "java.util..",
            "org.jspecify..",
            "org.slf4j..")
        .check(CODE);
  }

  @Test
  void the_machines_have_no_clock_and_no_io() {
    noClasses()
        .that()
        .haveSimpleNameEndingWith("Machine")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.time..", "java.io..", "java.nio..", "..core.engine..")
        .check(CODE);
  }

  @Test
  void the_engine_has_time_and_threads_from_one_place_only() {
    noClasses()
        .that()
        .resideInAPackage("..core.engine..")
        .and()
        .doNotBelongToAnyOf(Time.class)
        .should()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(Thread.class, "sleep", long.class)
        .orShould()
        .callMethod(Thread.class, "sleep", Duration.class)
        .orShould()
        .callMethod(Thread.class, "ofVirtual")
        .orShould()
        .callMethod(Thread.class, "ofPlatform")
        .orShould()
        .callMethod(Thread.class, "startVirtualThread", Runnable.class)
        .check(CODE);
  }

  @Test
  void the_engine_is_known_only_by_the_ports_that_name_its_lease() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "..core.target..", "..core.plan..", "..core.release..", "..core.ledger..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("..core.engine..")
        .check(CODE);
  }

  @Test
  void every_package_is_null_marked() {
    assertThat(CODE.getPackage("dev.fleetwright.core").getSubpackagesInTree())
        .filteredOn(p -> !p.getClasses().isEmpty())
        .filteredOn(p -> !p.isAnnotatedWith(NullMarked.class))
        .extracting(JavaPackage::getName)
        .isEmpty();
  }
}
