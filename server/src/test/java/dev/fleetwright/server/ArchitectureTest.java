package dev.fleetwright.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import dev.fleetwright.core.engine.Time;
import org.junit.jupiter.api.Test;

/// The sentences of ARCHITECTURE.md that a machine can check.
class ArchitectureTest {

  private static final JavaClasses CODE =
      new ClassFileImporter()
          .withImportOption(new DoNotIncludeTests())
          .importPackages("dev.fleetwright.server", "dev.fleetwright.api");

  @Test
  void domain_types_are_never_serialised_directly() {
    // What is serialised are the records of api, and those know no domain type.
    noClasses()
        .that()
        .resideInAPackage("dev.fleetwright.api..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.fleetwright.core..")
        .check(CODE);
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.fleetwright.server.http..", "dev.fleetwright.api..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("com.fasterxml.jackson..")
        .check(CODE);
  }

  @Test
  void time_is_the_databases() {
    // Two servers whose machines' clocks differ would else see a hold, a watch or a schedule end at
    // different moments. The clocks of the machine are for the one class that carries the
    // database's time on, which is made in one place.
    var asking =
        CODE.stream()
            .flatMap(type -> type.getFieldAccessesFromSelf().stream())
            .filter(access -> access.getTargetOwner().isEquivalentTo(Time.class))
            .map(access ->
                access.getOriginOwner().getSimpleName() + "." + access.getOrigin().getName())
            .toList();

    assertThat(asking).containsExactly("Starting.databaseTime");
  }

  @Test
  void operations_know_neither_http_nor_pages() {
    noClasses()
        .that()
        .resideInAPackage("..server.operations..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("..server.http..", "..server.ui..", "dev.fleetwright.api..")
        .check(CODE);
  }
}
