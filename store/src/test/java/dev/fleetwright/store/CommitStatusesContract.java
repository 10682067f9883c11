package dev.fleetwright.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.project.CommitSha;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.release.CommitStatus;
import dev.fleetwright.core.release.CommitStatus.State;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What [dev.fleetwright.core.release.CommitStatuses] promises.
abstract class CommitStatusesContract extends StoreContract {

  private static final ProjectName SHOP = new ProjectName("shop");
  private static final CommitSha COMMIT = new CommitSha("ab".repeat(20));
  private static final Actor SCANNER = new Actor("scanner");

  @Test
  void the_last_word_of_each_name_counts() {
    put("security/scan", State.RUNNING, "");
    put("licences", State.SUCCESS, "");
    put("security/scan", State.FAILED, "two holes");

    reopen();

    assertThat(database.commitStatuses().of(SHOP, COMMIT))
        .extracting(CommitStatus::name, CommitStatus::state, CommitStatus::description)
        .containsExactly(
            org.assertj.core.api.Assertions.tuple("licences", State.SUCCESS, ""),
            org.assertj.core.api.Assertions.tuple("security/scan", State.FAILED, "two holes"));
    assertThat(database.commitStatuses().find(SHOP, COMMIT, "security/scan"))
        .contains(status("security/scan", State.FAILED, "two holes"));
    assertThat(database.commitStatuses().find(SHOP, COMMIT, "else")).isEmpty();
    assertThat(database.commitStatuses().of(SHOP, new CommitSha("cd".repeat(20)))).isEmpty();
  }

  @Test
  void each_change_is_in_the_ledger_and_a_repetition_is_none() {
    put("security/scan", State.SUCCESS, "clean");
    put("security/scan", State.SUCCESS, "clean");

    assertThat(database.ledger().read("shop", 1, 100))
        .filteredOn(kept -> kept.content().kind().equals("status.reported"))
        .singleElement()
        .satisfies(kept -> {
          assertThat(kept.content().actor()).isEqualTo(SCANNER);
          assertThat(kept.content().facts())
              .containsEntry("name", "security/scan")
              .containsEntry("state", "success")
              .containsEntry("sha", COMMIT.value());
        });
  }

  private void put(String name, State state, String description) {
    var _ = database.commitStatuses().put(status(name, state, description), SCANNER);
  }

  private static CommitStatus status(String name, State state, String description) {
    return new CommitStatus(
        SHOP,
        COMMIT,
        name,
        state,
        description,
        Optional.of("https://scanner.example/1"),
        SCANNER.name(),
        Shop.NOON);
  }
}
