package dev.fleetwright.server.ui;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.adapters.git.GitRepositories;
import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.deploy.DeployRequest;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.environment.EnvironmentName;
import dev.fleetwright.core.environment.Policy;
import dev.fleetwright.core.environment.Tier;
import dev.fleetwright.core.project.Project;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.store.Database;
import dev.fleetwright.store.DiskBlobs;
import dev.fleetwright.store.DiskLogs;
import dev.fleetwright.testkit.Recipe;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// However many environments and waiting deploys there are: what a page asks for and gets to show
/// one screen stays the same.
@Tag("R22")
class ManyEnvironmentsTest {

  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final Actor ROOT = new Actor("root");
  private static final ProjectName SHOP = new ProjectName("shop");

  /// So that also the smallest size is more than one screen.
  private static final int LEAST = 80;

  @TempDir private Path folder;
  private Database database;
  private DiskLogs logs;
  private DiskBlobs blobs;
  private GitRepositories repositories;
  private final List<Environment> environments = new ArrayList<>();
  private long questions;
  private long rows;

  @BeforeEach
  void open() throws IOException {
    database = Database.open(folder);
    logs = new DiskLogs(folder.resolve("logs"));
    blobs = new DiskBlobs(folder.resolve("blobs"));
    repositories = new GitRepositories(folder.resolve("mirrors"), true);
    var _ = database.projects().add(new Project(SHOP, "/nowhere", "main", NOON), ROOT);
  }

  @AfterEach
  void close() {
    repositories.close();
    logs.close();
    database.close();
  }

  @Test
  void a_page_reads_as_much_of_a_thousand_environments_as_of_a_screenful() {
    var most = Recipe.times(160, 1_000);
    var each = Recipe.times(5, 10);
    var sources = counted();
    var tiles =
        new Tiles(
            sources,
            new Sightings(sources.targets(), sources.clock()),
            new Behind(sources.projects(), sources.repositories()));
    var overview = new OverviewPresenter(sources, tiles);
    var project = new ProjectPresenter(sources, tiles);
    var shop = database.projects().find(SHOP).orElseThrow();

    fill(LEAST, each);
    var few =
        List.of(cost(() -> overview.page("", 1, NOON)), cost(() -> project.page(shop, 1, NOON)));
    fill(most, each);
    var began = System.nanoTime();
    var many =
        List.of(cost(() -> overview.page("", 1, NOON)), cost(() -> project.page(shop, 1, NOON)));
    var took = System.nanoTime() - began;

    Recipe.report(
        "R22",
        "environments=%d waiting=%d overview=%s project=%s (at %d environments: %s and %s) both=%d ms"
            .formatted(
                most,
                most * each,
                many.getFirst(),
                many.getLast(),
                LEAST,
                few.getFirst(),
                few.getLast(),
                took / 1_000_000));
    assertThat(many).isEqualTo(few);
  }

  @Test
  void environments_come_in_parts_and_the_overview_says_how_many_more_there_are() {
    fill(LEAST, 5);
    var sources = counted();
    var tiles =
        new Tiles(
            sources,
            new Sightings(sources.targets(), sources.clock()),
            new Behind(sources.projects(), sources.repositories()));
    var shop = database.projects().find(SHOP).orElseThrow();

    var first = new ProjectPresenter(sources, tiles).page(shop, 1, NOON);
    assertThat(first.environments()).hasSize(ProjectPresenter.ENVIRONMENTS);
    assertThat(first.range()).isEqualTo("1 to 60 of 80 environments");
    assertThat(first.earlier().leads()).isFalse();
    assertThat(first.later().href()).isEqualTo("/projects/shop?page=2");
    assertThat(first.environments().getFirst().underway())
        .extracting(u -> u.badge().word())
        .endsWith("and 2 more");
    var last = new ProjectPresenter(sources, tiles).page(shop, 7, NOON);
    assertThat(last.environments()).hasSize(20);
    assertThat(last.range()).isEqualTo("61 to 80 of 80 environments");
    assertThat(last.later().leads()).isFalse();

    var row = new OverviewPresenter(sources, tiles).page("", 1, NOON).rows().getFirst();
    // Nearest to production first: eight of the forty single ones, and none of the branches.
    assertThat(row.cells()).hasSize(9);
    assertThat(row.cells().getLast().more().text()).isEqualTo("and 72 more");
  }

  /// Questions to the store, and rows of answers.
  private record Cost(long questions, long rows) {
    @Override
    public String toString() {
      return "%d questions, %d rows".formatted(questions, rows);
    }
  }

  private Cost cost(Supplier<?> page) {
    questions = 0;
    rows = 0;
    var _ = page.get();
    return new Cost(questions, rows);
  }

  /// Half of them of branches, with deploys that wait in all.
  private void fill(int upTo, int waiting) {
    while (environments.size() < upTo) {
      var n = environments.size();
      var name = new EnvironmentName((n % 2 == 0 ? "review/b%04d" : "env-%04d").formatted(n));
      var environment =
          database
              .environments()
              .define(
                  SHOP,
                  name,
                  Tier.guess(name.value()),
                  Optional.empty(),
                  Policy.NONE,
                  List.of(),
                  ROOT,
                  NOON);
      environments.add(environment);
      for (var i = 0; i < waiting; i++) {
        var _ = database.deploys().add(DeployRequest.stop(environment.id()), ROOT, NOON);
      }
    }
  }

  private Sources counted() {
    return new Sources(
        counted(database.projects()),
        repositories,
        counted(database.environments()),
        counted(database.environmentLists()),
        counted(database.holds()),
        counted(database.releases()),
        counted(database.pipelines()),
        counted(database.deploys()),
        counted(database.deployRecords()),
        counted(database.trains()),
        logs,
        blobs,
        binding -> {
          throw new IllegalArgumentException("no target is needed here: " + binding);
        },
        () -> NOON);
  }

  /// The port, and what it is asked is counted.
  @SuppressWarnings("unchecked")
  private <T> T counted(T port) {
    var ports = port.getClass().getInterfaces();
    return (T)
        Proxy.newProxyInstance(
            port.getClass().getClassLoader(),
            ports,
            (_, method, values) -> {
              try {
                method.setAccessible(true);
                var answer = method.invoke(port, values);
                questions++;
                rows +=
                    switch (answer) {
                      case Collection<?> list -> list.size();
                      case Map<?, ?> map -> map.size();
                      case null, default -> 1;
                    };
                return answer;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
