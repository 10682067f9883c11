package dev.fleetwright.server.ui;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.adapters.git.GitRepositories;
import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.environment.EnvironmentName;
import dev.fleetwright.core.environment.Policy;
import dev.fleetwright.core.environment.Tier;
import dev.fleetwright.core.project.Project;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.store.Database;
import dev.fleetwright.store.DiskBlobs;
import dev.fleetwright.store.DiskLogs;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The matrix, over a real database.
class OverviewPresenterTest {

  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final Actor ROOT = new Actor("root");

  @TempDir private Path folder;
  private Database database;
  private DiskLogs logs;
  private GitRepositories repositories;
  private OverviewPresenter presenter;

  @BeforeEach
  void open() throws IOException {
    database = Database.open(folder);
    logs = new DiskLogs(folder.resolve("logs"));
    repositories = new GitRepositories(folder.resolve("mirrors"), true);
    var sources =
        new Sources(
            database.projects(),
            repositories,
            database.environments(),
            database.environmentLists(),
            database.holds(),
            database.releases(),
            database.pipelines(),
            database.deploys(),
            database.deployRecords(),
            database.trains(),
            logs,
            new DiskBlobs(folder.resolve("blobs")),
            binding -> {
              throw new IllegalArgumentException("no target is needed here: " + binding);
            },
            () -> NOON);
    presenter =
        new OverviewPresenter(
            sources,
            new Tiles(
                sources,
                new Sightings(sources.targets(), sources.clock()),
                new Behind(sources.projects(), sources.repositories())));
  }

  @AfterEach
  void close() {
    repositories.close();
    logs.close();
    database.close();
  }

  @Test
  void columns_stand_in_the_order_in_which_releases_pass_them() {
    add("shop", "production", "staging", "qa");
    add("ledger", "live", "staging");

    var page = presenter.page("", 1, NOON);

    assertThat(page.columns())
        .extracting(OverviewPage.Column::name)
        .containsExactly("qa", "staging", "live", "production");
    assertThat(page.rows()).extracting(r -> r.project().text()).containsExactly("ledger", "shop");
    assertThat(page.rows().getFirst().cells().getFirst().tiles()).isEmpty();
    assertThat(page.rows().getLast().cells().getFirst().tiles().getFirst().href())
        .isEqualTo("/projects/shop/environments/qa");
  }

  @Test
  void environments_of_a_folder_share_a_column_and_idle_ones_are_left_out() {
    add("shop", "review/a", "review/b", "production");

    assertThat(presenter.page("", 1, NOON).columns())
        .extracting(OverviewPage.Column::name)
        .containsExactly("production");
  }

  @Test
  void a_tier_is_named_only_where_the_name_does_not_say_it() {
    add("shop", "production", "live");

    assertThat(presenter.page("", 1, NOON).columns())
        .containsExactly(
            new OverviewPage.Column("live", "production"),
            new OverviewPage.Column("production", ""));
  }

  @Test
  void many_projects_come_in_parts() {
    for (var i = 0; i < 120; i++) {
      add("p%03d".formatted(i), "production");
    }

    var second = presenter.page("", 2, NOON);

    assertThat(second.rows()).hasSize(OverviewPresenter.ROWS);
    assertThat(second.range()).isEqualTo("51 to 100 of 120 projects");
    assertThat(second.earlier().href()).isEqualTo("/?page=1");
    assertThat(second.later().href()).isEqualTo("/?page=3");
    assertThat(presenter.page("", 3, NOON).later().leads()).isFalse();
    assertThat(presenter.page("P11", 1, NOON).rows()).hasSize(10);
    assertThat(presenter.page("P11", 1, NOON).empty()).isFalse();
  }

  @Test
  void nothing_at_all_is_told_apart_from_nothing_found() {
    assertThat(presenter.page("", 1, NOON).empty()).isTrue();
    add("shop", "production");
    assertThat(presenter.page("x", 1, NOON).empty()).isFalse();
    assertThat(presenter.page("x", 1, NOON).rows()).isEmpty();
  }

  private void add(String project, String... environments) {
    var name = new ProjectName(project);
    var _ = database.projects().add(new Project(name, "/nowhere", "main", NOON), ROOT);
    for (var environment : environments) {
      var _ =
          database
              .environments()
              .define(
                  name,
                  new EnvironmentName(environment),
                  Tier.guess(environment),
                  Optional.empty(),
                  Policy.NONE,
                  List.of(),
                  ROOT,
                  NOON);
    }
  }
}
