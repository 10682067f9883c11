package dev.fleetwright.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.deploy.DeployKind;
import dev.fleetwright.core.environment.EnvironmentName;
import dev.fleetwright.core.environment.EnvironmentSlug;
import dev.fleetwright.core.plan.Plan;
import dev.fleetwright.core.project.ProjectName;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KnownPlansTest {

  private final KnownPlans known = new KnownPlans(100);

  @Test
  void forgets_what_was_not_asked_for_the_longest_when_it_holds_too_much() {
    var one = remembered("one", 40);
    var two = remembered("two", 40);
    var _ = known.plan(one.hash());

    var three = remembered("three", 40);

    assertThat(known.plan(one.hash())).containsSame(one);
    assertThat(known.plan(two.hash())).isEmpty();
    assertThat(known.hash(two)).isEmpty();
    assertThat(known.plan(three.hash())).containsSame(three);
    assertThat(known.hash(three)).contains(three.hash());
  }

  @Test
  void holds_nothing_that_is_larger_than_all_it_may_hold() {
    var one = remembered("one", 40);
    var large = remembered("large", 101);

    assertThat(known.plan(large.hash())).isEmpty();
    assertThat(known.hash(large)).isEmpty();
    assertThat(known.plan(one.hash())).containsSame(one);
  }

  @Test
  void holds_a_plan_that_was_made_twice_once() {
    var one = remembered("one", 60);
    var again = remembered("one", 60);

    assertThat(known.plan(one.hash())).containsSame(again);
    assertThat(known.hash(one)).isEmpty();
    assertThat(known.hash(again)).contains(one.hash());
  }

  private Plan remembered(String label, long size) {
    var name = new EnvironmentName("staging");
    var plan =
        new Plan(
            new ProjectName("shop"),
            name,
            EnvironmentSlug.of(name),
            DeployKind.START,
            Optional.of(1L),
            label,
            List.of(),
            List.of(),
            0);
    Digest hash = known.remember(plan.hash(), plan, size);
    assertThat(hash).isEqualTo(plan.hash());
    return plan;
  }
}
