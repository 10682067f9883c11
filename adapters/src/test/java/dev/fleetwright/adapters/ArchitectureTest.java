package dev.fleetwright.adapters;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The rules of ARCHITECTURE.md that are about adapters.
class ArchitectureTest {

  private static final String ADAPTERS = "dev.fleetwright.adapters";

  /// Not outside systems but what adapters share.
  private static final String[] SHARED = {ADAPTERS + ".process..", ADAPTERS + ".http.."};

  private static final Set<String> SERVER_SIDE =
      Set.of("LocalTarget", "KeeperDoor", "KeeperJar", "Trees", "Differences", "package-info");

  private static final JavaClasses CODE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ADAPTERS);

  @Test
  void adapters_do_not_know_each_other() {
    slices()
        .matching(ADAPTERS + ".(*)..")
        .should()
        .notDependOnEachOther()
        .ignoreDependency(DescribedPredicate.alwaysTrue(), resideInAnyPackage(SHARED))
        .check(CODE);
  }

  @Test
  void an_adapter_shows_one_public_class() {
    classes()
        .that()
        .resideOutsideOfPackages(
            Stream.concat(Stream.of(ADAPTERS), Stream.of(SHARED)).toArray(String[]::new))
        .should(bePublicOnceInEachPackage())
        .check(CODE);
  }

  @Test
  void adapters_know_the_core_and_nothing_else_of_ours() {
    classes()
        .should()
        .onlyDependOnClassesThat(
            resideInAPackage(ADAPTERS + "..")
                .or(resideInAPackage("dev.fleetwright.core.."))
                .or(DescribedPredicate.not(resideInAPackage("dev.fleetwright.."))))
        .check(CODE);
  }

  /// What the server's side alone uses may use more; what a keeper runs is in the jar that
  /// KeeperJar makes, and there is no library beside it.
  @Test
  void a_local_keeper_runs_on_the_jdk_alone() {
    var keeper =
        resideInAPackage(ADAPTERS + ".local")
            .and(
                DescribedPredicate.not(
                    DescribedPredicate.describe(
                        "the server's side", c -> SERVER_SIDE.contains(topLevel(c)))));
    classes()
        .that(keeper)
        .should()
        .onlyDependOnClassesThat(
            keeper
                .or(resideInAnyPackage(SHARED))
                .or(resideInAPackage("dev.fleetwright.core.canonical"))
                .or(resideInAPackage("dev.fleetwright.core.artifact"))
                .or(resideInAPackage("dev.fleetwright.core.target"))
                .or(resideInAPackage("dev.fleetwright.core.project"))
                .or(resideInAPackage("dev.fleetwright.core.environment"))
                .or(resideInAPackage("java.."))
                .or(resideInAPackage("org.jspecify..")))
        .check(CODE);
  }

  private static String topLevel(JavaClass nested) {
    return nested
        .getEnclosingClass()
        .map(ArchitectureTest::topLevel)
        .orElse(nested.getSimpleName());
  }

  private static ArchCondition<JavaClass> bePublicOnceInEachPackage() {
    return new ArchCondition<>("be public once in each package") {
      private Map<String, Long> shown = Map.of();

      @Override
      public void init(Collection<JavaClass> all) {
        shown =
            all.stream()
                .filter(c -> c.isTopLevelClass() && c.getModifiers().contains(JavaModifier.PUBLIC))
                .collect(Collectors.groupingBy(JavaClass::getPackageName, Collectors.counting()));
      }

      @Override
      public void check(JavaClass item, ConditionEvents events) {
        var count = shown.getOrDefault(item.getPackageName(), 0L);
        if (count != 1) {
          events.add(
              SimpleConditionEvent.violated(
                  item, item.getPackageName() + " has " + count + " public classes"));
        }
      }
    };
  }
}
