package dev.fleetwright.cli;

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
          .importPackages("dev.fleetwright.cli");

  @Test
  void the_command_line_knows_no_class_of_the_server() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.fleetwright.server..", "dev.fleetwright.store..", "dev.fleetwright.adapters..")
        .check(CODE);
  }
}
