package dev.fleetwright.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.ledger.Ledger;
import dev.fleetwright.core.project.CommitSha;
import dev.fleetwright.core.project.Project;
import dev.fleetwright.core.project.ProjectName;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What [dev.fleetwright.core.project.Projects] promises.
abstract class ProjectsContract extends StoreContract {

  private static final Project DESK =
      new Project(new ProjectName("desk"), "/srv/git/desk.git", "trunk", Shop.NOON);

  @Test
  void a_name_is_taken_once() {
    assertThat(database.projects().add(DESK, Shop.ANNA)).isTrue();
    var other = new Project(DESK.name(), "elsewhere", "main", Shop.NOON);

    assertThat(database.projects().add(other, Shop.ANNA)).isFalse();

    assertThat(database.projects().find(DESK.name())).contains(DESK);
    assertThat(database.ledger().read("desk", 1, 10))
        .extracting(kept -> kept.content().kind())
        .containsExactly("project.added");
  }

  @Test
  void all_are_listed_by_name() {
    database.projects().add(DESK, Shop.ANNA);

    assertThat(database.projects().all())
        .extracting(Project::name)
        .containsExactly(DESK.name(), Shop.NAME);
    assertThat(database.projects().find(new ProjectName("nobody"))).isEmpty();
  }

  @Test
  void the_default_branch_changes_and_the_ledger_tells_only_of_changes() {
    database.projects().setDefaultBranch(Shop.NAME, "trunk", Shop.ANNA, Shop.NOON);
    database.projects().setDefaultBranch(Shop.NAME, "trunk", Shop.ANNA, Shop.NOON);

    assertThat(database.projects().find(Shop.NAME).orElseThrow().defaultBranch())
        .isEqualTo("trunk");
    assertThat(database.ledger().read("shop", 1, 10))
        .extracting(Ledger.Kept::content)
        .extracting(record -> record.kind())
        .containsExactly("project.added", "project.default_branch");
  }

  @Test
  void what_was_seen_of_a_repository_is_remembered_changed_and_forgotten() {
    var other = new CommitSha("f".repeat(64));
    var projects = database.projects();

    projects.see(Shop.NAME, "refs/heads/main", Optional.of(Shop.SHA));
    projects.see(Shop.NAME, "refs/heads/main", Optional.of(other));
    projects.see(Shop.NAME, "refs/tags/v1", Optional.of(Shop.SHA));
    projects.see(Shop.NAME, "refs/heads/old", Optional.of(Shop.SHA));
    projects.see(Shop.NAME, "refs/heads/old", Optional.empty());

    assertThat(projects.seen(Shop.NAME))
        .isEqualTo(Map.of("refs/heads/main", other, "refs/tags/v1", Shop.SHA));
  }

  @Test
  void of_a_delivery_that_comes_many_times_at_once_one_is_the_first() throws Exception {
    var firsts =
        DeploysContract.atOnce(
            8, 50, () -> database.projects().firstDelivery(Shop.NAME, "4711", Shop.NOON));

    assertThat(firsts).filteredOn(first -> first).hasSize(1);
    assertThat(database.projects().firstDelivery(Shop.NAME, "4712", Shop.NOON)).isTrue();
  }

  @Test
  void a_delivery_is_forgotten_after_a_week() {
    var projects = database.projects();
    projects.firstDelivery(Shop.NAME, "4711", Shop.NOON);

    var inTime = Shop.NOON.plus(Duration.ofDays(7));
    assertThat(projects.firstDelivery(Shop.NAME, "4711", inTime)).isFalse();
    assertThat(projects.firstDelivery(Shop.NAME, "4711", inTime.plusSeconds(1))).isTrue();
  }
}
