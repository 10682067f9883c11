package dev.fleetwright.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
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
